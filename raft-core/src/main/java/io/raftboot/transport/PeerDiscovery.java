package io.raftboot.transport;

import org.jspecify.annotations.Nullable;

/**
 * Finds where peers are, beside where they are said to be. Who the members are it never says: of whoever is no peer it is not asked.
 * Asked whenever the peers' addresses may have changed, on any thread, and must not block: a name is looked up at each attempt to
 * connect, not here.
 */
@FunctionalInterface
public interface PeerDiscovery {
    /** Knows no more than what is said. */
    PeerDiscovery NONE = nodeId -> null;

    /** The peer's address, {@code host:port}, which is tried after those that are said; null if it is not known. */
    @Nullable
    String addressOf(long nodeId);
}
