package io.raftboot.autoconfigure.properties;

import io.raftboot.autoconfigure.InvalidRaftPropertyException;
import io.raftboot.replica.config.Peer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether the members can be those of one cluster, and this member one of them. */
public final class PeerChecks {
    /** Addresses on which one can listen, and nobody can be reached. */
    private static final Set<String> WILDCARDS = Set.of("0.0.0.0", "::", "0:0:0:0:0:0:0:0", "*");

    private PeerChecks() {}

    /**
     * Checks the members.
     *
     * @param nodeId of this member; null if it was not said
     * @param join whether this member joins a running cluster
     * @throws InvalidRaftPropertyException saying what to write instead
     */
    public static void check(@Nullable Long nodeId, List<Peer> peers, boolean join) {
        Set<Long> ids = new HashSet<>();
        Set<String> addresses = new HashSet<>();
        for (Peer peer : peers) {
            if (!ids.add(peer.id())) {
                throw invalid(
                        "raft.peers",
                        "has two members with the id " + peer.id() + ": " + peers,
                        "Give each member an id of its own.");
            }
            if (!addresses.add(HostNames.spelling(peer.host()) + ":" + peer.port())) {
                throw invalid(
                        "raft.peers",
                        "has two members with the address " + peer.address() + ": " + peers,
                        "Give each member an address of its own.");
            }
            reachable(peer, peers.size() > 1);
        }
        if (!peers.isEmpty()) {
            own(nodeId, peers, ids);
        }
        if (join && peers.size() < 2) {
            throw invalid(
                    "raft.join",
                    "is true, but raft.peers is " + peers,
                    "Write this member's own entry and at least one member of the running cluster into raft.peers, for"
                            + " example raft.peers=1@node1:7400,4@node4:7400.",
                    "raft.peers");
        }
    }

    /**
     * Why nobody could reach a member at its address, as a part of a sentence; null if that can't be seen from it.
     *
     * @param peer whose address somebody wrote
     */
    public static @Nullable String whyNotReachable(Peer peer) {
        if (HostNames.isMalformed(peer.host())) {
            return "has no name or address of a host";
        }
        return WILDCARDS.contains(peer.host()) ? "is one to listen on, and not one to be reached at" : null;
    }

    /** Whether an address is another spelling of a member's, as far as that can be told without asking anybody. */
    public static boolean isSameAddress(Peer peer, String address) {
        try {
            var other = Peer.valueOf(peer.id() + "@" + address);
            return other.port() == peer.port()
                    && HostNames.spelling(other.host()).equals(HostNames.spelling(peer.host()));
        } catch (IllegalArgumentException e) {
            return peer.address().equals(address);
        }
    }

    private static void reachable(Peer peer, boolean hasOthers) {
        if (HostNames.isMalformed(peer.host())) {
            throw invalid(
                    "raft.peers",
                    "has the host '" + peer.host() + "' for member " + peer.id()
                            + ", which is no name or address of a host",
                    "Write id@host:port, for example " + peer.id() + "@node" + peer.id() + ":7400 or " + peer.id()
                            + "@10.0.0." + peer.id() + ":7400.");
        }
        if (hasOthers && WILDCARDS.contains(peer.host())) {
            throw invalid(
                    "raft.peers",
                    "has the address " + peer.address() + " for member " + peer.id()
                            + ", under which the others can't reach it",
                    "Write the name or address there under which the others reach that member. For it to listen on all"
                            + " its addresses write raft.transport.address=0.0.0.0 into its own configuration.");
        }
    }

    private static void own(@Nullable Long nodeId, List<Peer> peers, Set<Long> ids) {
        if (nodeId == null) {
            throw invalid(
                    "raft.node-id",
                    "is not set, but raft.peers is " + peers,
                    "Write raft.node-id with the id that this member has there.",
                    "raft.peers");
        }
        if (!ids.contains(nodeId)) {
            throw invalid(
                    "raft.node-id",
                    "is " + nodeId + ", which is not among raft.peers " + peers,
                    "Write one of their ids, or add " + nodeId + "@host:port to raft.peers on all members.",
                    "raft.peers");
        }
    }

    private static InvalidRaftPropertyException invalid(
            String property, String reason, String action, String... others) {
        return new InvalidRaftPropertyException(property, reason, action, List.of(others));
    }
}
