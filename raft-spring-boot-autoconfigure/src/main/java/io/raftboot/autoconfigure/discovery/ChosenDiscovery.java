package io.raftboot.autoconfigure.discovery;

import io.raftboot.autoconfigure.InvalidRaftPropertyException;
import io.raftboot.autoconfigure.RaftPeerDiscovery;
import org.springframework.core.env.Environment;

/** The discovery that the properties choose. */
public final class ChosenDiscovery {
    private ChosenDiscovery() {}

    /**
     * By the names of a headless service, if there is one; else nobody is found beside those that are configured.
     *
     * @throws InvalidRaftPropertyException if the name of this process's host does not say which member it is
     */
    public static RaftPeerDiscovery of(DiscoveryProperties properties, Environment environment) {
        var dns = properties.dns();
        if (dns.name() == null) {
            return nodeId -> null;
        }
        String host = HostName.of(dns, environment);
        var names = OrdinalNames.of(host, dns.name(), dns.port());
        if (names == null) {
            throw new InvalidRaftPropertyException(
                    "raft.discovery.dns.name",
                    "is " + dns.name() + ", but the name of this process's host, '" + host
                            + "', does not end in an ordinal as in kv-0",
                    "Run the members as a stateful set; or write the name that this process has there into"
                            + " raft.discovery.dns.host-name; or leave raft.discovery.dns.name out, and write the addresses"
                            + " into raft.peers.");
        }
        return names;
    }
}
