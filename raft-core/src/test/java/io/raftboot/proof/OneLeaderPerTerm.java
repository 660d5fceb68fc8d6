package io.raftboot.proof;

import io.raftboot.raft.proto.Message;
import java.util.HashMap;
import java.util.Map;

/** S1: of each term there is one leader at most, by what cores are and by what they send as leaders. */
final class OneLeaderPerTerm extends Invariant {
    private final Map<Long, Long> leaders = new HashMap<>();

    OneLeaderPerTerm(Violations violations) {
        super(violations);
    }

    @Override
    public void changed(long member, CoreState before, CoreState now, LogView log) {
        if (now.leads() && (!before.leads() || before.term() != now.term())) {
            leads(member, now.term());
        }
    }

    @Override
    public void sent(long member, Message message) {
        switch (message.getType()) {
            case MSG_APP, MSG_HEARTBEAT, MSG_SNAP, MSG_TIMEOUT_NOW -> leads(member, message.getTerm());
            default -> {
                // Others than leaders send the rest.
            }
        }
    }

    private void leads(long member, long term) {
        var other = leaders.putIfAbsent(term, member);
        if (other != null && other != member) {
            broken("term " + term + " has two leaders", other, member);
        }
    }
}
