package io.raftboot.autoconfigure;

import java.util.List;
import org.springframework.core.env.Environment;

/**
 * Whether a member without others is meant to be one. A cluster of one leads at once and acknowledges what it is told, so that three
 * processes of which each believes to be alone would lose what two of them have. It is one where nothing says otherwise, or where
 * {@code raft.peers} names this member and nobody else.
 */
final class LoneMember {
    private LoneMember() {}

    /** @throws InvalidRaftPropertyException if there are no peers, and something written says that there should be some */
    static void check(RaftProperties properties, Environment environment) {
        if (!properties.peers().isEmpty()) {
            return;
        }
        checkNodeId(properties);
        if (!WrittenProperty.of(environment, "raft.node-id").isEmpty()) {
            throw new InvalidRaftPropertyException(
                    "raft.node-id",
                    "is empty, and there are no raft.peers: this process would be a cluster of one, apart from all others",
                    action(properties),
                    List.of("raft.peers"));
        }
        if (!WrittenProperty.of(environment, "raft.peers").isEmpty()) {
            throw new InvalidRaftPropertyException(
                    "raft.peers",
                    "is empty: this process would be a cluster of one, apart from all others",
                    action(properties),
                    List.of());
        }
    }

    /** @throws InvalidRaftPropertyException if the member has an id, which only one among others needs */
    static void checkNodeId(RaftProperties properties) {
        if (properties.nodeId() != null) {
            throw new InvalidRaftPropertyException(
                    "raft.node-id",
                    "is " + properties.nodeId()
                            + ", but there are no raft.peers: this process would be a cluster of one, apart from all others",
                    action(properties),
                    List.of("raft.peers"));
        }
    }

    private static String action(RaftProperties properties) {
        long id = properties.memberId();
        return "Write all members into raft.peers, alike on each of them, for example"
                + " raft.peers=1@node1:7400,2@node2:7400,3@node3:7400. For a cluster of one on purpose write this member alone"
                + " there, for example raft.node-id=" + id + " and raft.peers=" + id
                + "@localhost:7400, or neither of the two.";
    }
}
