package io.raftboot.replica;

import io.raftboot.api.BackupOutcome;
import io.raftboot.api.CommandContext;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOptions;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.SnapshotOutcome;
import io.raftboot.api.TransferOutcome;
import io.raftboot.notice.QuietLogger;
import io.raftboot.replica.snapshot.Backups;
import io.raftboot.replica.watch.TimedCall;
import io.raftboot.replica.watch.TimedFuture;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * What a caller asks of a member. Each call ends when its time is up, whoever hangs, and what is attached to it holds up no stage.
 * Any thread.
 */
final class MemberCalls {
    private final Logger log = QuietLogger.of(MemberCalls.class);

    private final MemberWiring member;
    private final Backups backups;
    private volatile boolean ended;

    MemberCalls(MemberWiring member) {
        this.member = member;
        var storage = member.opening.storage();
        this.backups = new Backups(
                storage.snapshots(), storage::identity, member.links.self().clock());
    }

    /** @param key null for a command that the member's session tells from others */
    CompletableFuture<Outcome> submit(
            String machine, byte[] payload, @Nullable String key, @Nullable Duration timeout) {
        checkNotApplying();
        var outcome = member.leading.commands.submit(
                machine, payload, key, timeout == null ? member.config.commandTimeout() : timeout);
        return member.guard.handOn(outcome, Outcome.Applied.class);
    }

    CompletableFuture<ReadOutcome> read(String machine, byte[] query, ReadOptions options) {
        checkNotApplying();
        var answer = member.leading.reads.read(machine, query, options);
        return member.guard.handOn(answer, ReadOutcome.Answered.class);
    }

    CompletableFuture<TransferOutcome> transferLeadership(@Nullable Long targetId) {
        checkNotApplying();
        var self = member.links.self();
        var future = new CompletableFuture<TransferOutcome>();
        member.guard.add(new TimedFuture<>(
                future,
                TimedCall.deadline(self.clock(), self.electionTimeout()),
                hint -> new TransferOutcome.TimedOut("nobody took over within an election timeout" + hint),
                TransferOutcome.TimedOut::new));
        var outcome = new CompletableFuture<TransferOutcome>();
        member.links.tasks().execute(() -> member.leading.handOver.request(targetId, outcome, self.nowNanos()));
        // Handed on, because what is attached to the caller's future must not run on the raft stage.
        var unused = outcome.thenAcceptAsync(future::complete, member.guard.completions());
        if (ended) {
            future.complete(new TransferOutcome.NotLeader(null));
        }
        return future;
    }

    CompletableFuture<SnapshotOutcome> takeSnapshot() {
        checkNotApplying();
        var future = new CompletableFuture<SnapshotOutcome>();
        // However long that takes; but not beyond the member's end.
        member.guard.add(new TimedFuture<>(
                future,
                TimedCall.deadline(member.links.self().clock(), TimedCall.LONGEST),
                SnapshotOutcome.NotTaken::new,
                SnapshotOutcome.NotTaken::new));
        var outcome = new CompletableFuture<SnapshotOutcome>();
        member.apply.snapshotRequested(outcome);
        // Handed on, because what is attached to the caller's future must not run on the apply stage, nor hold up a
        // writer.
        var unused = outcome.thenAcceptAsync(future::complete, member.guard.completions());
        if (ended) {
            future.complete(new SnapshotOutcome.NotTaken("the member has stopped"));
        }
        return future;
    }

    /** @param freshness what the backup has to have in it, as if it were a read */
    CompletableFuture<BackupOutcome> backup(ReadOptions freshness) {
        checkNotApplying();
        var future = new CompletableFuture<BackupOutcome>();
        member.guard.add(new TimedFuture<>(
                future,
                TimedCall.deadline(member.links.self().clock(), TimedCall.LONGEST),
                BackupOutcome.NotMade::new,
                BackupOutcome.NotMade::new));
        var unused = member.leading
                .reads
                .reach(freshness)
                .thenCompose(this::backupOfApplied)
                .thenAcceptAsync(outcome -> handOver(outcome, future), member.guard.completions());
        if (ended) {
            future.complete(new BackupOutcome.NotMade("the member has stopped"));
        }
        return future;
    }

    private CompletableFuture<BackupOutcome> backupOfApplied(ReadOutcome reached) {
        if (reached instanceof ReadOutcome.Refused refused) {
            return CompletableFuture.completedFuture(new BackupOutcome.Refused(refused.reason(), refused.message()));
        }
        var outcome = new CompletableFuture<SnapshotOutcome>();
        // On the thread that has made the file, which deletes older ones afterwards.
        var backup = outcome.thenApply(backups::of);
        member.apply.snapshotRequested(outcome);
        return backup;
    }

    /** Who asked may not wait any more, or may have been told that the member stops: then nobody would close the backup. */
    private void handOver(BackupOutcome outcome, CompletableFuture<BackupOutcome> future) {
        if (!future.complete(outcome) && outcome instanceof BackupOutcome.Ready ready) {
            try {
                ready.backup().close();
            } catch (IOException e) {
                log.warn("a backup that nobody wants any more could not be closed", e);
            }
        }
    }

    /** What comes from now on is refused; the stages have ended, or are not waited for any longer. */
    void end() {
        ended = true;
        member.guard.handOnNothing();
        member.leading.commands.takeNoMore();
        member.leading.reads.takeNoMore();
    }

    private static void checkNotApplying() {
        if (CommandContext.isApplying()) {
            throw new IllegalStateException(
                    "a state machine that is applying a command can't ask the replica: the answer"
                            + " would have to wait for the end of this very command. Do it before the command, or after it");
        }
    }
}
