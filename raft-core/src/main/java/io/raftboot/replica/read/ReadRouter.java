package io.raftboot.replica.read;

import io.raftboot.api.RefusalReason;
import io.raftboot.raft.BasicStatus;
import io.raftboot.raft.NodeIds;
import io.raftboot.raft.RaftRole;
import io.raftboot.raft.ReadState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.replica.duty.Self;
import io.raftboot.replica.leader.LeaderWays;
import io.raftboot.replica.leader.Leadership;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds out for each read which index it has to see, and hands it to the apply stage with that: by a round that a quorum
 * confirms, by the lease of this leader, or by what an earlier round told. Owned by the raft stage.
 *
 * <p>A read by lease is decided here and nowhere else: this member's role, term and commit index, the clock and the lease are
 * looked at together, at the time the read is served.
 */
public final class ReadRouter implements LeaderWays.Rounds {
    private static final long NOT_LEADING = 0;

    private final ReadCore core;
    private final Leadership leadership;
    private final LeaseConditions conditions;
    private final LeaderLease lease;
    private final ReadRounds rounds;
    private final AppliedReads answering;
    private final Self self;

    /** Came since the last {@link #route}. */
    private List<PendingRead> arrived = new ArrayList<>();

    /** Term in which this member led when the round under way started; {@link #NOT_LEADING} if it did not. */
    private long roundTerm;

    /** Outcome of the newest round that was answered here, whoever led; null before the first. */
    private @Nullable Known known;

    /**
     * What a round told: everything that was acknowledged before it started is in the log up to this index. That stays true, so it
     * tells how old a state is, by this member's own clock alone.
     */
    private record Known(long startedNanos, long index) {}

    public ReadRouter(
            Self self,
            ReadCore core,
            Leadership leadership,
            LeaseConditions conditions,
            LeaderLease lease,
            AppliedReads answering) {
        this.self = self;
        this.core = core;
        this.leadership = leadership;
        this.conditions = conditions;
        this.lease = lease;
        this.answering = answering;
        this.rounds = new ReadRounds(
                context -> {
                    roundTerm = leadingTerm(core.basicStatus());
                    core.readIndex(context);
                },
                this::confirmed,
                self.electionTimeoutNanos() / 2,
                self.runId());
    }

    public void add(PendingRead read) {
        arrived.add(read);
    }

    /** Serves what can be served, and starts a round for the others. */
    public void route() {
        if (!arrived.isEmpty()) {
            var reads = arrived;
            arrived = new ArrayList<>();
            place(reads, self.nowNanos());
        }
        var hopeless = leadership.absence();
        if (hopeless != null && !rounds.isEmpty()) {
            rounds.refuseWhere(read -> true, read -> read.refuse(RefusalReason.NO_LEADER, hopeless));
        }
        // A single voter answers reads at once, even before it knows what it had committed: it has to wait like others.
        if (!rounds.isEmpty() && (leadership.leads() ? leadership.ready() : leadership.leaderKnown())) {
            rounds.step(self.nowNanos());
        }
    }

    public void answered(ReadState state) {
        rounds.answered(state);
    }

    public void leaderChanged() {
        rounds.abandonRound();
    }

    @Override
    public void ask() {
        rounds.ask();
    }

    @Override
    public @Nullable Long answeredNanos() {
        var told = known;
        return told == null ? null : (Long) told.startedNanos();
    }

    /** Before the message leaves. */
    public void sending(Message message) {
        if (message.getType() == MessageType.MSG_TIMEOUT_NOW) {
            lease.handedOver(message.getTerm());
        }
    }

    public void paused(long nowNanos) {
        lease.paused(nowNanos);
    }

