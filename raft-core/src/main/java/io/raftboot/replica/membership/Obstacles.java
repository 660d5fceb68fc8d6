package io.raftboot.replica.membership;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What keeps this member from others, in words. */
public final class Obstacles {
    private Obstacles() {}

    /**
     * To go on with behind a sentence; empty if nothing is known to.
     *
     * @param byPeer as the transport tells them
     */
    public static String text(Map<Long, String> byPeer) {
        return text(byPeer, Set.of());
    }

    /** As a sentence of its own, behind another one; empty if nothing is known to. */
    public static String sentence(Map<Long, String> byPeer) {
        String text = text(byPeer);
        return text.isEmpty() ? "" : " N" + text.substring("; n".length());
    }

    /**
     * To go on with behind a sentence; empty if nothing is known to.
     *
     * @param told those that are told of elsewhere
     */
    public static String text(Map<Long, String> byPeer, Set<Long> told) {
        var text = new StringBuilder();
        new TreeMap<>(byPeer).forEach((peerId, obstacle) -> {
            if (!told.contains(peerId)) {
                text.append("; no connection to member ")
                        .append(peerId)
                        .append(": ")
                        .append(obstacle);
            }
        });
        return text.toString();
    }
}
