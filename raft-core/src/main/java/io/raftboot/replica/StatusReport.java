package io.raftboot.replica;

import io.raftboot.raft.RaftRole;
import io.raftboot.raft.Status;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.membership.Obstacles;
import io.raftboot.replica.watch.MemberGuard;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a member says of itself, from all its rooms. */
final class StatusReport {
    private final MemberWiring member;
    private final SessionWatch sessions;

    /** Files of the log when the raft stage was asked last. */
    private volatile long segmentCount;

    StatusReport(MemberWiring member, SessionWatch sessions) {
        this.member = member;
        this.sessions = sessions;
    }

    /** On the raft stage, which owns the reading end of the log. */
    ReplicaStatus running(Status status) {
        var config = member.config;
        var storage = member.opening.storage();
        var basic = status.basic();
        var reader = storage.reader();
        var confState = status.config().toConfState();
        long leaderId = basic.softState().leaderId();
        segmentCount = reader.segmentCount();
        return new ReplicaStatus(
                config.nodeId(),
                config.clusterName(),
                config.group(),
                ReplicaState.RUNNING,
                null,
                role(basic.softState().role(), confState, config.nodeId()),
                basic.hardState().getTerm(),
                leaderId == 0 ? null : leaderId,
                basic.hardState().getCommit(),
                member.links.applied().index(),
                reader.lastIndex(),
                reader.firstIndex(),
                member.snapshots.trigger().writtenIndex(),
                reader.sizeBytes(),
                member.spaceWatch.snapshotSizeBytes(),
                disk(),
                configuration(confState),
                progress(status),
                member.connections.refusals().reasons(),
                refusedMessages(),
                ReplicaStatus.Service.UNKNOWN,
                new TreeMap<>(member.opening.transport().reach()),
                sessions.states(),
                member.snapshots.trigger().failure(),
                member.apply.ignoredEntries(),
                member.apply.skippedBehind(member.snapshots.trigger().writtenIndex()),
                divergence());
    }

    /** Any thread: files of the log, as of the newest status. */
    long segmentCount() {
        return segmentCount;
    }

    /** On the raft stage. */
    private ReplicaStatus.DivergenceState divergence() {
        var state = member.leading.divergence.state();
        return new ReplicaStatus.DivergenceState(
                member.config.divergenceCheck().everyEntries(), state.hashedIndex(), state.settled(), state.found());
    }

    /** At the member's end, when its stages have ended, or hang. */
    ReplicaStatus last() {
        var config = member.config;
        var reader = member.opening.storage().reader();
        var basic = member.node.basicStatus();
        var confState = member.links.inForce().state();
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
                member.links.applied().index(),
                reader.lastIndex(),
                reader.firstIndex(),
                member.snapshots.trigger().writtenIndex(),
                reader.sizeBytes(),
                member.spaceWatch.snapshotSizeBytes(),
                disk(),
                configuration(confState),
                Map.of(),
                Map.of(),
                refusedMessages(),
                ReplicaStatus.Service.UNKNOWN,
                Map.of(),
                sessions.states(),
                member.snapshots.trigger().failure(),
                member.apply.ignoredEntries(),
                member.apply.skippedBehind(member.snapshots.trigger().writtenIndex()),
                new ReplicaStatus.DivergenceState(
                        config.divergenceCheck().everyEntries(), 0, true, member.leading.divergence.found()));
    }

    private Map<Long, ReplicaStatus.RefusedMessages> refusedMessages() {
        var counted = new TreeMap<Long, ReplicaStatus.RefusedMessages>();
        member.refused
                .bySender()
                .forEach((sender, refused) ->
                        counted.put(sender, new ReplicaStatus.RefusedMessages(refused.count(), refused.last())));
        return counted;
    }

    /**
     * What any thread can tell.
     *
     * @param stale whether the rest is what was known last
     */
    ReplicaStatus.Service service(boolean stale) {
        var watch = member.guard.watch();
        var hangs = watch.hangs().stream()
                .map(hang -> new ReplicaStatus.Hang(hang.stage(), hang.what(), watch.millis(hang)))
                .toList();
        return new ReplicaStatus.Service(
                trouble(), member.leading.standing.contact().leaderCommitIndex(), isSnapshotArriving(), hangs, stale);
    }

    /** Any thread: why the member can't serve, in a sentence; null if it can. */
    @Nullable
    String trouble() {
        return trouble(isSnapshotArriving());
    }

    private @Nullable String trouble(boolean snapshotArriving) {
        var watch = member.guard.watch();
        for (var hang : watch.hangs()) {
            if (hang.stage().equals(MemberGuard.RAFT_STAGE) || hang.stage().equals(MemberGuard.APPLY_STAGE)) {
                return watch.describe(hang);
            }
        }
        if (snapshotArriving) {
            return "a snapshot is coming in from another member, or replaces the state";
        }
        String joining = member.joining();
        if (joining != null) {
            return joining;
        }
        if (isRemoved()) {
            return "this member was removed from the group, and stops as soon as the others need its vote no more";
        }
        return member.leading.raft.view().leader() == null
                ? "no leader is known" + obstacles()
                : member.leading.standing.trouble();
    }

    private boolean isRemoved() {
        var own = member.machines.system().members().get(member.config.nodeId());
        return own != null && own.getRemoved() && !member.links.inForce().isMember(member.config.nodeId());
    }

    private boolean isSnapshotArriving() {
        return member.snapshots.arriving().get() > 0 || member.apply.isInstalling();
    }

    private String obstacles() {
        var told = member.connections.refusals().reasons().keySet();
        return Obstacles.text(member.opening.transport().obstacles(), told);
    }

    private ReplicaStatus.DiskState disk() {
        var report = member.spaceWatch.report();
        return new ReplicaStatus.DiskState(
                report.usableBytes(),
                report.low(),
                member.leading.disk.hangs() || member.guard.watch().hangs(MemberGuard.LOG_STAGE));
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
                known.refusedMessages(),
                ReplicaStatus.Service.UNKNOWN,
                Map.of(),
                known.sessions(),
                known.snapshotFailure(),
                known.ignoredEntries(),
                known.skippedEntries(),
                known.divergence());
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
                Map.of(),
                Map.of(),
                ReplicaStatus.Service.UNKNOWN,
                Map.of(),
                Map.of(),
                null,
                0,
                List.of(),
                ReplicaStatus.DivergenceState.NONE);
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