    /** Ends the reads whose time is up. */
    public void expire(long nowNanos) {
        boolean leaderKnown = leadership.leaderKnown();
        rounds.refuseWhere(
                read -> read.boundsStaleness() && (!leaderKnown || nowNanos - read.giveUpNanos() >= 0),
                read -> refuseStale(read, nowNanos));
        rounds.refuseWhere(
                read -> nowNanos - read.deadlineNanos() >= 0,
                read -> read.refuse(
                        leaderKnown ? RefusalReason.TIMED_OUT : RefusalReason.NO_LEADER,
                        leaderKnown
                                ? "the leader did not confirm the read in time"
                                : "no leader was known in time; are enough members up?" + leadership.explanation()));
    }

    public void end(String why) {
        arrived.forEach(read -> read.refuse(RefusalReason.NOT_RUNNING, why));
        arrived.clear();
        rounds.refuseWhere(read -> true, read -> read.refuse(RefusalReason.NOT_RUNNING, why));
    }

    private void place(List<PendingRead> reads, long nowNanos) {
        var byLease = new ArrayList<PendingRead>();
        for (PendingRead read : reads) {
            switch (read.options().consistency()) {
                case LINEARIZABLE -> rounds.add(read);
                case LEASE -> byLease.add(read);
                case LOCAL -> placeLocal(read, nowNanos);
            }
        }
        if (!byLease.isEmpty()) {
            placeByLease(byLease, nowNanos);
        }
    }

    private void placeByLease(List<PendingRead> reads, long nowNanos) {
        conditions.explainOnce();
        var status = core.basicStatus();
        long term = leadingTerm(status);
        boolean mayAct = term != NOT_LEADING
                && leadership.ready()
                && leadership.term() == term
                && status.leadTransfereeId() == NodeIds.NONE;
        if (!mayAct || !conditions.hold() || !lease.isHeld(term, nowNanos)) {
            reads.forEach(rounds::add);
            return;
        }
        answer(reads, status.hardState().getCommit());
        if (lease.isHalfOver(nowNanos)) {
            rounds.ask();
        }
    }

    private void placeLocal(PendingRead read, long nowNanos) {
        long allowedNanos = read.maxStalenessNanos();
        var told = known;
        if (told != null && nowNanos - told.startedNanos() <= allowedNanos) {
            answer(List.of(read), told.index());
            if (nowNanos - told.startedNanos() > allowedNanos / 2) {
                rounds.ask();
            }
        } else if (leadership.leaderKnown()) {
            read.giveUpAt(nowNanos + self.electionTimeoutNanos());
            rounds.add(read);
        } else {
            refuseStale(read, nowNanos);
        }
    }

    private void confirmed(List<PendingRead> reads, long index, long startedNanos) {
        known = new Known(startedNanos, index);
        long term = leadingTerm(core.basicStatus());
        if (term != NOT_LEADING && term == roundTerm && conditions.hold()) {
            lease.confirmed(term, startedNanos);
        }
        if (!reads.isEmpty()) {
            answer(reads, index);
        }
    }

    private static long leadingTerm(BasicStatus status) {
        return status.softState().role() == RaftRole.LEADER ? status.hardState().getTerm() : NOT_LEADING;
    }

    /** A read may want to see more than it has to. */
    private void answer(List<PendingRead> reads, long index) {
        if (reads.stream().allMatch(read -> read.options().minIndex() <= index)) {
            answering.answer(reads, index);
            return;
        }
        Map<Long, List<PendingRead>> byIndex = new TreeMap<>();
        for (PendingRead read : reads) {
            byIndex.computeIfAbsent(Math.max(index, read.options().minIndex()), any -> new ArrayList<>())
                    .add(read);
        }
        byIndex.forEach((wanted, some) -> answering.answer(some, wanted));
    }

    private void refuseStale(PendingRead read, long nowNanos) {
        var told = known;
        String age = told == null
                ? "has not learnt from a leader yet how far the group is"
                : "was last known to be up to date " + (nowNanos - told.startedNanos()) / 1_000_000 + " ms ago";
        read.refuse(
                RefusalReason.TOO_STALE,
                "this member's state " + age + ", and the read allows "
                        + read.maxStalenessNanos() / 1_000_000
                        + " ms; ask another member, allow more, or read LINEARIZABLE, which waits for a leader");
    }
}
