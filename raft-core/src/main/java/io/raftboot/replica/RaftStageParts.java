package io.raftboot.replica;

import io.raftboot.raft.Node;
import io.raftboot.storage.LogReader;
import io.raftboot.transport.Transport;
import java.time.Duration;

/** What a {@link RaftStage} is made of. */
record RaftStageParts(
        long nodeId,
        long incarnation,
        Node node,
        LogReader reader,
        Transport transport,
        LogStage logStage,
        ApplyStage applyStage,
        SnapshotSender snapshotSender,
        PendingCommands pending,
        ReplicaEvents events,
        NanoClock clock,
        Duration electionTimeout,
        Duration commandTimeout,
        long snapshotKeepEntries) {}
