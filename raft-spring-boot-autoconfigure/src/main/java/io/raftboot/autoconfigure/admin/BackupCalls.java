package io.raftboot.autoconfigure.admin;

import io.raftboot.api.BackupOutcome;
import io.raftboot.api.Consistency;
import io.raftboot.api.ReadOptions;
import io.raftboot.autoconfigure.backup.BackupDownload;
import io.raftboot.notice.QuietLogger;
import io.raftboot.replica.Replica;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;

/** The call for a backup of this member. */
final class BackupCalls {
    private static final String CONSISTENCY = "consistency";
    private static final String LINEARIZABLE = "linearizable";
    private static final String LOCAL = "local";

    private final Logger log = QuietLogger.of(BackupCalls.class);
    private final Replica replica;
    private final Problems problems;

    BackupCalls(Replica replica, Problems problems) {
        this.replica = replica;
        this.problems = problems;
    }

    List<Route> routes() {
        return List.of(new Route("GET", "snapshot", Set.of(CONSISTENCY), "", this::backup));
    }

    private CompletableFuture<AdminAnswer> backup(AdminCall call) {
        var freshness = freshness(call);
        // Made for a HEAD as well, which is told how long it would be.
        var answer = new CompletableFuture<AdminAnswer>();
        var unused = replica.backup(freshness).thenAccept(outcome -> hand(call, outcome, answer));
        return answer;
    }

    private static ReadOptions freshness(AdminCall call) {
        String written = call.parameters().getOrDefault(CONSISTENCY, LINEARIZABLE);
        return switch (written) {
            case LINEARIZABLE -> ReadOptions.LINEARIZABLE;
            case LOCAL -> ReadOptions.of(Consistency.LOCAL);
            default ->
                throw new BadRequestException("consistency is '" + written + "'; write " + LINEARIZABLE
                        + " for all that was acknowledged, or " + LOCAL
                        + " for what this member has, without a leader as well");
        };
    }

    /** Nobody may wait any more: then nobody would close the backup. */
    private void hand(AdminCall call, BackupOutcome outcome, CompletableFuture<AdminAnswer> answer) {
        if (outcome instanceof BackupOutcome.Ready ready) {
            var download = new BackupDownload(ready.backup());
            if (!answer.complete(AdminAnswer.download(download))) {
                close(download);
            }
        } else if (outcome instanceof BackupOutcome.Refused refused) {
            answer.complete(problems.notDone(
                    call.request(),
                    refused.message() + "; " + CONSISTENCY + "=" + LOCAL + " gives what this member has"));
        } else {
            answer.complete(problems.notDone(call.request(), ((BackupOutcome.NotMade) outcome).message()));
        }
    }

    private void close(BackupDownload download) {
        try {
            download.close();
        } catch (IOException e) {
            log.warn("A backup that nobody waits for could not be closed", e);
        }
    }
}
