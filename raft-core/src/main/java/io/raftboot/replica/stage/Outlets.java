package io.raftboot.replica.stage;

import io.raftboot.replica.snapshot.OutgoingSnapshot;
import io.raftboot.transport.Transport;

/** Where the raft stage sends what the core decides. */
public record Outlets(Transport transport, LogStage logStage, ApplyStage applyStage, OutgoingSnapshot snapshots) {}
