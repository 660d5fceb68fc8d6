package io.raftboot.autoconfigure;

import io.raftboot.replica.config.Peer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;
import org.springframework.boot.ssl.SslBundle;

/** Who the members are. A bean of this type replaces {@code raft.peers}: for tests, containers, service discovery. */
@FunctionalInterface
public interface RaftClusterDetails extends ConnectionDetails {
    /** The members to start the cluster with; empty for a cluster of one that nobody else talks to. */
    List<Peer> peers();

    /** What the members speak TLS with, instead of the bundle that {@code raft.transport.ssl.bundle} names; null if that is to count. */
    default @Nullable SslBundle sslBundle() {
        return null;
    }
}
