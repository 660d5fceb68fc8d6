package io.raftboot.replica.change;

import io.raftboot.api.MemberChange.Promotion;
import io.raftboot.raft.ConfigurationReplay;
import io.raftboot.raft.confchange.ConfChanges;
import io.raftboot.raft.proto.ConfChangeSingle;
import io.raftboot.raft.proto.ConfChangeType;
import io.raftboot.replica.config.MembershipPolicy;
import io.raftboot.replica.machine.SystemMachine;
import io.raftboot.replica.proto.ChangeStep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Removes members that have been silent for very long. Voters go one at a time, and never so many that fewer are left than are wanted:
 * the floor is taken from what was wanted last, never from what there is, or a group would dwindle. Learners that keep up take
 * the places of dead voters, at one moment, unless votes are given by hand alone. A new leader counts from its election on.
 */
final class DeadRemoved implements Initiative {
    private static final String PROPERTY = "raft.membership.remove-dead-after";

    private final MemberHealth health;
    private final SystemMachine system;
    private final Duration deadAfter;
    private final MembershipPolicy policy;

    DeadRemoved(MemberHealth health, SystemMachine system, Duration deadAfter, MembershipPolicy policy) {
        this.health = health;
        this.system = system;
        this.deadAfter = deadAfter;
        this.policy = policy;
    }

    @Override
    public List<Wish> wishes(Situation present, long nowNanos) {
        var state = present.configuration();
        var wishes = new ArrayList<Wish>();
        for (long id : dead(state.getLearnersList(), nowNanos)) {
            wishes.add(removal(id, present));
        }
        var dead = dead(state.getVotersList(), nowNanos);
        var spare = spare(present).stream().limit(dead.size()).toList();
        if (!spare.isEmpty()) {
            wishes.add(exchange(spare, dead.subList(0, spare.size()), present));
        } else if (state.getVotersCount() - 1 >= floor(state.getVotersCount())) {
            dead.forEach(id -> wishes.add(removal(id, present)));
        }
        wishes.removeIf(wish -> !isPossible(wish, present));
        return wishes;
    }

    /** A change that would have to wait for somebody holds up all others. */
    private static boolean isPossible(Wish wish, Situation present) {
        var replay = new ConfigurationReplay(present.configuration());
        return replay.apply(ChangePlanner.change(wish.steps().get(0))) == null
                && Majorities.objection(replay.confState(), present.healthy()) == null;
    }

    private List<Long> dead(List<Long> ids, long nowNanos) {
        return ids.stream()
                .filter(id -> health.silentNanos(id, nowNanos) >= deadAfter.toNanos())
                .sorted()
                .toList();
    }

    private Wish exchange(List<Long> spare, List<Long> replaced, Situation present) {
        var changes = new ArrayList<ConfChangeSingle>();
        spare.forEach(id -> changes.add(ConfChanges.single(ConfChangeType.CONF_CHANGE_ADD_NODE, id)));
        replaced.forEach(id -> changes.add(remove(id)));
        return wish(changes, replaced, present);
    }

    private Wish removal(long id, Situation present) {
        return wish(List.of(remove(id)), List.of(id), present);
    }

    /** Learners that keep up, where votes are not given by hand alone. */
    private List<Long> spare(Situation present) {
        return policy.promote() == Promotion.AUTO
                ? present.configuration().getLearnersList().stream()
                        .filter(id -> present.healthy().test(id))
                        .sorted()
                        .toList()
                : List.of();
    }

    /** Whatever is configured, no more go than may fail: else a group would dwindle to one, and lose what that one loses. */
    private int floor(int voters) {
        return Math.max(policy.minVoters(), wanted(voters) / 2 + 1);
    }

    private int wanted(int voters) {
        return Math.max(voters, system.changes().wantedVoters());
    }

    private static ConfChangeSingle remove(long id) {
        return ConfChanges.single(ConfChangeType.CONF_CHANGE_REMOVE_NODE, id);
    }

    private Wish wish(List<ConfChangeSingle> changes, List<Long> dead, Situation present) {
        return new Wish(
                List.of(ChangeStep.newBuilder().addAllChanges(changes).build()),
                PROPERTY,
                "nothing was heard of the members " + dead + " for " + deadAfter + " and longer: they are removed",
                wanted(present.configuration().getVotersCount()));
    }
}
