package io.raftboot.proof;

/**
 * All that a run is held to: each invariant is told of everything, and the first that is broken ends the run, with the step and the
 * time at which it was. Counts besides what has happened. Of one thread.
 */
public final class Proof extends Fanout {
    private final Violations violations;
    private final Tally tally;
    private long step;
    private long nowNanos;

    public Proof() {
        this(new Violations(), new Tally());
    }

    private Proof(Violations violations, Tally tally) {
        super(invariants(violations, tally));
        this.violations = violations;
        this.tally = tally;
    }

    private static Observer[] invariants(Violations violations, Tally tally) {
        return new Observer[] {
            new OneLeaderPerTerm(violations),
            new LeaderAppendsOnly(violations),
            new LogsMatch(violations),
            new LeaderHasAllCommitted(violations),
            new StatesAgree(violations),
            new NothingGoesBack(violations),
            new NothingUnforcedIsSent(violations),
            new OneVotePerTerm(violations),
            new CommittedIsOnDisks(violations),
            new OneChangeAtATime(violations),
            new MajoritiesMeet(violations),
            new ElectedByQuorums(violations),
            new VotersLead(violations),
            new ReadsAreNew(violations),
            new AppliedOnce(violations),
            new SnapshotsAreReplay(violations),
            new LeaderInTime(violations),
            new CallsEnd(violations),
            new MembersCatchUp(violations),
            new NothingGrows(violations),
            tally
        };
    }

    /** How often what is interesting has happened so far. */
    public Sometimes.Counts counts() {
        return tally.counts();
    }

    /** Throws what has been found, if anything has: to be called where a run ends for another reason. */
    public void checkNothingFound() {
        violations.throwFirst(step, nowNanos);
    }

    @Override
    public void ended() {
        super.ended();
        violations.throwFirst(step, nowNanos);
    }

    @Override
    public void afterEvent(long now) {
        step++;
        nowNanos = now;
        super.afterEvent(now);
        violations.throwFirst(step, now);
    }
}
