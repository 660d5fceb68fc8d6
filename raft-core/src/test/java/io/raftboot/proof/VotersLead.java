package io.raftboot.proof;

import io.raftboot.raft.proto.ConfState;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;

/**
 * Part of S10: who leads has a vote, in one half of the configuration at least, for as long as it leads. The change that takes the
 * vote from a leader is committed under the configuration before, and the leader has stepped down once it is in force.
 */
final class VotersLead extends Invariant {
    private final Map<Long, ConfState> configurations = new HashMap<>();
    private final Map<Long, CoreState> leaders = new HashMap<>();

    /** Members to be looked at once all that came of the event was told. */
    private final TreeSet<Long> touched = new TreeSet<>();

    VotersLead(Violations violations) {
        super(violations);
    }

    @Override
    public void crashed(long member, End end) {
        leaders.remove(member);
        configurations.remove(member);
        touched.remove(member);
    }

    @Override
    public void configured(long member, long index, ConfState members) {
        configurations.put(member, members);
        touched.add(member);
    }

    @Override
    public void changed(long member, CoreState before, CoreState now, LogView log) {
        if (now.leads()) {
            leaders.put(member, now);
            touched.add(member);
        } else {
            leaders.remove(member);
        }
    }

    @Override
    public void afterEvent(long nowNanos) {
        if (touched.isEmpty()) {
            return;
        }
        for (long member : touched) {
            var leader = leaders.get(member);
            var members = configurations.get(member);
            check(
                    leader == null || members == null || hasVote(member, members),
                    member,
                    "it leads, and has no vote in the configuration that it has in force: " + members);
        }
        touched.clear();
    }

    private static boolean hasVote(long member, ConfState members) {
        return members.getVotersList().contains(member)
                || members.getVotersOutgoingList().contains(member);
    }
}
