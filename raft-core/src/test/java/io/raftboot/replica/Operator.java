package io.raftboot.replica;

import io.raftboot.proof.Sometimes;
import io.raftboot.raft.AppliedConfiguration;
import io.raftboot.raft.ProposalListener;
import io.raftboot.raft.RaftException;
import io.raftboot.raft.confchange.ConfChanges;
import io.raftboot.raft.proto.ConfChangeSingle;
import io.raftboot.raft.proto.ConfChangeTransition;
import io.raftboot.raft.proto.ConfChangeType;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.simulation.SimulatedDisk.Fate;
import io.raftboot.simulation.Simulation;
import io.raftboot.storage.disk.CorruptionException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who changes the members of a world, by changes that are proposed to the core of the one that leads: knows nothing but what that one
 * has in force, and whose directories are lost. A change that was not taken is not noticed, as by an operator who looks again later.
 */
final class Operator {
    static final int MOST_MEMBERS = 7;

    private final Simulation simulation;
    private final World world;
    private final Verbs verbs;

    /** Those whose directory was lost while they were members: what they promised is forgotten. */
    private final Set<Long> forgetful = new TreeSet<>();

    /** Of the change that was proposed last; 0 once it was dropped. */
    private long pendingTerm;

    /** Where it stands in that term; the largest number until that is known. */
    private long pendingIndex;

    Operator(Simulation simulation, World world) {
        this.simulation = simulation;
        this.world = world;
        this.verbs = new Verbs(simulation, world, this::newcomer);
    }

    /**
     * Proposes one of the changes that the present configuration allows, if somebody leads.
     *
     * @return whether one was proposed
     */
    boolean change(int who, int what) {
        if (what % 2 == 0) {
            return verbs.change(who, what / 2);
        }
        return changeByHand(who, what / 2);
    }

    private boolean changeByHand(int who, int what) {
        var leader = world.leader();
        if (leader == null) {
            return false;
        }
        var state = leader.running().configuration().state();
        dismissStrangers(leader, what);
        if (state.getVotersOutgoingCount() > 0) {
            return !state.getAutoLeave() && what % 3 > 0 && propose(leader, ConfChangeV2.getDefaultInstance());
        }
        return switch (what % 7) {
            case 0, 1 -> addLearner(leader, state, who, what / 7);
            case 2 -> promote(leader, state, who);
            case 3 -> demote(leader, state, who);
            case 4 -> remove(leader, state, who);
            default -> replace(leader, state, who, what / 7);
        };
    }

    /** All members of a configuration, of both halves. */
    static List<Long> members(ConfState state) {
        return List.copyOf(ConfChanges.members(state));
    }

    private static <T> T oneOf(List<T> all, int which) {
        return all.get(which % all.size());
    }

    /** Those that were removed, or never let in, are switched off now and then. */
    private void dismissStrangers(SimulatedMember leader, int what) {
        for (var member : world.up()) {
            boolean stranger = member != leader && !isConcerned(member.id());
            if (stranger && what % 2 == 0) {
                world.dismiss(member);
            }
        }
    }

    private boolean addLearner(SimulatedMember leader, ConfState state, int who, int what) {
        if (members(state).size() >= MOST_MEMBERS) {
            return false;
        }
        long id = newcomer(state, who, what);
        return propose(leader, change(ConfChangeType.CONF_CHANGE_ADD_LEARNER_NODE, id));
    }

    /** Of the configuration that who leads has in force, or of one that somebody has. */
    private long newcomer(int what) {
        var leader = world.leader();
        var present = leader != null
                ? leader
                : world.up().stream()
                        .filter(member ->
                                member.running().configuration().state().getVotersCount() > 0)
                        .findFirst()
                        .orElseThrow();
        return newcomer(present.running().configuration().state(), what, what);
    }

    /** Whether anybody who is up knows it as a member, or is to make it one. */
    private boolean isConcerned(long id) {
        return world.up().stream().anyMatch(member -> {
            var running = member.running().parts.machines.system().changes().running();
            boolean wanted = running != null
                    && running.getStepsList().stream()
                            .flatMap(step -> step.getMembersList().stream())
                            .anyMatch(named -> named.getId() == id);
            return wanted || members(member.running().configuration().state()).contains(id);
        });
    }

    /** A new id, or one that was there before and comes back with an empty directory; its process is started at once, or with the next restarts. */
    private long newcomer(ConfState state, int who, int what) {
        var former = world.dismissed().stream()
                .filter(id -> !members(state).contains(id) && !isConcerned(id))
                .toList();
        long id = former.isEmpty() || what % 3 > 0 ? world.newId() : oneOf(former, who);
        var known = new ArrayList<Long>();
        for (long member : members(state)) {
            if (!forgetful.contains(member) && (known.isEmpty() || (what >> known.size()) % 2 == 0)) {
                known.add(member);
            }
        }
        world.prepare(id, known.isEmpty() ? members(state) : known);
        forgetful.remove(id);
        if (what % 2 == 0) {
            world.start(id);
        }
        return id;
    }

