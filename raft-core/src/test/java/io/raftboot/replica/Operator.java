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
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Who changes the members of a world, by changes that are proposed to the core of the one that leads: knows nothing but what that one
 * has in force, and whose directories are lost. A change that was not taken is not noticed, as by an operator who looks again later.
 */
final class Operator {
    static final int MOST_MEMBERS = 7;

    private static final int LOOKS_FOR_LOST = 20;

    /** In which the group does by itself what it is to do, once all is well. */
    private static final int ELECTION_TIMEOUTS_TO_WAIT = 30;

    private final Simulation simulation;
    private final World world;
    private final Verbs verbs;
    private final Stranded stranded;

    /** Those whose directory was lost while they were members: what they promised is forgotten. */
    private final Set<Long> forgetful = new TreeSet<>();

    /** Those of them that nobody has found in their new directory yet. */
    private final Set<Long> lost = new TreeSet<>();

    /** Since when everything is to become well; negative before that. */
    private long settlingNanos = -1;

    /** Of the change that was proposed last; 0 once it was dropped. */
    private long pendingTerm;

    /** Where it stands in that term; the largest number until that is known. */
    private long pendingIndex;

    Operator(Simulation simulation, World world) {
        this.simulation = simulation;
        this.world = world;
        this.stranded = new Stranded(world);
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

    /** The product's own verbs. */
    Verbs verbs() {
        return verbs;
    }

    /** The configuration that who leads has in force, or one that somebody has; null if nobody has any. */
    @Nullable
    ConfState present() {
        var leader = world.leader();
        return leader != null
                ? leader.running().configuration().state()
                : world.up().stream()
                        .map(member -> member.running().configuration().state())
                        .filter(state -> state.getVotersCount() > 0)
                        .findFirst()
                        .orElse(null);
    }

    /** Those that are no members any more, or that lost their directory, and that nobody has anything to do with. */
    List<Long> former(ConfState state) {
        var former = new TreeSet<>(world.dismissed());
        former.addAll(forgetful);
        return former.stream()
                .filter(id -> !members(state).contains(id) && !isConcerned(id))
                .toList();
    }

    /** A process of this id gets an empty directory, whatever it had. */
    void prepare(long id, Collection<Long> known) {
        if (world.ids().contains(id) && !world.member(id).isDown()) {
            world.crash(world.member(id), Fate.LOST);
        }
        world.prepare(id, known);
        forgetful.remove(id);
    }

    private boolean changeByHand(int who, int what) {
        var leader = world.leader();
        // Whether a change can be crossed is asked of the configuration that it meets.
        if (leader == null || isPending(leader)) {
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
        world.membership().addedByHand(id);
        return propose(leader, change(ConfChangeType.CONF_CHANGE_ADD_LEARNER_NODE, id));
    }

    /** One that waits already, or another one. */
    private long newcomer(int what) {
        var waiting = world.arrivals().waiting();
        if (!waiting.isEmpty() && what % 2 == 0) {
            long id = oneOf(waiting, what / 2);
            world.arrivals().invited(id);
            return id;
        }
        return newcomer(Objects.requireNonNull(present()), what, what);
    }

    /** Those that lost their directory while they were members, and are members still. */
    List<Long> forgetfulMembers(ConfState state) {
        return members(state).stream().filter(forgetful::contains).toList();
    }

    /** Whether anybody who is up knows it as a member, or is to make it one. */
    boolean isConcerned(long id) {
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
        var former = former(state);
        var wiped = former.stream().filter(forgetful::contains).toList();
        long id = !wiped.isEmpty()
                ? oneOf(wiped, who)
                : former.isEmpty() || what % 3 > 0 ? world.newId() : oneOf(former, who);
        var known = new ArrayList<Long>();
        for (long member : members(state)) {
            if (!forgetful.contains(member) && (known.isEmpty() || (what >> known.size()) % 2 == 0)) {
                known.add(member);
            }
        }
        prepare(id, known.isEmpty() ? members(state) : known);
        world.arrivals().invited(id);
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
        world.membership().addedByHand(id);
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

    /** A change of one member by hand, where most of the voters that come of it are there. */
    boolean proposeOne(SimulatedMember leader, ConfChangeType type, long id) {
        var state = leader.running().configuration().state();
        boolean votes = type == ConfChangeType.CONF_CHANGE_ADD_NODE;
        return stands(votes ? with(state, id) : without(state, id)) && propose(leader, change(type, id));
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
        long id = oneOf(members(leader.running().configuration().state()), who);
        if (!canLose(leader, id)) {
            return false;
        }
        if (!world.member(id).isDown()) {
            world.crash(world.member(id), Fate.LOST);
        }
        // Nobody may count on it any more when it loses what it has promised.
        simulation.events().after(2 * world.mix().electionTimeout().toNanos(), () -> loseForGood(id, what));
        return true;
    }

    /** Whether the others are enough without its directory, and stay so: a change that runs may be about to give it a vote. */
    private boolean canLose(SimulatedMember leader, long id) {
        var applied = leader.running().configuration();
        return applied.state().getVotersOutgoingCount() == 0
                && leader.running().parts.machines.system().changes().running() == null
                && !isPending(leader)
                && members(applied.state()).contains(id)
                && standsWithout(applied, id)
                && isKnown(id, applied.state());
    }

    private void loseForGood(long id, int what) {
        var leader = world.leader();
        if (leader == null
                || world.arrivals().hasEnded()
                || !world.member(id).isDown()
                || world.dismissed().contains(id)
                || !canLose(leader, id)) {
            return;
        }
        var state = leader.running().configuration().state();
        boolean asOneThatIsNew = what % 2 == 0 || !areEnoughToRefuse(state, id);
        var known = members(state).stream()
                .filter(other -> !forgetful.contains(other))
                .toList();
        world.lose(id, known, asOneThatIsNew);
        forgetful.add(id);
        lost.add(id);
        if (what / 2 % 2 == 0) {
            world.start(id);
        }
        lookWhetherTurnedAway(id, LOOKS_FOR_LOST);
    }

    private void lookWhetherTurnedAway(long id, int looksLeft) {
        if (!lost.contains(id) || looksLeft == 0) {
            return;
        }
        if (world.member(id).isTurnedAway()) {
            world.proof().happened(id, Sometimes.WIPED_MEMBER_REFUSED);
        } else {
            simulation
                    .events()
                    .after(world.mix().electionTimeout().toNanos(), () -> lookWhetherTurnedAway(id, looksLeft - 1));
        }
    }

    /** Whoever may act as leader knows the members otherwise than before: those that lost their directories may be known anew. */
    void noticed(SimulatedMember leader) {
        for (long id : List.copyOf(lost)) {
            long incarnation = world.member(id).incarnation();
            if (incarnation != 0 && leader.counts(id, incarnation)) {
                lost.remove(id);
                world.proof()
                        .happened(
                                id,
                                forgetful.remove(id)
                                        ? Sometimes.WIPED_MEMBER_REPLACED_ITSELF
                                        : Sometimes.WIPED_MEMBER_REPLACED);
            }
        }
    }

    /** A machine fails that the others can do without, and is not mended for long. */
    boolean vanish(int who, int what) {
        var leader = world.leader();
        if (leader == null) {
            return false;
        }
        var applied = leader.running().configuration();
        if (applied.state().getVotersOutgoingCount() > 0 || isPending(leader)) {
            return false;
        }
        var able = members(applied.state()).stream()
                .filter(id -> world.member(id).isUp() && standsWithout(applied, id))
                .toList();
        if (able.isEmpty()) {
            return false;
        }
        world.vanish(world.member(oneOf(able, who)), oneOf(List.of(Fate.values()), what));
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
        var able = members(leader.running().configuration().state()).stream()
                .filter(id -> world.member(id).isUp() && canLose(leader, id))
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
        lost.add(id);
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

    /**
     * Whether a change may still come into force that the leader does not have in force yet. One that is applied is in force a little
     * later; one that the core has made an empty entry of never is, and has others behind it some time.
     */
    private boolean isPending(SimulatedMember leader) {
        boolean ofLeader = leader.running().view().term() == pendingTerm;
        boolean isInForce = leader.running().configuration().index() >= pendingIndex;
        return pendingTerm > 0 && ofLeader && !isInForce && leader.appliedIndex() <= pendingIndex;
    }

    /** One step towards a configuration that can do without anything that was lost; whether there is nothing to be done. */
    boolean settle(SimulatedMember leader) {
        if (settlingNanos < 0) {
            settlingNanos = simulation.events().nowNanos();
        }
        if (stranded.help(leader.running().configuration().state()) || !verbs.settle(leader)) {
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
            if (forgetful.contains(id) && isReplacedByItself(id)) {
                return false;
            }
            if (forgetful.contains(id)
                    || world.dismissed().contains(id)
                    || findsNobody(id, state)
                    || isAnother(leader, id)) {
                propose(leader, change(ConfChangeType.CONF_CHANGE_REMOVE_NODE, id));
                return false;
            }
        }
        return strangersAreGone(leader, state);
    }

    private boolean isWaitedFor() {
        long waited = simulation.events().nowNanos() - settlingNanos;
        return waited
                < ELECTION_TIMEOUTS_TO_WAIT * world.mix().electionTimeout().toNanos();
    }

    /** Whether the group may be about to take it in the place of itself: for so long as that takes. */
    private boolean isReplacedByItself(long id) {
        return world.mix().membershipPolicy().replaceWiped()
                && isWaitedFor()
                && world.member(id).isUp();
    }

    /** Who was removed is told so, however much it has missed; the others are switched off. */
    private boolean strangersAreGone(SimulatedMember leader, ConfState state) {
        for (var member : world.up()) {
            if (members(state).contains(member.id())) {
                continue;
            }
            boolean isToBeTold = leader.isSettledRemoval(member.id(), member.incarnation())
                    && member.appliedIndex() > 0
                    && !world.places().haveMoved();
            if (isToBeTold && isWaitedFor()) {
                return false;
            }
            if (isToBeTold) {
                world.found("member " + member.id() + " was removed, and nobody tells it so: " + member.describe());
            }
            if (world.arrivals().waitsInVain(member.id())) {
                world.proof().happened(member.id(), Sometimes.REMOVED_ID_WAITED);
            }
            world.dismiss(member);
        }
        return true;
    }

    /**
     * Whether a leader has been told where those are that have moved; where members have room for one message that may not get
     * through for as long as all goes at one beat.
     */
    boolean knowsWhereAllAre(SimulatedMember leader) {
        var transport = world.mix().transportOptions();
        if (transport.maxQueuedMessages() == 1 || transport.maxQueuedBytes() == 1) {
            return true;
        }
        var known = leader.running().parts.machines.system().members();
        return members(leader.running().configuration().state()).stream()
                .filter(id -> world.places().hasMoved(id) && !verbs.hasBeenMoved(id))
                .filter(id -> !world.member(id).configuredOthers().isEmpty())
                .allMatch(id -> {
                    var record = known.get(id);
                    return record != null && record.getAddress().equals(world.address(id));
                });
    }

    /** What was accepted and has not ended, as a member knows it. */
    List<String> unended(SimulatedMember member) {
        return verbs.unended(member);
    }

    /** Whether it had lost its directory by the time at which it was added with that. */
    private boolean isAnother(SimulatedMember leader, long id) {
        var member = world.member(id);
        return member.isUp() && member.appliedIndex() == 0 && leader.knowsOtherwise(id, member.incarnation());
    }

    /** Whether it has yet to find its cluster, and was told of somebody else than members that have. */
    private boolean findsNobody(long id, ConfState state) {
        var member = world.member(id);
        return member.appliedIndex() == 0
                && !member.config().peers().stream()
                        .filter(peer -> peer.id() != id)
                        .allMatch(other -> members(state).contains(other.id())
                                && world.address(other.id()).equals(other.address())
                                && world.member(other.id()).appliedIndex() > 0);
    }
}
