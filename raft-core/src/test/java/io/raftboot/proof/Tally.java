package io.raftboot.proof;

import io.raftboot.api.Consistency;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOutcome;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.Snapshot;

/** Counts what {@link Sometimes} names. Who sees what is split by subject; this hands on. */
final class Tally implements Observer {
    private final Sometimes.Counts counts = new Sometimes.Counts();
    private final Observer[] observers = {
        new ElectionTally(counts),
        new LogTally(counts),
        new MemberTally(counts),
        new SnapshotTally(counts),
        new CallTally(counts)
    };

    Sometimes.Counts counts() {
        return counts;
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
    public void happened(long member, Sometimes what) {
        counts.count(what);
    }

    @Override
    public void ended() {
        for (var observer : observers) {
            observer.ended();
        }
    }
}
