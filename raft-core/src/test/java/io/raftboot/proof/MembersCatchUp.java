package io.raftboot.proof;

import io.raftboot.raft.proto.ConfState;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** L3: in the end each member of the group that runs has applied all that is committed. */
final class MembersCatchUp extends Invariant {
    private final Map<Long, Long> applied = new HashMap<>();
    private @Nullable ConfState members;
    private long membersIndex;
    private long committed;

    MembersCatchUp(Violations violations) {
        super(violations);
    }

    @Override
    public void advanced(long member, long fromIndex, long toIndex, long toTerm) {
        applied.put(member, toIndex);
    }

    @Override
    public void crashed(long member, End end) {
        applied.remove(member);
    }

    @Override
    public void configured(long member, long index, ConfState state) {
        if (index >= membersIndex) {
            membersIndex = index;
            members = state;
        }
    }

    @Override
    public void changed(long member, CoreState before, CoreState now, LogView log) {
        committed = Math.max(committed, now.commit());
    }

    @Override
    public void ended() {
        applied.forEach((member, index) -> check(
                index >= committed || !belongs(member),
                member,
                "it has applied up to " + index + ", and " + committed + " is committed"));
    }

    private boolean belongs(long member) {
        return members == null
                || members.getVotersList().contains(member)
                || members.getLearnersList().contains(member);
    }
}
