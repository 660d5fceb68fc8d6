package io.raftboot.replica.membership;

import io.raftboot.api.event.EventType;
import io.raftboot.replica.duty.EventSink;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What stands between this member and others and wants an operator: who does not accept whom, and whose address is another one than
 * is configured here. Any thread.
 */
public final class RejectedConnections {
    private final Map<Long, String> reasons = new ConcurrentHashMap<>();
    private final Map<Long, String> differences = new ConcurrentHashMap<>();
    private final EventSink events;

    RejectedConnections(EventSink events) {
        this.events = events;
    }

    /** One of the two does not accept the other. */
    public void refused(long peerId, String reason) {
        reasons.put(peerId, reason);
        events.warning(EventType.REFUSAL, peerId, "there is no connection with node {}: {}", peerId, reason);
    }

    public void connected(long peerId) {
        reasons.remove(peerId);
    }

    /** The peer is configured with another address than it has. */
    void differs(long peerId, String difference) {
        if (!difference.equals(differences.put(peerId, difference))) {
            events.warning(EventType.CONNECTION, peerId, "{}", difference);
        }
    }

    void differsNoMore(long peerId) {
        differences.remove(peerId);
    }

    /** Reasons by peer. */
    public Map<Long, String> reasons() {
        var all = new TreeMap<>(reasons);
        differences.forEach((peerId, difference) -> all.merge(peerId, difference, (one, other) -> one + "; " + other));
        return all;
    }
}
