package io.raftboot.replica;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A member as it sees itself and its group, all at one moment.
 *
 * @param nodeId        this member
 * @param clusterName   as configured
 * @param group         as configured
 * @param state         where it is in its life
 * @param failure       why it failed, with {@link ReplicaState#FAILED} only
 * @param role          {@code leader}, {@code follower}, {@code candidate}, {@code precandidate} or {@code learner}
 * @param term          its term
 * @param leaderId      the leader it knows, or null
 * @param commitIndex   as far as it knows the log to be committed
 * @param appliedIndex  as far as its state machines are
 * @param lastIndex     of its log
 * @param firstIndex    of its log, moves when the log is compacted
 * @param snapshotIndex of its newest snapshot, 0 if none
 * @param logSizeBytes  on disk
 * @param snapshotSizeBytes on disk
 * @param disk          what it keeps its log on
 * @param configuration the members in force
 * @param progress      by member, on the leader only; empty elsewhere
 * @param refusals      by member there is no connection to because one of the two does not accept the other: why, and what to do
 * @param sessions      by state machine, what is kept for commands that may be sent again; empty if the member is not running
 */
public record ReplicaStatus(
        long nodeId,
        String clusterName,
        String group,
        ReplicaState state,
        @Nullable Throwable failure,
        String role,
        long term,
        @Nullable Long leaderId,
        long commitIndex,
        long appliedIndex,
        long lastIndex,
        long firstIndex,
        long snapshotIndex,
        long logSizeBytes,
        long snapshotSizeBytes,
        DiskState disk,
        Configuration configuration,
        Map<Long, MemberProgress> progress,
        Map<Long, String> refusals,
        Map<String, SessionState> sessions) {
    /**
     * What a state machine keeps for commands that may be sent again, and as much as it may keep by this member's
     * configuration. What has ended is counted until the next command comes.
     *
     * @param keys        idempotency keys
     * @param keyBytes    memory that they and their results take
     */
    public record SessionState(int sessions, int maxSessions, int keys, int maxKeys, long keyBytes, long maxKeyBytes) {}

    /**
     * The disk of a member.
     *
     * @param usableBytes left for it; the greatest number there is if that is not known
     * @param low whether that is little: the member does not lead if another can, and as a leader refuses commands
     * @param hanging whether a write or force has not come back for an election timeout: the member does not lead then
     */
    public record DiskState(long usableBytes, boolean low, boolean hanging) {
        static final DiskState UNKNOWN = new DiskState(Long.MAX_VALUE, false, false);
    }

    /**
     * The members in force.
     *
     * @param voters         ids, ascending
     * @param learners       ids, ascending
     * @param votersOutgoing of the configuration being left, empty unless joint
     */
    public record Configuration(List<Long> voters, List<Long> learners, List<Long> votersOutgoing) {
        public boolean joint() {
            return !votersOutgoing.isEmpty();
        }
    }

    /**
     * What a leader knows of a member.
     *
     * @param matchIndex   the member's log equals the leader's up to here
     * @param nextIndex    the next entry to send
     * @param state        {@code probe}, {@code replicate} or {@code snapshot}
     * @param recentActive whether it was heard of within an election timeout
     */
    public record MemberProgress(long matchIndex, long nextIndex, String state, boolean recentActive) {}
}
