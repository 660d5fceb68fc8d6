package io.raftboot.replica.change;

import io.raftboot.api.TransferOutcome;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** What the membership needs of the leader's office. Owned by the raft stage. */
public interface LeaderSeat {
    /** Whether this member leads, and has applied all that was committed before. */
    boolean ready();

    /** When a member was last heard of as one that follows this leader; null if it never was. */
    @Nullable
    Long heardNanos(long id);

    /** Whether a member has told that its disk has little room. */
    boolean isDiskLow(long id);

    /** Hands over to the best of those that are fit, and are there. */
    void handOver(LongPredicate fit, CompletableFuture<TransferOutcome> outcome);

    /** Hands over to one member; null for the best. */
    void transfer(@Nullable Long target, CompletableFuture<TransferOutcome> outcome);
}
