package io.raftboot.autoconfigure.actuate;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.raftboot.api.MembershipView;
import io.raftboot.autoconfigure.members.Drift;
import io.raftboot.autoconfigure.members.MembersShape;
import io.raftboot.replica.PendingRestart;
import io.raftboot.replica.ReplicaStatus;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What {@code GET /actuator/raft} answers. No nested object has a key {@code role}, so that a line-based search finds
 * the member's own.
 *
 * @param node this member
 * @param cluster name of the cluster
 * @param group name of the group
 * @param state {@code running}, or where else it is in its life
 * @param failure why it stopped by itself, or null
 * @param role leader, follower, candidate, precandidate or learner
 * @param term its term
 * @param leader id of the leader it knows, or null
 * @param commitIndex as far as it knows the log to be committed
 * @param appliedIndex as far as its state machines are
 * @param lastIndex of its log
 * @param configuration the members in force
 * @param progress by member, on the leader only; empty elsewhere
 * @param refusals by member that does not accept this one, or is not accepted by it, or whose address is another one than is
 *     configured here: why, and what to do
 * @param refusedMessages by member that sent any since the start, messages that no member sends
 * @param tls TLS between the members, or null if there is none
 * @param reach by other member: dialled; accepted_only, where it can't be dialled from here and is reached on the
 *     connection that it opened; none
 * @param log what is in the log
 * @param snapshot the newest one
 * @param disk what log and snapshots are on
 * @param service what the member can do for its callers
 * @param sessions by state machine, what is kept for commands that may be sent again
 * @param snapshotFailure why the newest try to take a snapshot failed, or null; it is tried again, and the log stays
 * @param ignoredEntries entries applied since the start that held nothing that any member could do
 * @param skippedEntries entries passed over because raft.apply.skip names them, until a snapshot covers them
 * @param divergence whether the members have the same state
 * @param restartAttempt of a failed member that is about to be started again: the how many-th attempt that is; or null
 * @param membersVersion index of the newest entry that changed the members
 * @param membersAgeMillis time since the leader said how the members are, or null if none has: what only a leader knows is null then
 * @param failureTolerance how many voters may fail now, beside those that have; negative if a majority is missing, null if no
 *     leader has said it
 * @param members each as in {@link MembersShape}, with {@code memberRole}
 * @param change the change of the members that is under way, or null
 * @param joining processes that announce themselves and are no members
 * @param drift what differs between the members and those that are configured here, a sentence each
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record RaftDescriptor(
        long node,
        String cluster,
        String group,
        String state,
        @Nullable String failure,
        String role,
        long term,
        @Nullable Long leader,
        long commitIndex,
        long appliedIndex,
        long lastIndex,
        Configuration configuration,
        Map<Long, Progress> progress,
        Map<Long, String> refusals,
        Map<Long, RefusedMessages> refusedMessages,
        @Nullable TlsDescriptor tls,
        Map<Long, String> reach,
        Log log,
        Snapshot snapshot,
        Disk disk,
        Service service,
        Map<String, Sessions> sessions,
        @Nullable String snapshotFailure,
        long ignoredEntries,
        List<String> skippedEntries,
        Divergence divergence,
        @Nullable Integer restartAttempt,
        long membersVersion,
        @Nullable Long membersAgeMillis,
        @Nullable Integer failureTolerance,
        List<Map<String, @Nullable Object>> members,
        @Nullable Map<String, @Nullable Object> change,
        List<Map<String, @Nullable Object>> joining,
        List<String> drift) {
    /**
     * The members in force.
     *
     * @param voters ids
     * @param learners ids
     * @param votersOutgoing voters of the configuration being left, empty unless joint
     * @param joint whether a change of several members is under way
     */
    public record Configuration(List<Long> voters, List<Long> learners, List<Long> votersOutgoing, boolean joint) {
        private static Configuration of(ReplicaStatus.Configuration configuration) {
            return new Configuration(
                    configuration.voters(),
                    configuration.learners(),
                    configuration.votersOutgoing(),
                    configuration.joint());
        }
    }

    /**
     * What the leader knows of a member.
     *
     * @param matchIndex the member's log equals the leader's up to here
     * @param nextIndex the next entry to send
     * @param state probe, replicate or snapshot
     * @param recentActive whether it was heard of within an election timeout
     */
    public record Progress(long matchIndex, long nextIndex, String state, boolean recentActive) {
        private static Map<Long, Progress> of(Map<Long, ReplicaStatus.MemberProgress> members) {
            Map<Long, Progress> progress = new TreeMap<>();
            members.forEach((id, member) -> progress.put(
                    id, new Progress(member.matchIndex(), member.nextIndex(), member.state(), member.recentActive())));
            return progress;
        }
    }

    /**
     * The log.
     *
     * @param firstIndex of its oldest entry
     * @param sizeBytes on disk
     */
    public record Log(long firstIndex, long sizeBytes) {}

    /**
     * The newest snapshot.
     *
     * @param index 0 if there is none
     * @param sizeBytes of all snapshots on disk
     */
    public record Snapshot(long index, long sizeBytes) {}

    /**
     * The disk.
     *
     * @param usableBytes left for this member; the greatest number there is if that is not known
     * @param low whether that is little
     * @param hanging whether it has not finished a write for an election timeout
     * @param failure what it did that the member failed with, or null
     */
    public record Disk(long usableBytes, boolean low, boolean hanging, @Nullable String failure) {
        private static Disk of(ReplicaStatus.DiskState disk) {
            return new Disk(disk.usableBytes(), disk.low(), disk.hanging(), disk.failure());
        }
    }

    /**
     * What the member can do for its callers.
     *
     * @param trouble why it can't serve them though it runs, or null
     * @param leaderCommitIndex as far as the leader had the log committed when this member asked it last
     * @param snapshotArriving whether a snapshot comes in from another member, or replaces the state
     * @param hangs stages of the member that have been at one piece of work for longer than an election timeout
     * @param stale whether all else is from before such a hang
     */
    public record Service(
            @Nullable String trouble,
            long leaderCommitIndex,
            boolean snapshotArriving,
            List<Hang> hangs,
            boolean stale) {
        private static Service of(ReplicaStatus.Service service) {
            return new Service(
                    service.trouble(),
                    service.leaderCommitIndex(),
                    service.snapshotArriving(),
                    service.hangs().stream()
                            .map(hang -> new Hang(hang.stage(), hang.what(), hang.millis()))
                            .toList(),
                    service.stale());
        }
    }

    /**
     * A stage of the member that does not come on.
     *
     * @param stage its name
     * @param what it is at
     * @param millis for how long
     */
    public record Hang(String stage, String what, long millis) {}

    /**
     * What a state machine keeps for commands that may be sent again, and may keep at most.
     *
     * @param keys idempotency keys
     * @param keyBytes memory that they and their results take
     */
    public record Sessions(int sessions, int maxSessions, int keys, int maxKeys, long keyBytes, long maxKeyBytes) {
        private static Map<String, Sessions> of(Map<String, ReplicaStatus.SessionState> machines) {
            Map<String, Sessions> sessions = new TreeMap<>();
            machines.forEach((machine, kept) -> sessions.put(
                    machine,
                    new Sessions(
                            kept.sessions(),
                            kept.maxSessions(),
                            kept.keys(),
                            kept.maxKeys(),
                            kept.keyBytes(),
                            kept.maxKeyBytes())));
            return sessions;
        }
    }

    /**
     * What comparing the states of the members has come to.
     *
     * @param everyEntries entries between two comparisons, 0 if states are not compared
     * @param hashedIndex newest index whose states this member has told the others
     * @param found what is not the same, a few sentences for each state machine
     */
    public record Divergence(long everyEntries, long hashedIndex, List<String> found) {
        private static Divergence of(ReplicaStatus.DivergenceState divergence) {
            return new Divergence(
                    divergence.everyEntries(),
                    divergence.hashedIndex(),
                    divergence.found().stream()
                            .map(io.raftboot.api.Divergence::text)
                            .toList());
        }
    }

    /**
     * Messages of one sender that no member sends.
     *
     * @param count how many; each closed the connection
     * @param last what was wrong with the last
     */
    public record RefusedMessages(long count, String last) {
        private static Map<Long, RefusedMessages> of(Map<Long, ReplicaStatus.RefusedMessages> senders) {
            Map<Long, RefusedMessages> refused = new TreeMap<>();
            senders.forEach((id, sender) -> refused.put(id, new RefusedMessages(sender.count(), sender.last())));
            return refused;
        }
    }

    /**
     * What is known beside the status of a member.
     *
     * @param restart null unless it is to be started anew
     * @param view of the members, by the leader or by itself
     * @param drift of the configured peers from the members; null if nobody compares
     * @param tls null if there is none between the members
     */
    record Around(
            @Nullable PendingRestart restart,
            MembershipView view,
            @Nullable Drift drift,
            @Nullable TlsDescriptor tls) {}

    static RaftDescriptor of(ReplicaStatus status, Around around) {
        var view = around.view();
        return new RaftDescriptor(
                status.nodeId(),
                status.clusterName(),
                status.group(),
                status.state().name().toLowerCase(Locale.ROOT),
                text(status.failure()),
                status.role(),
                status.term(),
                status.leaderId(),
                status.commitIndex(),
                status.appliedIndex(),
                status.lastIndex(),
                Configuration.of(status.configuration()),
                Progress.of(status.progress()),
                status.refusals(),
                RefusedMessages.of(status.refusedMessages()),
                around.tls(),
                reach(status),
                new Log(status.firstIndex(), status.logSizeBytes()),
                new Snapshot(status.snapshotIndex(), status.snapshotSizeBytes()),
                Disk.of(status.disk()),
                Service.of(status.service()),
                Sessions.of(status.sessions()),
                status.snapshotFailure(),
                status.ignoredEntries(),
                status.skippedEntries(),
                Divergence.of(status.divergence()),
                around.restart() == null ? null : around.restart().attempt(),
                view.version(),
                view.source().ageMillis(),
                view.source().failureTolerance(),
                MembersShape.members(view, MembersShape.MEMBER_ROLE),
                view.change() == null ? null : MembersShape.change(view.change()),
                MembersShape.joining(view),
                around.drift() == null ? List.of() : around.drift().text());
    }

    private static @Nullable String text(@Nullable Throwable failure) {
        return failure == null ? null : failure.toString();
    }

    private static Map<Long, String> reach(ReplicaStatus status) {
        Map<Long, String> reach = new TreeMap<>();
        status.reach().forEach((id, way) -> reach.put(id, way.name().toLowerCase(Locale.ROOT)));
        return reach;
    }
}
