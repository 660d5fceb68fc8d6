package io.raftboot.transport.netty.wire;

import io.raftboot.transport.TransportLoad;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Counts what one group sends to and gets from each member. Any thread. */
public final class Traffic {
    /** Whoever says that it is a member has a place here; beyond so many they share one, of which nobody is told. */
    private static final int MAX_PEERS = 256;

    private final Map<Long, PeerTraffic> peers = new ConcurrentHashMap<>();
    private final PeerTraffic others = new PeerTraffic();

    /** The counters of a member; to be kept by who counts often. */
    public PeerTraffic of(long peerId) {
        var known = peers.get(peerId);
        if (known != null) {
            return known;
        }
        return peers.size() < MAX_PEERS ? peers.computeIfAbsent(peerId, id -> new PeerTraffic()) : others;
    }

    /** A moment old. */
    public Map<Long, TransportLoad.Peer> peers() {
        var all = new TreeMap<Long, TransportLoad.Peer>();
        peers.forEach((id, counted) -> all.put(id, counted.load()));
        return all;
    }
}
