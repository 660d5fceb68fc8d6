package io.raftboot.api;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A raft group, as whoever calls its state machines sees it. All methods may be called from any thread, and none of them waits.
 *
 * <p>Futures are completed on a thread of the group's, mostly the one that applies commands: what is attached to them without an
 * executor of its own runs there, and must not block.
 */
public interface RaftGroup {
    /** Length of the longest idempotency key, in UTF-8. */
    int MAX_KEY_BYTES = 255;

    /**
     * Replicates a command through whichever member leads, and completes when it has been applied where it was called, or the time
     * is up. Waits for a leader up to the time-out. Sent again where its end was not seen, and applied once all the same, by
     * the caller's session with the state machine.
     *
     * @param machine name of the state machine
     * @param command not changed by the caller afterwards
     * @param timeout null for the one that was configured
     * @return never completes exceptionally
     * @throws IllegalStateException if called while a command is being applied on this thread
     */
    CompletableFuture<Outcome> submit(String machine, byte[] command, @Nullable Duration timeout);

    /**
     * As {@link #submit}, for a command that its caller names, so that the caller may send it again as often as it likes,
     * through any member and after a restart of its own too: it is applied once, and each time the same result comes back,
     * for as long as the group was configured to keep it. A name that was used for another command is refused.
     *
     * @param idempotencyKey of at most {@value #MAX_KEY_BYTES} bytes in UTF-8
     * @throws IllegalArgumentException if the key is blank or too long
     * @throws IllegalStateException if called while a command is being applied on this thread
     */
    CompletableFuture<Outcome> submitOnce(
            String machine, byte[] command, String idempotencyKey, @Nullable Duration timeout);

    /**
     * Answers a read from a state that is as new as the options want it.
     *
     * @param machine name of the state machine
     * @param query not changed by the caller afterwards
     * @return never completes exceptionally
     * @throws IllegalStateException if called while a command is being applied on this thread
     */
    CompletableFuture<ReadOutcome> read(String machine, byte[] query, ReadOptions options);
}
