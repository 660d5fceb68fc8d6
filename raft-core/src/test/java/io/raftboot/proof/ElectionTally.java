package io.raftboot.proof;

import io.raftboot.raft.RaftRole;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Counts what happens in elections and when leaders hand over. */
final class ElectionTally implements Observer {
    private static final String TRANSFER = "CampaignTransfer";

    private record Ballot(long term, long member) {}

    private record Order(long term, long from, long to) {}

    private final Sometimes.Counts counts;
    private final Map<Long, CoreState> states = new HashMap<>();
    private final Map<Long, ConfState> members = new HashMap<>();
    private final Map<Ballot, Set<Long>> granted = new HashMap<>();
    private final Map<Ballot, Long> given = new HashMap<>();
    private final Map<Long, Long> candidates = new HashMap<>();
    private final Set<Ballot> transfers = new HashSet<>();
    private final Set<Order> orders = new HashSet<>();
    private final Set<Long> leadersOnce = new HashSet<>();
    private final Set<Long> restarted = new HashSet<>();
    private final Set<Long> preVotesWon = new HashSet<>();

    ElectionTally(Sometimes.Counts counts) {
        this.counts = counts;
    }

    @Override
    public void started(long member, LogView log) {
        if (!states.isEmpty()) {
            restarted.add(member);
        }
    }

    @Override
    public void configured(long member, long index, ConfState state) {
        members.put(member, state);
    }

    @Override
    public void crashed(long member, End end) {
        var state = states.remove(member);
        if (state == null) {
            return;
        }
        if (state.leads()) {
            counts.count(Sometimes.LEADER_CRASHED);
            if (state.transfereeId() != 0) {
                counts.count(Sometimes.LEADER_CRASHED_WHILE_HANDING_OVER);
            }
        } else if (state.role() == RaftRole.CANDIDATE) {
            counts.count(Sometimes.CANDIDATE_CRASHED);
        }
        if (states.isEmpty()) {
            counts.count(Sometimes.ALL_CRASHED_AT_ONCE);
        }
    }

    @Override
    public void sent(long member, Message message) {
        switch (message.getType()) {
            case MSG_VOTE -> {
                if (message.getContext().toStringUtf8().equals(TRANSFER)) {
                    transfers.add(new Ballot(message.getTerm(), member));
                }
            }
            case MSG_VOTE_RESP -> answered(member, message);
            case MSG_PRE_VOTE_RESP -> {
                if (message.getReject()) {
                    counts.count(Sometimes.PRE_VOTE_REFUSED);
                }
            }
            case MSG_TIMEOUT_NOW -> orders.add(new Order(message.getTerm(), member, message.getTo()));
            default -> {
                // Others have other things to say.
            }
        }
    }

    private void answered(long member, Message answer) {
        var ballot = new Ballot(answer.getTerm(), member);
        if (!answer.getReject()) {
            granted.computeIfAbsent(new Ballot(answer.getTerm(), answer.getTo()), unused -> new HashSet<>())
                    .add(member);
            var other = given.put(ballot, answer.getTo());
            if (other != null && other == answer.getTo()) {
                counts.count(Sometimes.VOTE_REPEATED);
            }
            return;
        }
        counts.count(Sometimes.VOTE_REFUSED);
        if (given.containsKey(ballot) && restarted.contains(member)) {
            counts.count(Sometimes.VOTE_KEPT_OVER_RESTART);
        } else if (!given.containsKey(ballot)) {
            counts.count(Sometimes.VOTE_REFUSED_TO_SHORTER_LOG);
        }
    }

    @Override
    public void received(long member, Message message) {
        var state = states.get(member);
        if (message.getType() == MessageType.MSG_TIMEOUT_NOW) {
            orders.remove(new Order(message.getTerm(), message.getFrom(), member));
        } else if (message.getType() == MessageType.MSG_VOTE_RESP
                && state != null
                && (state.role() != RaftRole.CANDIDATE || state.term() != message.getTerm())) {
            counts.count(Sometimes.VOTE_CAME_LATE);
        }
    }

