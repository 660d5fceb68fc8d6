package io.raftboot.replica;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One member of a raft group at work. Opens nothing before {@link #start}; may be stopped and started again, and then
 * goes on after what its state machines have applied. All methods may be called from any thread.
 */
public interface Replica {
    /**
     * Opens log and transport, restores the state machines, and takes part. A single voter returns when it leads and
     * has applied its log; a member of a larger group returns when it is running, leader or not.
     *
     * @throws ReplicaStartException if the configuration, the directory or the port does not allow it; nothing is
     *     left open and nothing on disk has changed
     */
    void start();

    /** Stops in order: nothing new is taken, what waits is answered, log and transport are closed, threads have ended. */
    void stop();

    ReplicaState state();

    /**
     * Replicates a command through whichever member leads, and completes when this member has applied it, or the time
     * is up.
     *
     * @param machine name of the state machine
     * @param command not changed by the caller afterwards
     * @param timeout null for {@link ReplicaConfig#commandTimeout()}
     * @return never completes exceptionally
     */
    CompletableFuture<Outcome> submit(String machine, byte[] command, @Nullable Duration timeout);

    /**
     * Answers a read on this member, with the wanted consistency.
     *
     * @param machine name of the state machine
     * @param query   not changed by the caller afterwards
     * @param timeout null for {@link ReplicaConfig#commandTimeout()}
     * @return never completes exceptionally
     */
    CompletableFuture<ReadOutcome> read(
            String machine, byte[] query, Consistency consistency, @Nullable Duration timeout);

    /**
     * Moves the leadership away from this member; completes when another leads or an election timeout has passed.
     *
     * @param targetId null for the best follower
     */
    CompletableFuture<TransferOutcome> transferLeadership(@Nullable Long targetId);

    /** A picture of the member; completes at once when the member is not running. */
    CompletableFuture<ReplicaStatus> status();

    /** What the member is to itself right now, without asking the raft stage; a moment old. */
    boolean isLeader();

    /** The leader this member knows, or null; a moment old. */
    @Nullable
    Long leaderId();

    Map<String, StateMachine> stateMachines();

    void addListener(ReplicaListener listener);
}
