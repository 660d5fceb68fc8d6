package io.raftboot.demo.playground;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What an outage of a member cost, as two figures that are not the same: how long there was no leader, and how long no write was
 * acknowledged. Owned by {@link Failovers}.
 */
final class Failover {
    private static final double NANOS_PER_MILLI = 1e6;

    private final long member;
    private final MemberAction action;
    private final long beganNanos;

    /** Term in which the member led; empty if it did not. */
    private final OptionalLong ledIn;

    /** When the newest write was acknowledged; empty while the steady load has had none. */
    private OptionalLong acknowledgedNanos;

    private OptionalLong doneNanos = OptionalLong.empty();
    private OptionalLong leaderNanos = OptionalLong.empty();
    private long leader;
    private long leaderTerm;
    private long longestNanos;
    private boolean loadEnded;
    private boolean over;

    Failover(long member, MemberAction action, long beganNanos, OptionalLong ledIn, OptionalLong acknowledgedNanos) {
        this.member = member;
        this.action = action;
        this.beganNanos = beganNanos;
        this.ledIn = ledIn;
        this.acknowledgedNanos = acknowledgedNanos;
    }

    boolean isOf(long id, MemberAction what) {
        return member == id && action == what && doneNanos.isEmpty();
    }

    void done(long nowNanos) {
        doneNanos = OptionalLong.of(nowNanos);
    }

    /** Another outage begins: whoever leads from now on does so for that one, as this one needed no other leader. */
    void superseded() {
        over |= ledIn.isPresent() && leaderNanos.isEmpty();
    }

    /** Somebody leads, and has applied what earlier leaders committed. */
    void led(long id, long term, long nowNanos) {
        if (!over && leaderNanos.isEmpty() && ledIn.isPresent() && id != member && term > ledIn.getAsLong()) {
            leader = id;
            leaderTerm = term;
            leaderNanos = OptionalLong.of(nowNanos);
        }
    }

    /**
     * A write of the steady load was acknowledged. The outage is over with the first that was begun after all was done and there was a leader
     * again: one that was begun before may have slipped through.
     */
    void acknowledged(long begunNanos, long nowNanos) {
        if (over) {
            return;
        }
        if (acknowledgedNanos.isPresent()) {
            longestNanos = Math.max(longestNanos, nowNanos - acknowledgedNanos.getAsLong());
            acknowledgedNanos = OptionalLong.of(nowNanos);
        }
        over = doneNanos.isPresent()
                && begunNanos > doneNanos.getAsLong()
                && (ledIn.isEmpty() || (leaderNanos.isPresent() && begunNanos > leaderNanos.getAsLong()));
    }

    void loadEnded() {
        loadEnded |= !over;
    }

    /** As the page gets it; times in milliseconds. */
    Shape shape(long nowNanos) {
        boolean measured = acknowledgedNanos.isPresent() && !loadEnded;
        long gapNanos =
                over || !measured ? longestNanos : Math.max(longestNanos, nowNanos - acknowledgedNanos.getAsLong());
        return new Shape(
                member,
                action.word(),
                (nowNanos - beganNanos) / NANOS_PER_MILLI,
                ledIn.isPresent(),
                leaderNanos.isPresent()
                        ? new Leader(leader, leaderTerm, (leaderNanos.getAsLong() - beganNanos) / NANOS_PER_MILLI)
                        : null,
                measured ? gapNanos / NANOS_PER_MILLI : null,
                over);
    }

    /**
     * Who led next.
     *
     * @param afterMillis from the beginning of the outage until that
     */
    record Leader(long id, long term, double afterMillis) {}

    /**
     * An outage.
     *
     * @param agoMillis when it began
     * @param led whether the member led
     * @param leader who led next; null while nobody does, and where no other leader was needed
     * @param gapMillis longest time between two writes of the steady load that were acknowledged one after the other, which grows until it
     *     is over; null if no steady load ran all the while
     * @param over whether a write has been acknowledged that was begun when all was done
     */
    record Shape(
            long member,
            String action,
            double agoMillis,
            boolean led,
            @Nullable Leader leader,
            @Nullable Double gapMillis,
            boolean over) {}
}