    @Override
    public void changed(long member, CoreState before, CoreState now, LogView log) {
        states.put(member, now);
        if (before.role() != now.role() || before.term() != now.term()) {
            roleChanged(member, before, now);
        }
        if (before.leads() && now.leads() && before.transfereeId() != now.transfereeId()) {
            counts.count(now.transfereeId() == 0 ? Sometimes.TRANSFER_ABANDONED : Sometimes.TRANSFER_BEGUN);
        }
        if (now.postponedReads() > before.postponedReads()) {
            counts.count(Sometimes.READ_WAITED_FOR_FIRST_ENTRY_OF_TERM);
        }
    }

    private void roleChanged(long member, CoreState before, CoreState now) {
        if (before.role() == RaftRole.CANDIDATE && (!now.leads() || before.term() != now.term())) {
            lost(member, before, now);
        }
        if (now.role() == RaftRole.CANDIDATE) {
            if (before.role() == RaftRole.PRE_CANDIDATE) {
                preVotesWon.add(member);
            }
            var other = candidates.put(now.term(), member);
            if (other != null && other != member) {
                counts.count(Sometimes.TWO_CANDIDATES_OF_ONE_TERM);
            }
        }
        if (now.leads() && (!before.leads() || before.term() != now.term())) {
            won(member, now);
        } else if (before.leads() && now.term() > before.term()) {
            counts.count(Sometimes.LEADER_DEPOSED_BY_LATER_TERM);
        } else if (before.leads() && isVoter(member)) {
            counts.count(Sometimes.LEADER_STEPPED_DOWN_WITHOUT_QUORUM);
        }
    }

    private void lost(long member, CoreState before, CoreState now) {
        counts.count(Sometimes.ELECTION_LOST);
        if (preVotesWon.remove(member)) {
            counts.count(Sometimes.PRE_VOTE_WON_AND_VOTE_LOST);
        }
        if (now.term() == before.term() && now.leader() != 0) {
            counts.count(Sometimes.CANDIDATE_HEARD_OF_LEADER);
        }
        var voters = voters(member);
        var votes = new HashSet<>(granted.getOrDefault(new Ballot(before.term(), member), Set.of()));
        votes.add(member);
        votes.retainAll(voters);
        if (votes.size() == voters.size() / 2) {
            counts.count(Sometimes.ELECTION_LOST_BY_ONE_VOTE);
        }
    }

    private void won(long member, CoreState now) {
        counts.count(Sometimes.ELECTION_WON);
        preVotesWon.remove(member);
        if (!leadersOnce.add(member)) {
            counts.count(Sometimes.LEADER_ELECTED_AGAIN);
        }
        if (transfers.contains(new Ballot(now.term(), member))) {
            counts.count(Sometimes.TRANSFER_WON);
        }
        if (voters(member).size() == 1) {
            counts.count(Sometimes.ONE_VOTER_LED);
        }
        if (members.getOrDefault(member, ConfState.getDefaultInstance()).getVotersOutgoingCount() > 0) {
            counts.count(Sometimes.LEADER_ELECTED_WHILE_JOINT);
        }
        if (states.values().stream().filter(CoreState::leads).count() > 1) {
            counts.count(Sometimes.TWO_LEADERS_AT_ONCE);
        }
        // An order of an earlier term that has not come by now is of no use any more.
        orders.removeIf(order -> {
            boolean lost = order.term < now.term() && order.to != member;
            if (lost) {
                counts.count(Sometimes.TIMEOUT_NOW_LOST);
            }
            return order.term < now.term();
        });
    }

    private boolean isVoter(long member) {
        return voters(member).contains(member);
    }

    private List<Long> voters(long member) {
        return members.getOrDefault(member, ConfState.getDefaultInstance()).getVotersList();
    }
}
