package io.raftboot.replica;

import io.raftboot.agent.AgentHost;
import io.raftboot.replica.ReplicaStartException.Problem;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.watch.FailureHandler;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings a run of a member up, on the thread that starts it, and gives up when the run was told to end. */
final class ReplicaStart {
    private static final Logger log = LoggerFactory.getLogger(ReplicaStart.class);

    private final ReplicaConfig config;
    private final AgentHost host;
    private final Opening opening;

    /** How a replica's members are made. */
    interface Opening {
        /**
         * Opens a member.
         *
         * @param onFailure told what it fails with later
         */
        RunningMember open(FailureHandler onFailure);

        void start(RunningMember opened) throws IOException;

        /** Whether the thread is one that the closing of a member waits for, though it is not the member's own. */
        boolean isTransportThread();
    }

    /** @param host on which whoever starts waits */
    ReplicaStart(ReplicaConfig config, AgentHost host, Opening opening) {
        this.config = config;
        this.host = host;
        this.opening = opening;
    }

    boolean isTransportThread() {
        return opening.isTransportThread();
    }

    /**
     * Opens the member and has it take part; a single voter leads when this returns, or has failed.
     *
     * @throws ReplicaStartException if it can't, or is not wanted any more; what was opened is left to the run's end
     */
    void run(ReplicaRun begun, FailureHandler onFailure) throws IOException {
        RunningMember opened;
        try {
            opened = opening.open(onFailure);
            begun.opened(opened);
            checkWanted(begun);
            start(begun, opened);
        } finally {
            begun.startingIsOver();
        }
        awaitLeading(begun, opened);
    }

    private void start(ReplicaRun begun, RunningMember opened) throws IOException {
        try {
            opening.start(opened);
        } catch (IOException | RuntimeException e) {
            if (begun.failure() == null) {
                throw e;
            }
            // It has failed by itself meanwhile; of a larger group as it might have a moment later, behind its start.
            log.debug("node {} failed while it was being started", config.nodeId(), e);
        }
    }

    void checkWanted(ReplicaRun begun) {
        if (begun.isEndAsked() && begun.failure() == null) {
            throw stopped();
        }
    }

    ReplicaStartException stopped() {
        return new ReplicaStartException(
                Problem.STOPPED,
                "node " + config.nodeId() + " was stopped while it started",
                new IllegalStateException("stopped while it started"));
    }

    /** Waits for a single voter to lead: nobody else can delay this, only its own disk and its own state machines. */
    private void awaitLeading(ReplicaRun begun, RunningMember opened) {
        var leading = new CompletableFuture<Void>();
        opened.onceLeading(() -> leading.complete(null));
        try {
            while (opened.singleVoter() && !host.awaitDone(leading, config.tickInterval())) {
                checkWanted(begun);
                var cause = begun.failure();
                if (cause != null) {
                    throw ReplicaStartException.ofFailure(cause);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ReplicaStartException(Problem.INPUT_OUTPUT, "interrupted while the member started", e);
        }
    }
}
