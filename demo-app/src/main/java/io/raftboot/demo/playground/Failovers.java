package io.raftboot.demo.playground;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;

/** The newest outages, and what they cost. Any thread. */
final class Failovers {
    private static final int KEPT = 8;

    // Guarded by this.

    private final Deque<Failover> newest = new ArrayDeque<>();

    /** When the load that runs had its newest acknowledgement; empty while none runs, and before its first. */
    private OptionalLong acknowledgedNanos = OptionalLong.empty();

    /** @param ledIn the term in which the member leads; empty if it does not */
    synchronized void begins(long member, MemberAction action, OptionalLong ledIn) {
        newest.forEach(Failover::superseded);
        newest.addFirst(new Failover(member, action, System.nanoTime(), ledIn, acknowledgedNanos));
        if (newest.size() > KEPT) {
            newest.removeLast();
        }
    }

    synchronized void done(long member, MemberAction action) {
        newest.stream()
                .filter(each -> each.isOf(member, action))
                .findFirst()
                .ifPresent(each -> each.done(System.nanoTime()));
    }

    synchronized void led(long member, long term) {
        newest.forEach(each -> each.led(member, term, System.nanoTime()));
    }

    /** A write of the steady load was answered by the group just now. */
    synchronized void acknowledged(long begunNanos) {
        long nowNanos = System.nanoTime();
        newest.forEach(each -> each.acknowledged(begunNanos, nowNanos));
        acknowledgedNanos = OptionalLong.of(nowNanos);
    }

    synchronized void loadEnded() {
        newest.forEach(Failover::loadEnded);
        acknowledgedNanos = OptionalLong.empty();
    }

    /** The newest first. */
    synchronized List<Failover.Shape> shapes() {
        long nowNanos = System.nanoTime();
        var shapes = new ArrayList<Failover.Shape>();
        newest.forEach(each -> shapes.add(each.shape(nowNanos)));
        return Collections.unmodifiableList(shapes);
    }
}
