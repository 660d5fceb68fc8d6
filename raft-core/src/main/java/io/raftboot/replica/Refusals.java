package io.raftboot.replica;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Who there is no connection to because one of the two does not accept the other. Any thread. */
final class Refusals {
    private final Map<Long, String> reasons = new ConcurrentHashMap<>();

    void refused(long peerId, String reason) {
        reasons.put(peerId, reason);
    }

    void connected(long peerId) {
        reasons.remove(peerId);
    }

    /** By peer. */
    Map<Long, String> reasons() {
        return new TreeMap<>(reasons);
    }
}
