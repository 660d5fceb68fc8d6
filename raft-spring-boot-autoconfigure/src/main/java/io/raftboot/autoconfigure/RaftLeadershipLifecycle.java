package io.raftboot.autoconfigure;

import io.raftboot.api.TransferOutcome;
import io.raftboot.replica.Replica;
import io.raftboot.replica.ReplicaStatus;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Hands the leadership over before anything else of the application stops: while the port still answers, so that
 * requests go on through the new leader, and nobody waits for an election.
 */
public final class RaftLeadershipLifecycle implements SmartLifecycle {
    /** Phase above those of the web server and its graceful shutdown, so stopped before them. */
    public static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 512;

    /** A transfer ends by itself within one election timeout; this is for the case that even that goes wrong. */
    private static final int DEADLINE_ELECTION_TIMEOUTS = 2;

    private static final Logger log = LoggerFactory.getLogger(RaftLeadershipLifecycle.class);

    private final Replica replica;
    private final Duration deadline;
    private volatile boolean running;

    RaftLeadershipLifecycle(Replica replica, Duration electionTimeout) {
        this.replica = replica;
        deadline = electionTimeout.multipliedBy(DEADLINE_ELECTION_TIMEOUTS);
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop(Runnable callback) {
        running = false;
        var unused = handOver().whenComplete((done, failure) -> callback.run());
    }

    @Override
    public void stop() {
        running = false;
        handOver().join();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    private CompletableFuture<?> handOver() {
        if (!replica.isLeader()) {
            return CompletableFuture.completedFuture(null);
        }
        return replica.status()
                .thenCompose(this::transfer)
                .orTimeout(deadline.toMillis(), TimeUnit.MILLISECONDS)
                .handle(RaftLeadershipLifecycle::report);
    }

    private CompletableFuture<@Nullable TransferOutcome> transfer(ReplicaStatus status) {
        boolean successor = status.configuration().voters().stream()
                .filter(voter -> voter != status.nodeId())
                .map(status.progress()::get)
                .anyMatch(progress -> progress != null && progress.recentActive());
        if (!successor) {
            return CompletableFuture.completedFuture(null);
        }
        return replica.transferLeadership(null).thenApply(outcome -> outcome);
    }

    private static @Nullable Object report(@Nullable TransferOutcome outcome, @Nullable Throwable failure) {
        if (outcome instanceof TransferOutcome.Transferred transferred) {
            log.info("Leadership handed over to member {} in term {}", transferred.leaderId(), transferred.term());
        } else if (failure != null) {
            log.warn("Leadership not handed over; the others elect a new leader: {}", failure.toString());
        } else if (outcome != null) {
            log.warn("Leadership not handed over; the others elect a new leader: {}", outcome);
        }
        return null;
    }
}
