package io.raftboot.proof;

import io.raftboot.raft.proto.ConfState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** S9: what a leader commits is on the disks of a quorum of the voters, of both halves of a joint configuration. */
final class CommittedIsOnDisks extends Invariant {
    /** Of each member, the disks it has had: one that was wiped may have acknowledged what is counted late. */
    private final Map<Long, List<ForcedLog>> disks = new HashMap<>();

    /** Configurations in force in each core, now and before: the commit may have been counted by either. */
    private final Map<Long, ConfState> now = new HashMap<>();

    private final Map<Long, ConfState> before = new HashMap<>();

    CommittedIsOnDisks(Violations violations) {
        super(violations);
    }

    @Override
    public void begunAnew(long member, ForcedLog disk) {
        disks.computeIfAbsent(member, id -> new ArrayList<>()).add(disk);
    }

    @Override
    public void configured(long member, long index, ConfState members) {
        var old = now.put(member, members);
        before.put(member, old == null ? members : old);
    }

    @Override
    public void changed(long member, CoreState old, CoreState state, LogView log) {
        if (!state.leads() || !old.leads() || old.term() != state.term() || state.commit() == old.commit()) {
            return;
        }
        long index = state.commit();
        long term = log.term(index);
        check(
                term == state.term() || term == LogView.UNKNOWN,
                member,
                "the leader of term " + state.term() + " committed entry " + index + " of term " + term);
        // The event may have brought another configuration, of which others are told after this.
        if (!isOnQuorum(now.get(member), index, term) && !isOnQuorum(before.get(member), index, term)) {
            pending.put(member, new Pending(index, term));
        }
    }

    /** Commits that the configuration known so far does not explain, until the end of the event. */
    private final Map<Long, Pending> pending = new HashMap<>();

    private record Pending(long index, long term) {}

    @Override
    public void afterEvent(long nowNanos) {
        if (!pending.isEmpty()) {
            pending.forEach((member, commit) -> check(
                    isOnQuorum(now.get(member), commit.index, commit.term),
                    member,
                    "it committed entry " + commit.index + " of term " + commit.term + ", which is on the disks of "
                            + holders(commit.index, commit.term) + ", with the members " + now.get(member)));
            pending.clear();
        }
    }

    @Override
    public void advanced(long member, long fromIndex, long toIndex, long toTerm) {
        var all = disks.get(member);
        if (all != null) {
            check(
                    all.get(all.size() - 1).holds(toIndex, toTerm),
                    member,
                    "it applied entry " + toIndex + " of term " + toTerm + ", which is not on its disk");
        }
    }

    private List<Long> holders(long index, long term) {
        return disks.keySet().stream()
                .filter(id -> has(id, index, term))
                .sorted()
                .toList();
    }

    private boolean isOnQuorum(@Nullable ConfState members, long index, long term) {
        return members != null
                && isOnMajority(members.getVotersList(), index, term)
                && isOnMajority(members.getVotersOutgoingList(), index, term);
    }

    private boolean isOnMajority(List<Long> voters, long index, long term) {
        long count = voters.stream().filter(id -> has(id, index, term)).count();
        return voters.isEmpty() || count > voters.size() / 2;
    }

    private boolean has(long member, long index, long term) {
        return disks.getOrDefault(member, List.of()).stream().anyMatch(disk -> disk.holds(index, term));
    }
}
