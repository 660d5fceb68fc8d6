package io.raftboot.transport.netty;

import io.raftboot.transport.Disconnect;
import io.raftboot.transport.PeerAddress;
import io.raftboot.transport.Reach;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Whom this process is to be connected to, and how each is reached. Event loop only, but where something else is said. */
final class PeerLinks {
    private final Endpoint endpoint;
    /** Sorted, so that all is done in the same order in each run. */
    private final Map<Long, PeerLink> links = new TreeMap<>();

    /** How each is reached, as of the last change. */
    private volatile Map<Long, Reach> reach = Map.of();

    /** What keeps those that are not reached, as of the last attempts to connect. */
    private volatile Map<Long, String> obstacles = Map.of();

    PeerLinks(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    /** Any thread. */
    Map<Long, Reach> reach() {
        return reach;
    }

    /** Any thread. */
    Map<Long, String> obstacles() {
        return obstacles;
    }

    @Nullable
    PeerLink of(long peerId) {
        return links.get(peerId);
    }

    void dialNow() {
        links.values().forEach(PeerLink::dialNow);
    }

    /** All of them, whatever of it fails. */
    void closeAll() {
        links.values().forEach(link -> endpoint.guard().run(link::close));
        links.clear();
    }

    /** Connects new peers, disconnects those that are gone, and connects those anew whose address changed. */
    void change(Map<Long, PeerAddress> peers) {
        if (endpoint.closed()) {
            return;
        }
        Map<Long, PeerLink> gone = new TreeMap<>(links);
        peers.forEach((peerId, address) -> {
            PeerLink link = gone.get(peerId);
            if (link != null && link.address().equals(address)) {
                gone.remove(peerId);
            }
        });
        gone.forEach((peerId, link) -> {
            links.remove(peerId);
            link.close();
            if (peers.containsKey(peerId)) {
                link.tellAnnounced(told -> told.unreachable(peerId));
                link.tellAnnounced(told -> told.disconnected(peerId, Disconnect.OTHER));
            }
        });
        peers.forEach((peerId, address) -> {
            if (!links.containsKey(peerId)) {
                PeerLink link = new PeerLink(endpoint, peerId, address);
                links.put(peerId, link);
                link.dial();
                StreamConnection opened = endpoint.openedBy(peerId);
                if (opened != null) {
                    link.peerOpened(opened.meeting());
                }
            }
        });
        changed();
    }

    /** A connection came or went, or could not be made. */
    void changed() {
        Map<Long, Reach> now = new HashMap<>();
        Map<Long, String> missing = new HashMap<>();
        links.forEach((peerId, link) -> {
            Reach otherwise = endpoint.openedBy(peerId) != null ? Reach.ACCEPTED_ONLY : Reach.NONE;
            now.put(peerId, link.connection() != null ? Reach.DIALLED : otherwise);
            String obstacle = link.obstacle();
            if (obstacle != null && now.get(peerId) == Reach.NONE) {
                missing.put(peerId, obstacle);
            }
        });
        reach = Map.copyOf(now);
        obstacles = Map.copyOf(missing);
    }
}
