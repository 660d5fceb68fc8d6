package io.raftboot.replica;

import io.raftboot.proof.Sometimes;
import io.raftboot.raft.proto.ConfChangeType;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.simulation.SimulatedDisk.Fate;
import io.raftboot.simulation.Simulation;
import java.util.stream.Stream;

/** Has whoever leads go at the moment at which that matters most to the members that are being changed. */
final class Crossings {
    private static final int LOOKS_PER_ELECTION_TIMEOUT = 8;
    private static final int LOOKS = 160;

    private final Simulation simulation;
    private final World world;
    private boolean ended;

    Crossings(Simulation simulation, World world) {
        this.simulation = simulation;
        this.world = world;
    }

    /** What is still to come does not. */
    void end() {
        ended = true;
    }

    /** The next leader that is found in the midst of a change leads no more. */
    boolean crossChange(int what) {
        lookForChange(what, LOOKS);
        return world.leader() != null;
    }

    private void later(Runnable look) {
        simulation.events().after(world.mix().electionTimeout().toNanos() / LOOKS_PER_ELECTION_TIMEOUT, () -> {
            if (!ended) {
                look.run();
            }
        });
    }

    private void lookForChange(int what, int looksLeft) {
        var leader = world.leader();
        var change = leader == null
                ? null
                : leader.running().parts.machines.system().changes().running();
        boolean midway = change != null && (change.getDone() > 0 || what % 3 == 0);
        if (leader != null && midway) {
            world.proof().happened(leader.id(), Sometimes.LEADER_LOST_IN_CHANGE);
            lose(leader, what / 3);
        } else if (looksLeft > 0) {
            later(() -> lookForChange(what, looksLeft - 1));
        }
    }

    private void lose(SimulatedMember leader, int what) {
        switch (what % 4) {
            case 0 -> crash(leader, Fate.KEPT);
            case 1 -> crash(leader, Fate.LOST);
            case 2 ->
                leader.host().after(0, "hands over", () -> {
                    var unused = leader.calls().transferLeadership(null);
                });
            default -> {
                for (long other : world.ids()) {
                    if (other != leader.id()) {
                        world.ways().cut(leader.id(), other);
                    }
                }
            }
        }
    }

    /** It comes back some time later. */
    private void crash(SimulatedMember member, Fate fate) {
        world.crash(member, fate);
        simulation.events().after(2 * world.mix().electionTimeout().toNanos(), () -> {
            if (world.down().contains(member)) {
                world.start(member.id());
            }
        });
    }

    /** A learner gets a vote in a change that it is cut off from, and who leads dies as soon as another one knows of it. */
    boolean promoteUnheard(int who) {
        var leader = world.leader();
        if (leader == null) {
            return false;
        }
        var state = leader.running().configuration().state();
        var learners = state.getLearnersList().stream()
                .filter(id -> world.member(id).isUp() && world.operator().isGood(id))
                .toList();
        if (state.getVotersCount() < 2 || state.getVotersOutgoingCount() > 0) {
            return false;
        }
        return learners.isEmpty()
                ? demoteFirst(leader, state, who)
                : promote(leader, learners.get(who % learners.size()));
    }

    private boolean promote(SimulatedMember leader, long learner) {
        world.ways().cut(leader.id(), learner);
        boolean proposed = world.operator().proposeOne(leader, ConfChangeType.CONF_CHANGE_ADD_NODE, learner);
        if (proposed) {
            lookForPromotion(leader, learner, LOOKS / 4);
        }
        return proposed;
    }

    /** A voter is made a learner first, where there is none. */
    private boolean demoteFirst(SimulatedMember leader, ConfState state, int who) {
        var others = state.getVotersList().stream()
                .filter(id -> id != leader.id()
                        && world.member(id).isUp()
                        && world.operator().isGood(id))
                .toList();
        if (others.isEmpty() || state.getVotersCount() < 3) {
            return false;
        }
        long id = others.get(who % others.size());
        boolean proposed = world.operator().proposeOne(leader, ConfChangeType.CONF_CHANGE_ADD_LEARNER_NODE, id);
        if (proposed) {
            lookForLearner(leader, id, LOOKS / 4);
        }
        return proposed;
    }

    private void lookForLearner(SimulatedMember leader, long id, int looksLeft) {
        if (!leader.isUp() || !leader.leads() || !world.member(id).isUp()) {
            return;
        }
        boolean isOne = Stream.of(leader, world.member(id)).allMatch(member -> member.running()
                .configuration()
                .state()
                .getLearnersList()
                .contains(id));
        if (isOne) {
            boolean unused = promote(leader, id);
        } else if (looksLeft > 0) {
            later(() -> lookForLearner(leader, id, looksLeft - 1));
        }
    }

    private void lookForPromotion(SimulatedMember leader, long learner, int looksLeft) {
        boolean known = world.up().stream()
                .filter(member -> member != leader && member.id() != learner)
                .anyMatch(member ->
                        member.running().configuration().state().getVotersList().contains(learner));
        if (known && leader.isUp() && leader.leads()) {
            crash(leader, Fate.KEPT);
        } else if (!known && looksLeft > 0) {
            later(() -> lookForPromotion(leader, learner, looksLeft - 1));
        }
    }
}
