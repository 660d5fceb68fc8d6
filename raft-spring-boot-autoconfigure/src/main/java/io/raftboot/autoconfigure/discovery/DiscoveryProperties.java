package io.raftboot.autoconfigure.discovery;

import io.raftboot.autoconfigure.InvalidRaftPropertyException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How members are found.
 *
 * @param dns by the names of a headless service
 */
@ConfigurationProperties("raft.discovery")
public record DiscoveryProperties(@DefaultValue Dns dns) {
    private static final int MAX_PORT = 65_535;

    /**
     * By the names of a headless service, which begin with the names of the processes' hosts.
     *
     * @param name Name of the headless service, as in kv or kv.default.svc.cluster.local; members are found by raft.peers alone
     *     if not set
     * @param port Port on which every member listens
     * @param members Number of members to start the cluster with, those with the lowest ordinals, if raft.peers is not set
     * @param hostName Name of this process's host, which ends in its ordinal; HOSTNAME or that of the machine if not set
     */
    public record Dns(
            @Nullable String name,
            @DefaultValue("7400") int port,
            @Nullable Integer members,
            @Nullable String hostName) {
        public Dns {
            if (port < 1 || port > MAX_PORT) {
                throw new InvalidRaftPropertyException(
                        "raft.discovery.dns.port", "is " + port, "Write a port between 1 and " + MAX_PORT + ".");
            }
            if (members != null && members < 1) {
                throw new InvalidRaftPropertyException(
                        "raft.discovery.dns.members",
                        "is " + members,
                        "Write how many members the cluster begins with, for example 3.");
            }
            if (name != null && (name.isBlank() || name.indexOf(':') >= 0)) {
                throw new InvalidRaftPropertyException(
                        "raft.discovery.dns.name",
                        name.isBlank() ? "is empty" : "is " + name,
                        "Write the name of the headless service alone, for example kv; the port is"
                                + " raft.discovery.dns.port.");
            }
        }
    }
}