    private boolean promote(SimulatedMember leader, ConfState state, int who) {
        if (state.getLearnersCount() == 0) {
            return false;
        }
        long id = oneOf(state.getLearnersList(), who);
        return stands(with(state, id)) && propose(leader, change(ConfChangeType.CONF_CHANGE_ADD_NODE, id));
    }

    private boolean demote(SimulatedMember leader, ConfState state, int who) {
        long id = oneOf(state.getVotersList(), who);
        return stands(without(state, id)) && propose(leader, change(ConfChangeType.CONF_CHANGE_ADD_LEARNER_NODE, id));
    }

    private boolean remove(SimulatedMember leader, ConfState state, int who) {
        long id = oneOf(members(state), who);
        return stands(without(state, id)) && propose(leader, change(ConfChangeType.CONF_CHANGE_REMOVE_NODE, id));
    }

    private static Set<Long> without(ConfState state, long id) {
        var voters = new TreeSet<>(state.getVotersList());
        voters.remove(id);
        return voters;
    }

    private static Set<Long> with(ConfState state, long id) {
        var voters = new TreeSet<>(state.getVotersList());
        voters.add(id);
        return voters;
    }

    /** Whether most of these voters are there, and remember what they promised. */
    private boolean stands(Set<Long> voters) {
        return voters.stream().filter(this::isGood).count() > voters.size() / 2;
    }

    /** Whether it is wanted, and remembers what it promised. */
    boolean isGood(long id) {
        return !forgetful.contains(id)
                && !world.dismissed().contains(id)
                && world.member(id).hasState();
    }

    /** Several at once: somebody goes, and a new one comes, with a vote or without. */
    private boolean replace(SimulatedMember leader, ConfState state, int who, int what) {
        long gone = oneOf(members(state), who);
        var voters = without(state, gone);
        boolean votes = what % 5 < 3;
        // The new one has nothing to show yet.
        if (!stands(voters) || (votes && voters.stream().filter(this::isGood).count() <= (voters.size() + 1) / 2)) {
            return false;
        }
        long id = newcomer(state, who, what);
        var type = votes ? ConfChangeType.CONF_CHANGE_ADD_NODE : ConfChangeType.CONF_CHANGE_ADD_LEARNER_NODE;
        var change = change(type, id).toBuilder()
                .addChanges(single(ConfChangeType.CONF_CHANGE_REMOVE_NODE, gone))
                .setTransition(oneOf(
                        List.of(
                                ConfChangeTransition.CONF_CHANGE_TRANSITION_AUTO,
                                ConfChangeTransition.CONF_CHANGE_TRANSITION_JOINT_IMPLICIT,
                                ConfChangeTransition.CONF_CHANGE_TRANSITION_JOINT_EXPLICIT),
                        what / 5))
                .build();
        return propose(leader, change);
    }

    private static ConfChangeV2 change(ConfChangeType type, long id) {
        return ConfChangeV2.newBuilder().addChanges(single(type, id)).build();
    }

    private static ConfChangeSingle single(ConfChangeType type, long id) {
        return ConfChangeSingle.newBuilder().setType(type).setNodeId(id).build();
    }

    private boolean propose(SimulatedMember leader, ConfChangeV2 change) {
        pendingTerm = leader.running().view().term();
        pendingIndex = Long.MAX_VALUE;
        leader.host().after(0, "change " + ConfChanges.format(change.getChangesList()), () -> leader.running()
                .node()
                .proposeConfChange(change, new ProposalListener() {
                    @Override
                    public void appended(long term, long index) {
                        simulation.note("operator", "change at " + index + " term " + term);
                        pendingTerm = term;
                        pendingIndex = index;
                    }

                    @Override
                    public void dropped(RaftException reason) {
                        simulation.note("operator", "change dropped");
                        pendingTerm = 0;
                    }
                }));
        return true;
    }

    /**
     * A member loses its directory, where those that are left remember what was promised.
     *
     * @return whether one has
     */
    boolean wipe(int who, int what) {
        var leader = world.leader();
        if (leader == null) {
            return false;
        }
        var state = leader.running().configuration().state();
        long id = oneOf(members(state), who);
        if (state.getVotersOutgoingCount() > 0
                || isPending(leader)
                || !standsWithout(leader.running().configuration(), id)
                || !isKnown(id, state)) {
            return false;
        }
        boolean asOneThatIsNew = what % 2 == 0 || !areEnoughToRefuse(state, id);
        var known = members(state).stream()
                .filter(other -> !forgetful.contains(other))
                .toList();
        world.lose(id, known, asOneThatIsNew);
        forgetful.add(id);
        return true;
    }

