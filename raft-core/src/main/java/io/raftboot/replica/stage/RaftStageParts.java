package io.raftboot.replica.stage;

import io.raftboot.agent.Clock;
import io.raftboot.raft.Node;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.replica.command.ByteBudget;
import io.raftboot.replica.command.CommandAdmission;
import io.raftboot.replica.command.CommandInbox;
import io.raftboot.replica.command.PendingCommands;
import io.raftboot.replica.config.NoLeader;
import io.raftboot.replica.leader.ReplicaEvents;
import io.raftboot.replica.read.LeaseConditions;
import io.raftboot.replica.watch.StageWatch;
import io.raftboot.storage.log.FetchedLog;
import io.raftboot.storage.log.LogReader;
import io.raftboot.storage.snapshot.SnapshotStore;
import io.raftboot.transport.Transport;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.LongPredicate;
import java.util.function.Supplier;

/**
 * What a {@link RaftStage} is made of.
 *
 * @param runId       random, and another one at each start: makes an answer to an earlier run no answer to this one
 * @param remote what commands of other members may take
 * @param admission   made with the configuration in force, which is asked on the raft stage
 * @param keepsLeases whether another member, by its id, lets leaders count on their lease; asked on the raft stage
 */
public record RaftStageParts(
        long nodeId,
        long runId,
        Node node,
        LogReader reader,
        FetchedLog fetchedLog,
        Transport transport,
        LogStage logStage,
        ApplyStage applyStage,
        SnapshotStore snapshots,
        PendingCommands pending,
        CommandInbox commands,
        ReplicaEvents events,
        Clock clock,
        Duration tickInterval,
        Duration electionTimeout,
        Duration commandTimeout,
        LogRetention retention,
        LeaseConditions.Setting leases,
        LongPredicate keepsLeases,
        ByteBudget remote,
        NoLeader noLeader,
        StageWatch watch,
        Function<Supplier<ConfState>, CommandAdmission> admission) {}
