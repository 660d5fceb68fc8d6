package io.raftboot.api;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The members of a group, seen and changed while it runs. Every member answers: who does not lead asks the one that does. All
 * methods may be called by any thread; no future completes exceptionally.
 *
 * <p>One change at a time: a second one is refused while the first is under way. A change is an entry of the group's log, so it goes
 * on under the next leader; it ends when all of its steps are done, when a step turns out to be impossible, or when it is cancelled.
 */
public interface RaftMembership {
    /** Time that {@link #view} waits for the leader unless told otherwise. */
    Duration VIEW_PATIENCE = Duration.ofSeconds(1);

    /**
     * The members as the leader sees them.
     *
     * @param patience how long to wait for the leader; afterwards what was known last is told, with its age
     */
    CompletableFuture<MembershipView> view(Duration patience);

    /**
     * Begins a change, and completes when that is durable: the steps follow.
     *
     * @return {@link ChangeOutcome.Accepted}, {@link ChangeOutcome.Refused} or {@link ChangeOutcome.Undecided}
     */
    CompletableFuture<ChangeOutcome> change(MemberChange change, ChangeOptions options);

    /**
     * Says what a change would do, without doing it.
     *
     * @return {@link ChangeOutcome.Planned} or {@link ChangeOutcome.Refused}
     */
    CompletableFuture<ChangeOutcome> plan(MemberChange change, ChangeOptions options);

    /**
     * Ends a change before its next step; what is done stays done.
     *
     * @param by who asks
     * @return {@link ChangeOutcome.Accepted} with the change as it is then, or {@link ChangeOutcome.Refused}
     */
    CompletableFuture<ChangeOutcome> cancel(long changeId, String by);

    /**
     * Moves the leadership, through whichever member leads; completes when another leads or an election timeout has passed.
     *
     * @param targetId null for the best follower
     */
    CompletableFuture<TransferOutcome> transfer(@Nullable Long targetId);
}
