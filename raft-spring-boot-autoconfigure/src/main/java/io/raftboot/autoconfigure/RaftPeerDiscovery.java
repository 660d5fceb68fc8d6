package io.raftboot.autoconfigure;

import io.raftboot.transport.PeerDiscovery;

/**
 * Finds where members are, beside where {@code raft.peers} and they themselves say that they are. A bean of this type replaces
 * that of {@code raft.discovery}. Who the members are is no matter of its.
 */
@FunctionalInterface
public interface RaftPeerDiscovery extends PeerDiscovery {}
