package io.raftboot.proof;

import io.raftboot.api.Outcome;
import java.util.HashMap;
import java.util.Map;

/**
 * S12: a command is applied at one index and no other, however often its client has sent it, and is answered with that one. Rests on
 * clients that never submit the same bytes for two commands. What was refused is never applied.
 */
final class AppliedOnce extends Invariant {
    private record Call(long command, long member) {}

    private final Map<Long, Long> indexes = new HashMap<>();
    private final Map<Long, Long> lastIndexes = new HashMap<>();
    private final Map<Long, Call> calls = new HashMap<>();
    private final Map<Long, Long> refused = new HashMap<>();
    private final Map<Long, Integer> tries = new HashMap<>();

    AppliedOnce(Violations violations) {
        super(violations);
    }

    @Override
    public void crashed(long member, End end) {
        lastIndexes.remove(member);
    }

    @Override
    public void commandApplied(long member, long index, long term, byte[] command) {
        long hash = Hash.of(command);
        var other = indexes.putIfAbsent(hash, index);
        if (other != null && other != index) {
            broken("the command at index " + index + " was applied at " + other + " before", member);
        }
        var last = lastIndexes.put(member, index);
        check(
                last == null || last < index,
                member,
                "the command at index " + index + " was applied after that at " + last);
        var refusedTo = refused.get(hash);
        if (refusedTo != null) {
            broken("the command at index " + index + " was refused", refusedTo, member);
        }
    }

    @Override
    public void submitted(long call, long member, byte[] command) {
        long hash = Hash.of(command);
        calls.put(call, new Call(hash, member));
        // Another try of a command that was refused may be applied.
        refused.remove(hash);
        tries.merge(hash, 1, Integer::sum);
    }

    @Override
    public void submitEnded(long call, long member, Outcome outcome) {
        var asked = calls.remove(call);
        if (asked == null) {
            return;
        }
        if (outcome instanceof Outcome.Applied applied) {
            var index = indexes.get(asked.command);
            // A repetition that is answered from the session has an index of its own.
            check(
                    index != null && index <= applied.index(),
                    member,
                    "a command was said to be applied at " + applied.index() + ", and was at " + index);
        } else if (outcome instanceof Outcome.Refused && tries.getOrDefault(asked.command, 0) == 1) {
            refused.put(asked.command, member);
            var index = indexes.get(asked.command);
            check(index == null, member, "a command was refused, and is applied at " + index);
        }
    }
}
