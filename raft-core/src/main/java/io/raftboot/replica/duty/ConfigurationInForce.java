package io.raftboot.replica.duty;

import io.raftboot.raft.proto.ConfState;

/** The configuration in force, a moment old. Any thread. */
@FunctionalInterface
public interface ConfigurationInForce {
    ConfState state();
}
