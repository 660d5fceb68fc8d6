package io.raftboot.autoconfigure;

import io.raftboot.raft.RaftConfig;

/** Changes the core's configuration, after the properties and before the {@link RaftConfig} bean is made. */
@FunctionalInterface
public interface RaftConfigCustomizer {
    void customize(RaftConfig.Builder builder);
}
