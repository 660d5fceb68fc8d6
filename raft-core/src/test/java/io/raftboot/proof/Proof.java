package io.raftboot.proof;

import io.raftboot.api.Consistency;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOutcome;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.Snapshot;

/**
 * All that a run is held to: each invariant is told of everything, and the first that is broken ends the run, with the step and the
 * time at which it was. Counts besides what has happened. Of one thread.
 */
public final class Proof implements Observer {
    private final Violations violations = new Violations();
    private final Tally tally = new Tally();
    private final Observer[] observers;
    private long step;
    private long nowNanos;

    public Proof() {
        observers = invariants(violations, tally);
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
            new ElectedByQuorums(violations),
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
    public void started(long member, LogView log) {
        for (var observer : observers) {
            observer.started(member, log);
        }
    }

    @Override
    public void crashed(long member, End end) {
        for (var observer : observers) {
            observer.crashed(member, end);
        }
    }

    @Override
    public void begunAnew(long member, ForcedLog disk) {
        for (var observer : observers) {
            observer.begunAnew(member, disk);
        }
    }

    @Override
    public void sent(long member, Message message) {
        for (var observer : observers) {
            observer.sent(member, message);
        }
    }

    @Override
    public void received(long member, Message message) {
        for (var observer : observers) {
            observer.received(member, message);
        }
    }

    @Override
    public void snapshotSent(long member, Message message, boolean arrived) {
        for (var observer : observers) {
            observer.snapshotSent(member, message, arrived);
        }
    }

    @Override
    public void entryForced(long member, long index, long term, long previousTerm, long hash, boolean changesMembers) {
        for (var observer : observers) {
            observer.entryForced(member, index, term, previousTerm, hash, changesMembers);
        }
    }

    @Override
    public void hardStateForced(long member, Promise before, Promise now) {
        for (var observer : observers) {
            observer.hardStateForced(member, before, now);
        }
    }

    @Override
    public void logCut(long member, long index, long endedAt, long endedTerm) {
        for (var observer : observers) {
            observer.logCut(member, index, endedAt, endedTerm);
        }
    }

    @Override
    public void snapshotForced(long member, Snapshot snapshot, boolean installed) {
        for (var observer : observers) {
            observer.snapshotForced(member, snapshot, installed);
        }
    }

    @Override
    public void forced(long member, ForcedLog disk) {
        for (var observer : observers) {
            observer.forced(member, disk);
        }
    }

    @Override
    public void changed(long member, CoreState before, CoreState now, LogView log) {
        for (var observer : observers) {
            observer.changed(member, before, now, log);
        }
    }

    @Override
    public void configured(long member, long index, ConfState members) {
        for (var observer : observers) {
            observer.configured(member, index, members);
        }
    }

    @Override
    public void advanced(long member, long fromIndex, long toIndex, long toTerm) {
        for (var observer : observers) {
            observer.advanced(member, fromIndex, toIndex, toTerm);
        }
    }

    @Override
    public void commandApplied(long member, long index, long term, byte[] command) {
        for (var observer : observers) {
            observer.commandApplied(member, index, term, command);
        }
    }

    @Override
    public void state(long member, String kind, long index, long hash, boolean restored) {
        for (var observer : observers) {
            observer.state(member, kind, index, hash, restored);
        }
    }

    @Override
    public void readAsked(long call, long member, Consistency consistency) {
        for (var observer : observers) {
            observer.readAsked(call, member, consistency);
        }
    }

    @Override
    public void readEnded(long call, long member, Consistency consistency, ReadOutcome outcome) {
        for (var observer : observers) {
            observer.readEnded(call, member, consistency, outcome);
        }
    }

    @Override
    public void submitted(long call, long member, byte[] command) {
        for (var observer : observers) {
            observer.submitted(call, member, command);
        }
    }

    @Override
    public void submitEnded(long call, long member, Outcome outcome) {
        for (var observer : observers) {
            observer.submitEnded(call, member, outcome);
        }
    }

    @Override
    public void amount(long member, String what, long value, long limit) {
        for (var observer : observers) {
            observer.amount(member, what, value, limit);
        }
    }

    @Override
    public void happened(long member, Sometimes what) {
        for (var observer : observers) {
            observer.happened(member, what);
        }
    }

    @Override
    public void healed(long healedNanos, long leaderWithinNanos) {
        for (var observer : observers) {
            observer.healed(healedNanos, leaderWithinNanos);
        }
    }

    @Override
    public void ended() {
        for (var observer : observers) {
            observer.ended();
        }
        violations.throwFirst(step, nowNanos);
    }

    @Override
    public void afterEvent(long now) {
        step++;
        nowNanos = now;
        for (var observer : observers) {
            observer.afterEvent(now);
        }
        violations.throwFirst(step, now);
    }
}
