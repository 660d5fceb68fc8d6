package io.raftboot.proof;

import io.raftboot.api.Consistency;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOutcome;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.Snapshot;

/** Tells others all that it is told, in their order. */
abstract class Fanout implements Observer {
    private final Observer[] observers;

    Fanout(Observer... observers) {
        this.observers = observers;
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
    }

    @Override
    public void afterEvent(long nowNanos) {
        for (var observer : observers) {
            observer.afterEvent(nowNanos);
        }
    }
}
