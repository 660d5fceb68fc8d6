package io.raftboot.replica.membership;

import io.raftboot.agent.Clock;
import io.raftboot.transport.RemoteMember;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Processes that come under the id of a member with another directory than the one by which it is known, and are turned away, for as
 * long as they try. Any thread.
 */
public final class ReturnedMembers {
    /** Time after which one that does not come again is forgotten: whoever is turned away tries again much earlier. */
    private static final Duration REMEMBERED = Duration.ofSeconds(15);

    /** More than any group has. */
    private static final int MAX_RETURNED = 64;

    private final Clock clock;
    private final Map<Long, Visit> visits = new ConcurrentHashMap<>();

    /**
     * One that comes again and again.
     *
     * @param firstNanos when it came first
     * @param lastNanos when it came last
     */
    public record Visit(RemoteMember remote, long firstNanos, long lastNanos) {}

    public ReturnedMembers(Clock clock) {
        this.clock = clock;
    }

    /** It is there, and was turned away. */
    public void turnedAway(RemoteMember remote) {
        long now = clock.nanoTime();
        var before = recent(remote.nodeId());
        boolean same = before != null && before.remote().incarnation() == remote.incarnation();
        if (visits.size() < MAX_RETURNED || visits.containsKey(remote.nodeId())) {
            visits.put(remote.nodeId(), new Visit(remote, before != null && same ? before.firstNanos() : now, now));
        }
    }

    /** Somebody was let in under an id: who was turned away under it before was not the one that is wanted. */
    public void introduced(RemoteMember remote) {
        visits.remove(remote.nodeId());
    }

    /** Who comes under this id with another directory than this one; null if nobody does lately. */
    public @Nullable Visit other(long id, long incarnation) {
        var visit = recent(id);
        return visit != null && visit.remote().incarnation() != incarnation ? visit : null;
    }

    private @Nullable Visit recent(long id) {
        var visit = visits.get(id);
        return visit != null && clock.nanoTime() - visit.lastNanos() <= REMEMBERED.toNanos() ? visit : null;
    }
}
