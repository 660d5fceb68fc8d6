package io.raftboot.proof;

import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import java.util.HashMap;
import java.util.Map;

/** S8: in each term a directory votes for one candidate at most, however often its processes are started. */
final class OneVotePerTerm extends Invariant {
    private record Ballot(long member, long incarnation, long term) {}

    private final Map<Ballot, Long> votes = new HashMap<>();
    private final Map<Long, Long> incarnations = new HashMap<>();

    OneVotePerTerm(Violations violations) {
        super(violations);
    }

    @Override
    public void begunAnew(long member, ForcedLog disk) {
        incarnations.merge(member, 1L, Long::sum);
    }

    @Override
    public void sent(long member, Message message) {
        if (message.getType() == MessageType.MSG_VOTE) {
            vote(member, message.getTerm(), member);
        } else if (message.getType() == MessageType.MSG_VOTE_RESP && !message.getReject()) {
            vote(member, message.getTerm(), message.getTo());
        }
    }

    @Override
    public void hardStateForced(long member, Promise before, Promise now) {
        if (now.vote() != 0) {
            vote(member, now.term(), now.vote());
        }
    }

    private void vote(long member, long term, long candidate) {
        var ballot = new Ballot(member, incarnations.getOrDefault(member, 0L), term);
        var other = votes.putIfAbsent(ballot, candidate);
        if (other != null && other != candidate) {
            broken("in term " + term + " it voted for " + other + " and for " + candidate, member);
        }
    }
}
