package io.raftboot.proof;

import io.raftboot.api.Consistency;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Counts what clients see. */
final class CallTally implements Observer {
    private record Call(long member, long command) {}

    private final Sometimes.Counts counts;
    private final Map<Long, CoreState> states = new HashMap<>();
    private final Map<Long, Call> submitted = new HashMap<>();
    private final Map<Long, Long> floors = new HashMap<>();
    private final Map<Long, Long> applied = new HashMap<>();
    private final Set<Long> answered = new HashSet<>();
    private final Set<Long> unknown = new HashSet<>();
    /** Rounds that each member has asked the others for, by heartbeats that carry a read. */
    private final Map<Long, Long> rounds = new HashMap<>();

    private final Map<Long, Long> roundsWhenAsked = new HashMap<>();
    private long newest;

    CallTally(Sometimes.Counts counts) {
        this.counts = counts;
    }

    @Override
    public void changed(long member, CoreState before, CoreState now, LogView log) {
        states.put(member, now);
    }

    @Override
    public void crashed(long member, End end) {
        states.remove(member);
        submitted.values().removeIf(call -> {
            if (call.member == member) {
                counts.count(Sometimes.COMMAND_UNKNOWN);
                unknown.add(call.command);
            }
            return call.member == member;
        });
    }

    @Override
    public void sent(long member, Message message) {
        if (message.getType() == MessageType.MSG_HEARTBEAT
                && !message.getContext().isEmpty()) {
            rounds.merge(member, 1L, Long::sum);
        }
    }

    @Override
    public void advanced(long member, long fromIndex, long toIndex, long toTerm) {
        newest = Math.max(newest, toIndex);
    }

    @Override
    public void commandApplied(long member, long index, long term, byte[] command) {
        long hash = Hash.of(command);
        if (applied.putIfAbsent(hash, index) == null && unknown.contains(hash)) {
            counts.count(Sometimes.UNKNOWN_COMMAND_APPLIED);
        }
    }

    @Override
    public void submitted(long call, long member, byte[] command) {
        submitted.put(call, new Call(member, Hash.of(command)));
    }

    @Override
    public void submitEnded(long call, long member, Outcome outcome) {
        var asked = submitted.remove(call);
        if (asked == null) {
            return;
        }
        long command = asked.command;
        if (outcome instanceof Outcome.Applied) {
            if (!answered.add(command) || unknown.contains(command)) {
                counts.count(Sometimes.DUPLICATE_ANSWERED_FROM_SESSION);
            }
        } else if (outcome instanceof Outcome.Unknown) {
            counts.count(Sometimes.COMMAND_UNKNOWN);
            unknown.add(command);
        } else if (outcome instanceof Outcome.Refused refused) {
            refused(refused.reason());
        }
    }

    private void refused(RefusalReason reason) {
        counts.count(Sometimes.COMMAND_REFUSED);
        switch (reason) {
            case NO_SPACE -> counts.count(Sometimes.COMMAND_REFUSED_FOR_SPACE);
            case NO_LEADER -> counts.count(Sometimes.COMMAND_REFUSED_WITHOUT_LEADER);
            case SESSION_EXPIRED -> counts.count(Sometimes.SESSION_EXPIRED);
            default -> {
                // Other reasons lie with who asks.
            }
        }
    }

    @Override
    public void readAsked(long call, long member, Consistency consistency) {
        floors.put(call, newest);
        roundsWhenAsked.put(call, rounds.getOrDefault(member, 0L));
    }

    @Override
    public void readEnded(long call, long member, Consistency consistency, ReadOutcome outcome) {
        var floor = floors.remove(call);
        boolean alone = rounds.getOrDefault(member, 0L).equals(roundsWhenAsked.remove(call));
        if (outcome instanceof ReadOutcome.Refused) {
            counts.count(Sometimes.READ_REFUSED);
        } else if (outcome instanceof ReadOutcome.Answered answer) {
            var state = states.get(member);
            switch (consistency) {
                case LEASE -> {
                    counts.count(Sometimes.LEASE_READ_ANSWERED);
                    if (state != null && state.leads()) {
                        counts.count(alone ? Sometimes.LEASE_HELD : Sometimes.LEASE_REFUSED);
                    }
                }
                case LOCAL -> {
                    if (floor != null && answer.index() < floor) {
                        counts.count(Sometimes.LOCAL_READ_WAS_OLD);
                    }
                }
                case LINEARIZABLE -> {
                    if (state != null && !state.leads()) {
                        counts.count(Sometimes.READ_ANSWERED_BY_FOLLOWER);
                    }
                }
            }
        }
    }

    @Override
    public void ended() {
        unknown.stream()
                .filter(command -> !applied.containsKey(command))
                .forEach(command -> counts.count(Sometimes.UNKNOWN_COMMAND_NEVER_APPLIED));
    }
}
