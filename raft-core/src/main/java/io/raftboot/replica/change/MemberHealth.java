package io.raftboot.replica.change;

import io.raftboot.raft.Node;
import io.raftboot.raft.tracker.Progress;
import io.raftboot.replica.duty.Duty;
import io.raftboot.replica.duty.Links;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How the members stand to this one while it leads: who is heard of, who keeps up, and since when. A new leader begins anew. Owned by
 * the raft stage.
 */
public final class MemberHealth implements Duty {
    /** Parts of an election timeout: so long a new leader waits for a first word of all members before it says how they are. */
    private static final int FIRST_WORDS_WITHIN = 4;

    private final Links links;
    private final Node node;
    private final LeaderSeat seat;
    private final CommitTimes commits;

    /** Since when each has been a member, as this leader has seen it. */
    private final Map<Long, Long> memberSinceNanos = new TreeMap<>();

    private final Map<Long, Standing> standings = new TreeMap<>();

    /** Who may be better than it stands here, as this leader was just elected, or stood still, and has not heard of it since. */
    private final Set<Long> awaited = new TreeSet<>();

    private long awaitedUntilNanos;
    private long lastIndex;
    private long leadsSinceNanos;

    /**
     * How a member stands.
     *
     * @param matchIndex up to which its log is known to be the leader's
     * @param lagNanos since when there are committed entries that it is not known to have; 0 if there are none
     * @param silentNanos since it was heard of; null if it never was
     * @param healthySinceNanos null if it is not healthy
     */
    record Standing(long matchIndex, long lagNanos, @Nullable Long silentNanos, @Nullable Long healthySinceNanos) {
        boolean isHealthy() {
            return healthySinceNanos != null;
        }
    }

    public MemberHealth(Links links, Node node, LeaderSeat seat) {
        this.links = links;
        this.node = node;
        this.seat = seat;
        this.commits = new CommitTimes(links.self().electionTimeoutNanos());
        this.leadsSinceNanos = links.self().nowNanos();
    }

    @Override
    public void leaderChanged() {
        standings.clear();
        awaited.clear();
        commits.clear();
        memberSinceNanos.clear();
        leadsSinceNanos = links.self().nowNanos();
    }

    /** What the others could not say while this process stood still is not held against them. */
    @Override
    public void paused(long nowNanos) {
        commits.clear();
        leadsSinceNanos = nowNanos;
        standings.keySet().stream().filter(this::isHealthy).forEach(awaited::add);
        awaitedUntilNanos = nowNanos + links.self().electionTimeoutNanos();
    }

    @Override
    public void tick(long nowNanos) {
        if (!seat.ready()) {
            leaderChanged();
            return;
        }
        long commit = node.basicStatus().hardState().getCommit();
        if (commits.isEmpty()) {
            commits.begin(nowNanos, commit);
        }
        commits.note(nowNanos, commit);
        var present = new TreeMap<Long, Progress>();
        node.withProgress((id, type, progress) -> present.put(id, progress));
        var own = present.get(links.self().nodeId());
        lastIndex = own == null ? lastIndex : own.matchIndex();
        if (standings.isEmpty()) {
            awaited.addAll(present.keySet());
            awaitedUntilNanos = nowNanos + links.self().electionTimeoutNanos() / FIRST_WORDS_WITHIN;
        }
        standings.keySet().retainAll(present.keySet());
        memberSinceNanos.keySet().retainAll(present.keySet());
        present.keySet().forEach(id -> memberSinceNanos.putIfAbsent(id, nowNanos));
        present.forEach((id, progress) -> standings.put(id, standing(id, progress, nowNanos)));
        boolean longEnough = nowNanos - awaitedUntilNanos >= 0;
        awaited.removeIf(id -> longEnough || isHealthy(id) || !standings.containsKey(id));
    }

    private Standing standing(long id, Progress progress, long nowNanos) {
        boolean self = id == links.self().nodeId();
        var heard = seat.heardNanos(id);
        Long silent = self ? Long.valueOf(0) : heard == null ? null : Long.valueOf(Math.max(0, nowNanos - heard));
        long lag = self ? 0 : commits.lagNanos(nowNanos, progress.matchIndex());
        long patience = links.self().electionTimeoutNanos();
        boolean healthy = silent != null && silent <= patience && lag <= patience && progress.matchIndex() > 0;
        var before = standings.get(id);
        Long since = !healthy
                ? null
                : before == null || before.healthySinceNanos() == null
                        ? Long.valueOf(nowNanos)
                        : before.healthySinceNanos();
        return new Standing(progress.matchIndex(), lag, silent, since);
    }

    /** Null of one that is no member, or while this member does not lead. */
    @Nullable
    Standing of(long id) {
        return standings.get(id);
    }

    boolean isHealthy(long id) {
        var standing = standings.get(id);
        return standing != null && standing.isHealthy();
    }

    /** For how long a member has been healthy; 0 if it is not. */
    long healthyForNanos(long id, long nowNanos) {
        var standing = standings.get(id);
        return standing == null || standing.healthySinceNanos() == null ? 0 : nowNanos - standing.healthySinceNanos();
    }

    /**
     * For how long nothing was heard of a member, as this leader knows: since its election, its last standstill, or since it is a member
     * at most. What was heard of somebody else under its id before does not count.
     */
    long silentNanos(long id, long nowNanos) {
        var heard = id == links.self().nodeId() ? Long.valueOf(nowNanos) : seat.heardNanos(id);
        long member = memberSinceNanos.getOrDefault(id, nowNanos);
        long since = Math.max(heard == null ? leadsSinceNanos : heard, Math.max(leadsSinceNanos, member));
        return Math.max(0, nowNanos - since);
    }

    /** Whether a member has followed this leader behind a moment. */
    boolean wasHeardBehind(long id, long nanos) {
        var heard = seat.heardNanos(id);
        return heard != null && heard - nanos > 0;
    }

    /** Whether how the members stand can be told: somebody who is there, and is told of as away, would be looked for in vain. */
    boolean isKnown() {
        return !standings.isEmpty() && awaited.isEmpty();
    }

    /** Whether this leader has led for long enough to know how the others are, or knows nothing but good of them. */
    boolean isSettled() {
        return links.self().nowNanos() - leadsSinceNanos >= links.self().electionTimeoutNanos()
                || (!standings.isEmpty() && standings.values().stream().allMatch(Standing::isHealthy));
    }

    /** Whether this leader has led for so long, without having stood still. */
    boolean hasLedFor(int electionTimeouts, long nowNanos) {
        return nowNanos - leadsSinceNanos >= electionTimeouts * links.self().electionTimeoutNanos();
    }

    /** Index of the leader's newest durable entry. */
    long lastIndex() {
        return lastIndex;
    }
}
