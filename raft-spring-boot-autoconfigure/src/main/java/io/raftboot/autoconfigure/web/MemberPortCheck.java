package io.raftboot.autoconfigure.web;

import io.raftboot.autoconfigure.InvalidRaftPropertyException;
import io.raftboot.autoconfigure.RaftClusterDetails;
import io.raftboot.autoconfigure.RaftProperties;
import io.raftboot.replica.config.Peer;
import io.raftboot.transport.Transport;
import io.raftboot.transport.netty.NettyTransport;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * Whether the member and a web server of the same process are to listen on one port. The member starts first and would get it, and
 * the analysis of the web server's failure would have the user look for another process.
 */
final class MemberPortCheck {
    private static final String MANAGEMENT_PORTS =
            "org.springframework.boot.actuate.autoconfigure.web.server.ManagementServerProperties";
    private static final Set<String> ALL = Set.of("0.0.0.0", "::");

    private final ObjectProvider<RaftProperties> properties;
    private final ObjectProvider<RaftClusterDetails> cluster;
    private final ObjectProvider<Transport> transport;
    private final Environment environment;

    MemberPortCheck(
            ObjectProvider<RaftProperties> properties,
            ObjectProvider<RaftClusterDetails> cluster,
            ObjectProvider<Transport> transport,
            Environment environment) {
        this.properties = properties;
        this.cluster = cluster;
        this.transport = transport;
        this.environment = environment;
    }

    /** @throws InvalidRaftPropertyException if they are */
    void check(@Nullable InetAddress webAddress, int webPort) {
        RaftProperties written = properties.getIfAvailable();
        RaftClusterDetails members = cluster.getIfAvailable();
        if (written == null || members == null || !(transport.getIfAvailable() instanceof NettyTransport)) {
            return;
        }
        Peer self = members.peers().stream()
                .filter(peer -> peer.id() == written.memberId())
                .findFirst()
                .orElse(null);
        Integer own = written.transport().port();
        int port = own != null ? own : self != null ? self.port() : 0;
        String address = written.transport().address();
        String host = address != null ? address : self != null ? self.host() : "";
        if (port == webPort && port > 0 && overlap(webAddress, host)) {
            throw clash(own != null, port, "server.port");
        }
        if (port > 0 && port == managementPort()) {
            throw clash(own != null, port, "management.server.port");
        }
    }

    private int managementPort() {
        return ClassUtils.isPresent(MANAGEMENT_PORTS, MemberPortCheck.class.getClassLoader())
                ? environment.getProperty("management.server.port", Integer.class, 0)
                : 0;
    }

    private static boolean overlap(@Nullable InetAddress web, String member) {
        return web == null
                || web.isAnyLocalAddress()
                || ALL.contains(member)
                || web.getHostAddress().equals(member)
                || web.getHostName().equals(member);
    }

    private static InvalidRaftPropertyException clash(boolean ownPort, int port, String other) {
        return new InvalidRaftPropertyException(
                ownPort ? "raft.transport.port" : "raft.peers",
                "has this member listen on port " + port
                        + ", on which the web server of this same process is to listen (" + other + ")",
                "Write another port into " + other + ", or "
                        + (ownPort
                                ? "into raft.transport.port"
                                : "into this member's entry in raft.peers, on all members")
                        + ".",
                List.of(other));
    }
}
