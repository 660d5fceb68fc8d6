package io.raftboot.proof;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** S5: at equal index all members have applied the same, and have come to the same state by it. */
final class StatesAgree extends Invariant {
    private record Place(String kind, long index) {}

    private record Seen(long hash, long member) {}

    private final Map<Place, Seen> states = new HashMap<>();
    private final Map<Long, Seen> commands = new HashMap<>();
    private final Map<Long, Seen> terms = new HashMap<>();

    StatesAgree(Violations violations) {
        super(violations);
    }

    @Override
    public void commandApplied(long member, long index, long term, byte[] command) {
        compare(
                "the command at index " + index,
                commands.putIfAbsent(index, new Seen(Hash.of(command), member)),
                member,
                Hash.of(command));
        agreeOnTerm(member, index, term);
    }

    @Override
    public void advanced(long member, long fromIndex, long toIndex, long toTerm) {
        agreeOnTerm(member, toIndex, toTerm);
    }

    private void agreeOnTerm(long member, long index, long term) {
        compare("the term of entry " + index, terms.putIfAbsent(index, new Seen(term, member)), member, term);
    }

    @Override
    public void state(long member, String kind, long index, long hash, boolean restored) {
        if (!restored) {
            compare(
                    "the " + kind + " at index " + index,
                    states.putIfAbsent(new Place(kind, index), new Seen(hash, member)),
                    member,
                    hash);
        }
    }

    private void compare(String what, @Nullable Seen known, long member, long hash) {
        if (known != null && known.hash != hash) {
            broken(
                    what + " is " + Long.toHexString(known.hash) + " and " + Long.toHexString(hash),
                    known.member,
                    member);
        }
    }
}
