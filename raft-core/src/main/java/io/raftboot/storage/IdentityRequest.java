package io.raftboot.storage;

import io.raftboot.raft.Peer;
import java.util.HashSet;
import java.util.List;

/**
 * Who wants to open a directory. A new directory is made for this member; an existing one must be its own.
 *
 * @param clusterName not blank
 * @param group the group of state machines, not blank
 * @param nodeId not 0
 * @param peers all members, this one included; empty for a cluster of one
 * @param join whether the cluster exists already, so that a new directory begins with an empty log and waits to be added;
 *     without meaning for an existing directory
 */
public record IdentityRequest(String clusterName, String group, long nodeId, List<Peer> peers, boolean join) {
    public IdentityRequest {
        if (clusterName.isBlank() || group.isBlank()) {
            throw new IllegalArgumentException("the names of cluster and group must not be blank");
        }
        if (nodeId == 0) {
            throw new IllegalArgumentException("the node id must not be 0");
        }
        peers = List.copyOf(peers);
        var ids = new HashSet<Long>();
        for (var peer : peers) {
            check(peer);
            if (!ids.add(peer.id())) {
                throw new IllegalArgumentException("two peers have the id " + peer.id());
            }
        }
        if (!peers.isEmpty() && !ids.contains(nodeId)) {
            throw new IllegalArgumentException("node " + nodeId + " is not among the peers " + ids);
        }
        if (join && peers.isEmpty()) {
            throw new IllegalArgumentException("node " + nodeId + " can't join without peers");
        }
    }

    private static void check(Peer peer) {
        if (peer.id() == 0) {
            throw new IllegalArgumentException("The id of a peer must not be 0");
        }
        if (peer.address().isBlank()) {
            throw new IllegalArgumentException("Peer " + peer.id() + " has no address");
        }
    }
}
