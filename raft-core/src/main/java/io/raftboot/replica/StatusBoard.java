package io.raftboot.replica;

import io.raftboot.agent.Clock;
import io.raftboot.raft.Node;
import io.raftboot.replica.watch.MemberGuard;
import io.raftboot.replica.watch.TimedFuture;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a member says of itself: as it is now, from the raft stage; or, where that hangs, as it was when the raft stage last
 * said something, with what can be told without it. Any thread.
 */
final class StatusBoard {
    private final Node node;
    private final Clock clock;
    private final long patienceNanos;
    private final MemberGuard guard;
    private final StatusReport report;
    private volatile ReplicaStatus last;

    /**
     * @param patienceNanos for how long to wait for the raft stage
     * @param report puts a status together, on the raft stage
     * @param before what is told until there is anything else to tell
     */
    StatusBoard(
            Node node, Clock clock, long patienceNanos, MemberGuard guard, StatusReport report, ReplicaStatus before) {
        this.node = node;
        this.clock = clock;
        this.patienceNanos = patienceNanos;
        this.guard = guard;
        this.report = report;
        this.last = before;
    }

    /** Fails if the member is stopped meanwhile. */
    CompletableFuture<ReplicaStatus> status(ReplicaState state) {
        if (guard.watch().hangs(MemberGuard.RAFT_STAGE)) {
            return CompletableFuture.completedFuture(lastKnown(state));
        }
        var future = new CompletableFuture<ReplicaStatus>();
        guard.add(new TimedFuture<>(
                future, clock.nanoTime() + patienceNanos, hint -> lastKnown(state), why -> lastKnown(state)));
        // Handed on, because what is attached to the caller's future must not run on the raft stage.
        var unused = refresh().whenComplete((status, failure) -> guard.completions()
                .execute(() -> complete(future, () -> status.later(state, report.service(false)), failure)));
        return future;
    }

    /** Any thread, now and then: has the raft stage say how it is, for the time when it can't. */
    CompletableFuture<ReplicaStatus> refresh() {
        return node.status().thenApply(status -> {
            var now = report.running(status);
            last = now;
            return now;
        });
    }

    private ReplicaStatus lastKnown(ReplicaState state) {
        return last.later(state, report.service(true));
    }

    private static void complete(
            CompletableFuture<ReplicaStatus> future, Supplier<ReplicaStatus> status, @Nullable Throwable failure) {
        if (failure == null) {
            future.complete(status.get());
        } else {
            future.completeExceptionally(failure);
        }
    }
}
