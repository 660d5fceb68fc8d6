package io.raftboot.autoconfigure;

import io.raftboot.replica.config.Peer;
import java.util.List;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/** Who the members are. A bean of this type replaces {@code raft.peers}: for tests, containers, service discovery. */
@FunctionalInterface
public interface RaftClusterDetails extends ConnectionDetails {
    /** The members to start the cluster with; empty for a cluster of one that nobody else talks to. */
    List<Peer> peers();
}