    /**
     * A bit flips on the disk of a member, where the others are enough: it comes back as if nothing had happened, or is refused, and
     * then its directory is given up.
     *
     * @return whether there was one that could
     */
    boolean rot(int who, int what) {
        var leader = world.leader();
        if (leader == null) {
            return false;
        }
        var applied = leader.running().configuration();
        if (applied.state().getVotersOutgoingCount() > 0 || isPending(leader)) {
            return false;
        }
        var able = members(applied.state()).stream()
                .filter(id -> world.member(id).isUp() && standsWithout(applied, id) && isKnown(id, applied.state()))
                .toList();
        return !able.isEmpty() && rot(world.member(oneOf(able, who)), what);
    }

    private boolean rot(SimulatedMember member, int what) {
        world.crash(member, Fate.KEPT);
        var rotten = what % 2 == 0 ? member.rot() : member.rotSnapshot();
        world.start(member.id());
        if (rotten != null) {
            forgetful.add(member.id());
            replaceIfRefused(member, what % 4 < 2);
        }
        return rotten != null;
    }

    private void replaceIfRefused(SimulatedMember member, boolean asOneThatIsNew) {
        simulation.events().after(world.mix().electionTimeout().toNanos() / 2, () -> {
            if (member.isUp()) {
                forgetful.remove(member.id());
                world.proof().happened(member.id(), Sometimes.ROT_DID_NO_HARM);
            } else if (member.isDown() && isRefused(member)) {
                world.proof().happened(member.id(), Sometimes.ROT_REFUSED);
                giveUp(member.id(), asOneThatIsNew);
            } else {
                replaceIfRefused(member, asOneThatIsNew);
            }
        });
    }

    private static boolean isRefused(SimulatedMember member) {
        for (var cause = member.stopped(); cause != null; cause = cause.getCause()) {
            if (cause instanceof CorruptionException) {
                return true;
            }
        }
        return false;
    }

    /** Its directory is lost for good; known by all that have a vote, or asked for by its own name only by one that says it is new. */
    private void giveUp(long id, boolean asOneThatIsNew) {
        var leader = world.leader();
        var state = leader == null ? null : leader.running().configuration().state();
        if (state == null) {
            world.simulation()
                    .events()
                    .after(world.mix().electionTimeout().toNanos(), () -> giveUp(id, asOneThatIsNew));
            return;
        }
        var known = members(state).stream()
                .filter(other -> !forgetful.contains(other))
                .toList();
        world.lose(id, known, asOneThatIsNew || !areEnoughToRefuse(state, id));
    }

    /**
     * Whether whoever comes with an empty directory, and is told to begin a cluster with these, meets nobody who would do so with it:
     * whoever brings back several at once without saying that they are new has them begin a cluster of their own.
     */
    private boolean areEnoughToRefuse(ConfState state, long lost) {
        var others = members(state).stream().filter(id -> id != lost).toList();
        return others.size() > 1 && others.stream().allMatch(this::isGood);
    }

    /**
     * Whether all others with a vote know by which directory to tell the member: until then one that comes with another directory is
     * taken for one that is new.
     */
    private boolean isKnown(long id, ConfState state) {
        return state.getVotersList().stream().filter(voter -> voter != id).allMatch(voter -> world.member(voter)
                .knows(id));
    }

    /** Whether the others are enough, as the voters are now, and know that they are. */
    private boolean standsWithout(AppliedConfiguration configuration, long lost) {
        var voters = configuration.state().getVotersList();
        return voters.stream()
                        .filter(id ->
                                id != lost && isGood(id) && world.member(id).hasInForce(configuration))
                        .count()
                > voters.size() / 2;
    }

    /** Whether a change may still come into force that the leader does not have in force yet. */
    private boolean isPending(SimulatedMember leader) {
        boolean ofLeader = leader.running().view().term() == pendingTerm;
        return pendingTerm > 0 && ofLeader && leader.appliedIndex() < pendingIndex;
    }

    /** One step towards a configuration that can do without anything that was lost; whether there is nothing to be done. */
    boolean settle(SimulatedMember leader) {
        if (!verbs.settle(leader)) {
            return false;
        }
        var state = leader.running().configuration().state();
        if (state.getVotersOutgoingCount() > 0) {
            if (!state.getAutoLeave()) {
                propose(leader, ConfChangeV2.getDefaultInstance());
            }
            return false;
        }
        for (long id : members(state)) {
            if (forgetful.contains(id) || world.dismissed().contains(id) || findsNobody(id, state)) {
                propose(leader, change(ConfChangeType.CONF_CHANGE_REMOVE_NODE, id));
                return false;
            }
        }
        for (var member : world.up()) {
            if (!members(state).contains(member.id())) {
                world.dismiss(member);
            }
        }
        return true;
    }

    /** What was accepted and has not ended, as a member knows it. */
    List<String> unended(SimulatedMember member) {
        return verbs.unended(member);
    }

    /** Whether it has yet to find its cluster, and was told of somebody else than members that have. */
    private boolean findsNobody(long id, ConfState state) {
        var member = world.member(id);
        return member.appliedIndex() == 0
                && !member.configuredOthers().stream()
                        .allMatch(other -> members(state).contains(other)
                                && world.member(other).appliedIndex() > 0);
    }
}
