package io.raftboot.replica;

import io.raftboot.raft.Node;
import io.raftboot.raft.RaftRole;
import io.raftboot.raft.Status;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.snapshot.SnapshotTrigger;
import io.raftboot.replica.stage.ApplyStage;
import io.raftboot.replica.stage.RaftStage;
import io.raftboot.storage.MemberStorage;
import io.raftboot.transport.Reach;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Puts a {@link ReplicaStatus} together. On the raft stage, which owns the reading end of the log. */
final class StatusReport {
    private StatusReport() {}

    static ReplicaStatus of(
            ReplicaConfig config,
            ReplicaState state,
            Status status,
            MemberStorage storage,
            ApplyStage apply,
            SnapshotTrigger snapshots,
            long snapshotSizeBytes,
            ReplicaStatus.DiskState disk,
            Map<Long, String> refusals,
            ReplicaStatus.Service service,
            Map<Long, Reach> reach,
            Map<String, ReplicaStatus.SessionState> sessions) {
        var basic = status.basic();
        var reader = storage.reader();
        var confState = status.config().toConfState();
        long leaderId = basic.softState().leaderId();
        return new ReplicaStatus(
                config.nodeId(),
                config.clusterName(),
                config.group(),
                state,
                null,
                role(basic.softState().role(), confState, config.nodeId()),
                basic.hardState().getTerm(),
                leaderId == 0 ? null : leaderId,
                basic.hardState().getCommit(),
                apply.appliedIndex(),
                reader.lastIndex(),
                reader.firstIndex(),
                snapshots.writtenIndex(),
                reader.sizeBytes(),
                snapshotSizeBytes,
                disk,
                configuration(confState),
                progress(status),
                refusals,
                service,
                new TreeMap<>(reach),
                sessions,
                snapshots.failure(),
                apply.ignoredEntries(),
                apply.skippedBehind(snapshots.writtenIndex()));
    }

    /** What is known of a member at its end, when its stages have ended, or hang. */
    static ReplicaStatus last(
            ReplicaConfig config,
            Node node,
            RaftStage raft,
            MemberStorage storage,
            ApplyStage apply,
            SnapshotTrigger snapshots,
            long snapshotSizeBytes,
            ReplicaStatus.DiskState disk,
            Map<String, ReplicaStatus.SessionState> sessions) {
        var reader = storage.reader();
        var basic = node.basicStatus();
        var confState = raft.configuration().state();
        return new ReplicaStatus(
                config.nodeId(),
                config.clusterName(),
                config.group(),
                ReplicaState.STOPPED,
                null,
                // Whatever it was: nobody follows it any more.
                role(RaftRole.FOLLOWER, confState, config.nodeId()),
                basic.hardState().getTerm(),
                null,
                basic.hardState().getCommit(),
                apply.appliedIndex(),
                reader.lastIndex(),
                reader.firstIndex(),
                snapshots.writtenIndex(),
                reader.sizeBytes(),
                snapshotSizeBytes,
                disk,
                configuration(confState),
                Map.of(),
                Map.of(),
                ReplicaStatus.Service.UNKNOWN,
                Map.of(),
                sessions,
                snapshots.failure(),
                apply.ignoredEntries(),
                apply.skippedBehind(snapshots.writtenIndex()));
    }

    /**
     * For a member that is not running.
     *
     * @param last what was known when its last run ended; null if it has had none
     */
    static ReplicaStatus notRunning(
            ReplicaConfig config, ReplicaState state, @Nullable Throwable failure, @Nullable ReplicaStatus last) {
        var known = last == null ? nothing(config) : last;
        return new ReplicaStatus(
                config.nodeId(),
                config.clusterName(),
                config.group(),
                state,
                failure,
                known.role(),
                known.term(),
                null,
                known.commitIndex(),
                known.appliedIndex(),
                known.lastIndex(),
                known.firstIndex(),
                known.snapshotIndex(),
                known.logSizeBytes(),
                known.snapshotSizeBytes(),
                known.disk().withFailure(PassingFailure.ofTheDisk(failure)),
                known.configuration(),
                Map.of(),
                Map.of(),
                ReplicaStatus.Service.UNKNOWN,
                Map.of(),
                known.sessions(),
                known.snapshotFailure(),
                known.ignoredEntries(),
                known.skippedEntries());
    }

    private static ReplicaStatus nothing(ReplicaConfig config) {
        return new ReplicaStatus(
                config.nodeId(),
                config.clusterName(),
                config.group(),
                ReplicaState.STOPPED,
                null,
                "follower",
                0,
                null,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                ReplicaStatus.DiskState.UNKNOWN,
                new ReplicaStatus.Configuration(List.of(), List.of(), List.of()),
                Map.of(),
                Map.of());
    }

    private static String role(RaftRole role, ConfState confState, long nodeId) {
        return switch (role) {
            case LEADER -> "leader";
            case CANDIDATE -> "candidate";
            case PRE_CANDIDATE -> "precandidate";
            case FOLLOWER -> confState.getLearnersList().contains(nodeId) ? "learner" : "follower";
        };
    }

    private static ReplicaStatus.Configuration configuration(ConfState confState) {
        return new ReplicaStatus.Configuration(
                confState.getVotersList().stream().sorted().toList(),
                confState.getLearnersList().stream().sorted().toList(),
                confState.getVotersOutgoingList().stream().sorted().toList());
    }

    private static Map<Long, ReplicaStatus.MemberProgress> progress(Status status) {
        var progress = new TreeMap<Long, ReplicaStatus.MemberProgress>();
        status.progress()
                .forEach((id, member) -> progress.put(
                        id,
                        new ReplicaStatus.MemberProgress(
                                member.matchIndex(),
                                member.nextIndex(),
                                member.state().name().toLowerCase(Locale.ROOT),
                                member.isRecentlyActive())));
        return progress;
    }
}
