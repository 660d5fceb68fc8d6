package io.raftboot.autoconfigure.actuate;

import com.fasterxml.jackson.annotation.JsonInclude;
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
 * @param node          this member
 * @param cluster       name of the cluster
 * @param group         name of the group
 * @param state         {@code running}, or where else it is in its life
 * @param failure       why it stopped by itself, or null
 * @param role          leader, follower, candidate, precandidate or learner
 * @param term          its term
 * @param leader        id of the leader it knows, or null
 * @param commitIndex   as far as it knows the log to be committed
 * @param appliedIndex  as far as its state machines are
 * @param lastIndex     of its log
 * @param configuration the members in force
 * @param progress      by member, on the leader only; empty elsewhere
 * @param refusals      by member that does not accept this one, or is not accepted by it: why, and what to do
 * @param log           what is in the log
 * @param snapshot      the newest one
 * @param disk          what log and snapshots are on
 * @param snapshotFailure why the newest try to take a snapshot failed, or null; it is tried again, and the log stays
 * @param ignoredEntries  entries applied since the start that held nothing that any member could do
 * @param skippedEntries  entries passed over because raft.apply.skip names them, until a snapshot covers them
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
        Log log,
        Snapshot snapshot,
        Disk disk,
        @Nullable String snapshotFailure,
        long ignoredEntries,
        List<String> skippedEntries) {
    /**
     * The members in force.
     *
     * @param voters         ids
     * @param learners       ids
     * @param votersOutgoing voters of the configuration being left, empty unless joint
     * @param joint          whether a change of several members is under way
     */
    public record Configuration(List<Long> voters, List<Long> learners, List<Long> votersOutgoing, boolean joint) {}

    /**
     * What the leader knows of a member.
     *
     * @param matchIndex   the member's log equals the leader's up to here
     * @param nextIndex    the next entry to send
     * @param state        probe, replicate or snapshot
     * @param recentActive whether it was heard of within an election timeout
     */
    public record Progress(long matchIndex, long nextIndex, String state, boolean recentActive) {}

    /**
     * The log.
     *
     * @param firstIndex of its oldest entry
     * @param sizeBytes  on disk
     */
    public record Log(long firstIndex, long sizeBytes) {}

    /**
     * The newest snapshot.
     *
     * @param index     0 if there is none
     * @param sizeBytes of all snapshots on disk
     */
    public record Snapshot(long index, long sizeBytes) {}

    /**
     * The disk.
     *
     * @param usableBytes left for this member; the greatest number there is if that is not known
     * @param low         whether that is little
     * @param hanging     whether it has not finished a write for an election timeout
     */
    public record Disk(long usableBytes, boolean low, boolean hanging) {}

    static RaftDescriptor of(ReplicaStatus status) {
        Map<Long, Progress> progress = new TreeMap<>();
        status.progress()
                .forEach((id, member) -> progress.put(
                        id,
                        new Progress(member.matchIndex(), member.nextIndex(), member.state(), member.recentActive())));
        Throwable failure = status.failure();
        return new RaftDescriptor(
                status.nodeId(),
                status.clusterName(),
                status.group(),
                status.state().name().toLowerCase(Locale.ROOT),
                failure == null ? null : failure.toString(),
                status.role(),
                status.term(),
                status.leaderId(),
                status.commitIndex(),
                status.appliedIndex(),
                status.lastIndex(),
                new Configuration(
                        status.configuration().voters(),
                        status.configuration().learners(),
                        status.configuration().votersOutgoing(),
                        status.configuration().joint()),
                progress,
                status.refusals(),
                new Log(status.firstIndex(), status.logSizeBytes()),
                new Snapshot(status.snapshotIndex(), status.snapshotSizeBytes()),
                new Disk(
                        status.disk().usableBytes(),
                        status.disk().low(),
                        status.disk().hanging()),
                status.snapshotFailure(),
                status.ignoredEntries(),
                status.skippedEntries());
    }
}
