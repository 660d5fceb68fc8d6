package io.raftboot.transport;

import java.util.Objects;

/**
 * A process as it introduces itself to others, whichever groups it takes part in.
 *
 * @param clusterId id of the cluster it belongs to; 0 while it is joining and has not learned it
 * @param nodeId id of the member that it is in each of its groups, not 0
 * @param incarnation random and fixed for the life of its data directory, not 0: the same id with another incarnation is
 *     another member that has lost what the first one promised
 * @param advertisedAddress {@code host:port} under which others reach it; empty if it does not listen
 */
public record ProcessIdentity(long clusterId, long nodeId, long incarnation, String advertisedAddress) {
    public ProcessIdentity {
        Objects.requireNonNull(advertisedAddress, "advertisedAddress");
    }

    public ProcessIdentity withClusterId(long newClusterId) {
        return new ProcessIdentity(newClusterId, nodeId, incarnation, advertisedAddress);
    }
}
