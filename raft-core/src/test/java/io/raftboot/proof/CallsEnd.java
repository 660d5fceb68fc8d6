package io.raftboot.proof;

import io.raftboot.api.Consistency;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOutcome;
import java.util.TreeMap;

/** L2: whoever asks gets an answer, unless the process that was asked has died. */
final class CallsEnd extends Invariant {
    private record Call(long member, String what) {}

    private final TreeMap<Long, Call> open = new TreeMap<>();

    CallsEnd(Violations violations) {
        super(violations);
    }

    @Override
    public void submitted(long call, long member, byte[] command) {
        open.put(call, new Call(member, "command"));
    }

    @Override
    public void readAsked(long call, long member, Consistency consistency) {
        open.put(call, new Call(member, consistency + " read"));
    }

    @Override
    public void submitEnded(long call, long member, Outcome outcome) {
        open.remove(call);
    }

    @Override
    public void readEnded(long call, long member, Consistency consistency, ReadOutcome outcome) {
        open.remove(call);
    }

    @Override
    public void crashed(long member, End end) {
        open.values().removeIf(call -> call.member == member);
    }

    @Override
    public void ended() {
        if (!open.isEmpty()) {
            var first = open.firstEntry();
            broken(
                    "call " + first.getKey() + ", a " + first.getValue().what + ", has no answer, nor have "
                            + (open.size() - 1) + " others",
                    first.getValue().member);
        }
    }
}
