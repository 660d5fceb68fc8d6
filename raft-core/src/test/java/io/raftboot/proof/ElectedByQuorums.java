package io.raftboot.proof;

import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Part of S10: who becomes leader has the votes of a majority of the voters, of both halves of a joint configuration. */
final class ElectedByQuorums extends Invariant {
    private record Ballot(long term, long candidate) {}

    private final Map<Ballot, Set<Long>> votes = new HashMap<>();
    private final Map<Long, ConfState> now = new HashMap<>();
    private final Map<Long, ConfState> before = new HashMap<>();
    private final Map<Long, ForcedLog> disks = new HashMap<>();

    ElectedByQuorums(Violations violations) {
        super(violations);
    }

    @Override
    public void begunAnew(long member, ForcedLog disk) {
        disks.put(member, disk);
    }

    @Override
    public void configured(long member, long index, ConfState members) {
        var old = now.put(member, members);
        before.put(member, old == null ? members : old);
    }

    @Override
    public void sent(long member, Message message) {
        if (message.getType() == MessageType.MSG_VOTE_RESP && !message.getReject()) {
            votes.computeIfAbsent(new Ballot(message.getTerm(), message.getTo()), unused -> new HashSet<>())
                    .add(member);
        }
    }

    @Override
    public void changed(long member, CoreState old, CoreState state, LogView log) {
        if (!state.leads() || (old.leads() && old.term() == state.term())) {
            return;
        }
        var granted = new HashSet<>(votes.getOrDefault(new Ballot(state.term(), member), Set.of()));
        var disk = disks.get(member);
        if (disk == null
                || (disk.promise().term() == state.term() && disk.promise().vote() == member)) {
            granted.add(member);
        }
        check(
                mayLead(member, now.get(member)) || mayLead(member, before.get(member)),
                member,
                "it leads in term " + state.term() + " and has no vote itself, with the members " + now.get(member));
        check(
                isQuorum(now.get(member), granted) || isQuorum(before.get(member), granted),
                member,
                "it leads in term " + state.term() + " by the votes of " + granted + ", with the members "
                        + now.get(member));
    }

    private static boolean mayLead(long member, @Nullable ConfState members) {
        return members == null
                || members.getVotersList().contains(member)
                || members.getVotersOutgoingList().contains(member);
    }

    private static boolean isQuorum(@Nullable ConfState members, Set<Long> granted) {
        return members == null
                || (isMajority(members.getVotersList(), granted)
                        && isMajority(members.getVotersOutgoingList(), granted));
    }

    private static boolean isMajority(List<Long> voters, Set<Long> granted) {
        return voters.isEmpty() || voters.stream().filter(granted::contains).count() > voters.size() / 2;
    }
}
