package io.raftboot.replica;

import io.raftboot.api.Divergence;
import io.raftboot.transport.Reach;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A member as it sees itself and its group, all at one moment. Of one that does not run: as it was when it ended, without a
 * leader or connections.
 *
 * @param nodeId this member
 * @param clusterName as configured
 * @param group as configured
 * @param state where it is in its life
 * @param failure why it failed, with {@link ReplicaState#FAILED} only
 * @param role {@code leader}, {@code follower}, {@code candidate}, {@code precandidate} or {@code learner}
 * @param term its term
 * @param leaderId the leader it knows, or null
 * @param commitIndex as far as it knows the log to be committed
 * @param appliedIndex as far as its state machines are
 * @param lastIndex of its log
 * @param firstIndex of its log, moves when the log is compacted
 * @param snapshotIndex of its newest snapshot, 0 if none
 * @param logSizeBytes on disk
 * @param snapshotSizeBytes on disk
 * @param disk what it keeps its log on
 * @param configuration the members in force
 * @param progress by member, on the leader only; empty elsewhere
 * @param refusals by member there is no connection to because one of the two does not accept the other, or whose address is
 *     another one than is configured here: why, and what to do
 * @param refusedMessages by member that sent any since the start, messages that no member sends; each closed the connection
 * @param service what it can do for its callers
 * @param reach by other member, how it is reached from here
 * @param sessions by state machine, what is kept for commands that may be sent again; empty if the member is not running
 * @param snapshotFailure why the newest try to take a snapshot failed, which is tried again; or why the newest one that another member
 *     sent can't be restored here; null if neither is so. The log stays
 * @param ignoredEntries entries applied since the start that held nothing that any member could do
 * @param skippedEntries entries that were passed over because {@code raft.apply.skip} names them and that no snapshot of this
 *     member covers yet: until then every member needs the property
 * @param divergence whether the members have the same state
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
        Map<Long, RefusedMessages> refusedMessages,
        Service service,
        Map<Long, Reach> reach,
        Map<String, SessionState> sessions,
        @Nullable String snapshotFailure,
        long ignoredEntries,
        List<String> skippedEntries,
        DivergenceState divergence) {
    /** Entries known to be committed and not yet applied that are too many to be ready; a second's work or so at full load. */
    public static final long MAX_LAG_ENTRIES = 10_000;

    /**
     * What the member can do for its callers.
     *
     * @param trouble why it can't serve them though it runs, in a sentence; null if it can
     * @param leaderCommitIndex as far as the leader, which may be this member, had the log committed when this was last known; 0 if it
     *     never was
     * @param snapshotArriving whether a snapshot is coming in from another member, or replaces the state
     * @param hangs stages of the member that have been at one piece of work for longer than an election timeout
     * @param stale whether all else in this status is from before such a hang
     */
    public record Service(
            @Nullable String trouble,
            long leaderCommitIndex,
            boolean snapshotArriving,
            List<Hang> hangs,
            boolean stale) {
        static final Service UNKNOWN = new Service(null, 0, false, List.of(), false);
    }

    /**
     * Messages of one sender that no member sends.
     *
     * @param count how many
     * @param last what was wrong with the last
     */
    public record RefusedMessages(long count, String last) {}

    /**
     * A stage of the member that does not come on.
     *
     * @param stage its name
     * @param what it is at, a sentence
     * @param millis for how long
     */
    public record Hang(String stage, String what, long millis) {}

    /** The same at a later time, as far as that is known. */
    ReplicaStatus later(ReplicaState newState, Service newService) {
        return new ReplicaStatus(
                nodeId,
                clusterName,
                group,
                newState,
                failure,
                role,
                term,
                leaderId,
                commitIndex,
                appliedIndex,
                lastIndex,
                firstIndex,
                snapshotIndex,
                logSizeBytes,
                snapshotSizeBytes,
                disk,
                configuration,
                progress,
                refusals,
                refusedMessages,
                newService,
                reach,
                sessions,
                snapshotFailure,
                ignoredEntries,
                skippedEntries,
                divergence);
    }

    /**
     * What an operator should look at, and what keeps the member from nothing.
     *
     * @param name in a document, as that of the component of the status that it is
     * @param value that component
     * @param sentences the same for people, one or more
     */
    public record Oddity(String name, Object value, List<String> sentences) {
        /** The one that reports of a member tell with the snapshots. */
        static final String SNAPSHOT_FAILURE = "snapshotFailure";
    }

    /** What is odd about the member; what is as it should be is left out. */
    public List<Oddity> oddities() {
        var oddities = new ArrayList<Oddity>();
        if (!refusals.isEmpty()) {
            oddities.add(new Oddity("refusals", refusals, sentences(refusals, ReplicaStatus::sentence)));
        }
        if (snapshotFailure != null) {
            oddities.add(new Oddity(Oddity.SNAPSHOT_FAILURE, snapshotFailure, List.of(snapshotFailure)));
        }
        if (!refusedMessages.isEmpty()) {
            oddities.add(new Oddity(
                    "refusedMessages",
                    refusedMessages,
                    sentences(
                            refusedMessages,
                            (sender, refused) -> "messages that no member sends came from member " + sender + ", "
                                    + refused.count() + " since the start; the last: " + refused.last())));
        }
        if (ignoredEntries > 0) {
            oddities.add(new Oddity(
                    "ignoredEntries",
                    ignoredEntries,
                    List.of("entries held nothing that any member could do: " + ignoredEntries + " since the start")));
        }
        if (!skippedEntries.isEmpty()) {
            oddities.add(new Oddity(
                    "skippedEntries",
                    skippedEntries,
                    List.of("the entries " + String.join(", ", skippedEntries)
                            + " were passed over, as raft.apply.skip says; every member needs that until a snapshot covers"
                            + " them")));
        }
        var found = divergence.found().stream().map(Divergence::text).toList();
        if (!found.isEmpty()) {
            oddities.add(new Oddity("divergence", found, found));
        }
        return oddities;
    }

    private static <T> List<String> sentences(Map<Long, T> byMember, BiFunction<Long, T, String> sentence) {
        return byMember.entrySet().stream()
                .map(entry -> sentence.apply(entry.getKey(), entry.getValue()))
                .toList();
    }

    private static String sentence(long member, String refusal) {
        return "no connection to member " + member + ": " + refusal;
    }

    /**
     * Why a running member is to be asked nothing at present, in a sentence; null if it may be asked. All of it heals by itself.
     */
    public @Nullable String notReady() {
        String known = service.trouble();
        if (service.stale()) {
            // The rest is from before.
            return known;
        }
        if (disk.hanging()) {
            return "the disk has not finished a write or a read for longer than an election timeout; look at what else uses it,"
                    + " and whether it fails";
        }
        if (leaderId == null) {
            // It may join, or have been removed, or get a snapshot: then that is why, and not that it knows no leader.
            return (known == null ? "no leader is known" : known) + refusalText();
        }
        if (known != null) {
            return known + refusalText();
        }
        if (!configuration.names(nodeId)) {
            return "this member is not in the configuration; add it, or end its process";
        }
        long lag = commitIndex - appliedIndex;
        return lag > MAX_LAG_ENTRIES
                ? lag
                        + " committed entries are not applied yet; if that lasts, a state machine is slower than its commands come"
                : null;
    }

    /** A member that was refused everywhere never finds a leader; only the others know why. */
    private String refusalText() {
        return refusals.entrySet().stream()
                .map(refusal -> "; " + sentence(refusal.getKey(), refusal.getValue()))
                .collect(Collectors.joining());
    }

    /**
     * What comparing the states of the members has come to.
     *
     * @param everyEntries entries between two comparisons; 0 if states are not compared
     * @param hashedIndex newest index whose states this member has told the others; 0 if there is none
     * @param settled whether all members that this one hears of have been told that, and no difference is being looked into
     * @param found what is not the same, one for each state machine at most
     */
    public record DivergenceState(long everyEntries, long hashedIndex, boolean settled, List<Divergence> found) {
        static final DivergenceState NONE = new DivergenceState(0, 0, true, List.of());
    }

    /**
     * What a state machine keeps for commands that may be sent again, and as much as it may keep by this member's
     * configuration. What has ended is counted until the next command comes.
     *
     * @param keys idempotency keys
     * @param keyBytes memory that they and their results take
     */
    public record SessionState(int sessions, int maxSessions, int keys, int maxKeys, long keyBytes, long maxKeyBytes) {}

    /**
     * The disk of a member.
     *
     * @param usableBytes left for it; the greatest number there is if that is not known
     * @param low whether that is little: the member does not lead if another can, and as a leader refuses commands
     * @param hanging whether a write or force has not come back for an election timeout: the member does not lead then
     * @param failure what the disk did that the member failed with; null if it did nothing of the kind
     */
    public record DiskState(long usableBytes, boolean low, boolean hanging, @Nullable String failure) {
        static final DiskState UNKNOWN = new DiskState(Long.MAX_VALUE, false, false);

        /** One that has not failed. */
        public DiskState(long usableBytes, boolean low, boolean hanging) {
            this(usableBytes, low, hanging, null);
        }

        DiskState withFailure(@Nullable String newFailure) {
            return new DiskState(usableBytes, low, hanging, newFailure);
        }
    }

    /**
     * The members in force.
     *
     * @param voters ids, ascending
     * @param learners ids, ascending
     * @param votersOutgoing of the configuration being left, empty unless joint
     */
    public record Configuration(List<Long> voters, List<Long> learners, List<Long> votersOutgoing) {
        /** Whether it has to do with a member. One that gives its vote away is needed until the others can decide without it. */
        boolean names(long id) {
            return voters.contains(id) || votersOutgoing.contains(id) || learners.contains(id);
        }

        public boolean joint() {
            return !votersOutgoing.isEmpty();
        }
    }

    /**
     * What a leader knows of a member.
     *
     * @param matchIndex the member's log equals the leader's up to here
     * @param nextIndex the next entry to send
     * @param state {@code probe}, {@code replicate} or {@code snapshot}
     * @param recentActive whether it was heard of within an election timeout
     */
    public record MemberProgress(long matchIndex, long nextIndex, String state, boolean recentActive) {}
}
