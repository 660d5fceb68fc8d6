package io.raftboot.transport.netty;

import io.raftboot.transport.Disconnect;
import io.raftboot.transport.PeerAddress;
import io.raftboot.transport.Reach;
import java.util.HashMap;
import java.util.List;
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

    /** Where each is dialled, as of the last change. */
    private volatile Map<Long, PeerAddress> places = Map.of();

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

    /** Any thread: closes the streams with a member, whoever opened them. */
    void disconnect(long peerId) {
        endpoint.onEventLoop(() -> {
            PeerLink link = links.get(peerId);
            StreamConnection dialled = link == null ? null : link.connection();
            StreamConnection opened = endpoint.openedBy(peerId);
            if (dialled != null) {
                dialled.close();
            }
            if (opened != null) {
                opened.close();
            }
        });
    }

    void dialNow() {
        links.values().forEach(PeerLink::dialNow);
    }

    /** All of them, whatever of it fails. */
    void closeAll() {
        links.values().forEach(link -> endpoint.guard().run(link::close));
        links.clear();
    }

    /** Any thread: where a peer is dialled, as of the last change. */
    PeerAddress placeOf(long peerId, PeerAddress otherwise) {
        return places.getOrDefault(peerId, otherwise);
    }

    /** Where a peer is reached, as far as is known: the hosts of its addresses. */
    List<String> hostsOf(long peerId) {
        PeerLink link = links.get(peerId);
        return link == null
                ? List.of()
                : link.addresses().stream().map(PeerAddress::host).distinct().toList();
    }

    /**
     * Connects new peers, disconnects those that are gone, and connects those anew that are connected to where they are no more.
     *
     * @param peers addresses of each, the likeliest first
     */
    void change(Map<Long, List<PeerAddress>> peers) {
        if (endpoint.closed()) {
            return;
        }
        Map<Long, PeerLink> gone = new TreeMap<>(links);
        peers.forEach((peerId, addresses) -> {
            PeerLink link = gone.get(peerId);
            if (link != null && link.moveTo(addresses)) {
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
        peers.forEach((peerId, addresses) -> {
            if (!links.containsKey(peerId)) {
                PeerLink link = new PeerLink(endpoint, peerId, addresses);
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
        Map<Long, PeerAddress> dialled = new HashMap<>();
        links.forEach((peerId, link) -> {
            Reach otherwise = endpoint.openedBy(peerId) != null ? Reach.ACCEPTED_ONLY : Reach.NONE;
            now.put(peerId, link.connection() != null ? Reach.DIALLED : otherwise);
            dialled.put(peerId, link.address());
            String obstacle = link.obstacle();
            if (obstacle != null && now.get(peerId) == Reach.NONE) {
                missing.put(peerId, obstacle);
            }
        });
        reach = Map.copyOf(now);
        obstacles = Map.copyOf(missing);
        places = Map.copyOf(dialled);
    }
}
