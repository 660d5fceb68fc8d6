package io.raftboot.autoconfigure.properties;

import io.raftboot.autoconfigure.InvalidRaftPropertyException;
import io.raftboot.replica.config.Peer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

/**
 * Whether a member without others is meant to be one. A cluster of one leads at once and acknowledges what it is told, so that three
 * processes of which each believes to be alone would lose what two of them have. It is one where nothing says otherwise, or where
 * {@code raft.peers} names this member and nobody else.
 */
public final class LoneMember {
    private static final long DEFAULT_ID = 1;

    private LoneMember() {}

    /**
     * Checks a member whose peers are known.
     *
     * @throws InvalidRaftPropertyException if there are none, and something written says that there should be some
     */
    public static void check(@Nullable Long nodeId, List<Peer> peers, Environment environment) {
        if (!peers.isEmpty()) {
            return;
        }
        checkNodeId(nodeId);
        if (!WrittenProperty.of(environment, "raft.node-id").isEmpty()) {
            throw new InvalidRaftPropertyException(
                    "raft.node-id",
                    "is empty, and there are no raft.peers: this process would be a cluster of one, apart from all others",
                    action(DEFAULT_ID),
                    List.of("raft.peers"));
        }
        if (!WrittenProperty.of(environment, "raft.peers").isEmpty()) {
            throw new InvalidRaftPropertyException(
                    "raft.peers",
                    "is empty: this process would be a cluster of one, apart from all others",
                    action(DEFAULT_ID),
                    List.of());
        }
    }

    /**
     * Checks a member without peers.
     *
     * @throws InvalidRaftPropertyException if it has an id, which only one among others needs
     */
    public static void checkNodeId(@Nullable Long nodeId) {
        if (nodeId != null) {
            throw new InvalidRaftPropertyException(
                    "raft.node-id",
                    "is " + nodeId
                            + ", but there are no raft.peers: this process would be a cluster of one, apart from all others",
                    action(nodeId),
                    List.of("raft.peers"));
        }
    }

    private static String action(long id) {
        return "Write all members into raft.peers, alike on each of them, for example"
                + " raft.peers=1@node1:7400,2@node2:7400,3@node3:7400. For a cluster of one on purpose write this member alone"
                + " there, for example raft.node-id=" + id + " and raft.peers=" + id
                + "@localhost:7400, or neither of the two.";
    }
}
