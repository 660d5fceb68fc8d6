package io.raftboot.replica;

import io.raftboot.raft.ProposalListener;
import io.raftboot.raft.RaftConfig;
import io.raftboot.raft.RaftException;
import io.raftboot.raft.TraceEvent;
import io.raftboot.raft.proto.ConfChangeSingle;
import io.raftboot.raft.proto.ConfChangeType;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.replica.duty.Self;
import io.raftboot.replica.read.LeaderLease;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * The beginning of a world whose cores tell what they do, in what etcd's model of the protocol has: votes without a trial before them,
 * leaders that stay until a later term, one member in or out at a time, nothing that comes twice, and no restart. So short that a
 * model checker gets through it.
 */
final class TraceRun {
    /** After so many events a trace ends, wherever the run is. */
    static final int EVENTS = 1_500;

    private static final int STEPS = 6_000;
    private static final int CHANGES = 20;
    private static final Duration LONGEST = Duration.ofMinutes(5);
    private static final int MOST_MEMBERS = 7;

    /** Faults that the model has, or that are none to it. */
    private static final Set<Fault.Kind> KINDS = EnumSet.of(
            Fault.Kind.CUT_ONE_WAY,
            Fault.Kind.CUT_BOTH_WAYS,
            Fault.Kind.ISOLATE,
            Fault.Kind.PARTITION,
            Fault.Kind.HEAL,
            Fault.Kind.CLOG,
            Fault.Kind.PAUSE,
            Fault.Kind.TRANSFER,
            Fault.Kind.SNAPSHOT,
            Fault.Kind.CAMPAIGN,
            Fault.Kind.BURST);

    /** Whether a change was taken shows in the trace. */
    private static final ProposalListener IGNORED = new ProposalListener() {
        @Override
        public void appended(long term, long index) {}

        @Override
        public void dropped(RaftException reason) {}
    };

    private final World world;
    private final Nemesis nemesis;
    private final List<Fault> faults;
    private final List<TraceEvent> events = new ArrayList<>();
    private int steps;
    private int next;

    TraceRun(long seed) {
        world = new World(seed, World.Held.EVERYTHING, new Traced(), Emphasis.EVERYTHING);
        nemesis = new Nemesis(world);
        faults = draw(world.simulation().random());
    }

    private static List<Fault> draw(RandomGenerator random) {
        var drawn = new ArrayList<Fault>();
        for (var fault : Plan.draw(random, STEPS, Emphasis.EVERYTHING, false).faults()) {
            if (KINDS.contains(fault.kind())) {
                drawn.add(fault);
            }
        }
        for (int i = 0; i < CHANGES; i++) {
            drawn.add(new Fault(
                    random.nextLong(STEPS),
                    Fault.Kind.CHANGE,
                    random.nextInt(Integer.MAX_VALUE),
                    random.nextInt(Integer.MAX_VALUE)));
        }
        drawn.sort(Comparator.comparingLong(Fault::atStep));
        return drawn;
    }

    /** Members as the product wires them, but for what the model does not know. */
    private final class Traced implements Seams {
        @Override
        public RaftConfig core(RaftConfig config) {
            return config.toBuilder()
                    .traceLogger(events::add)
                    .preVote(false)
                    .checkQuorum(false)
                    .leaderLeases(false)
                    .boundAtStart(false)
                    .commitByVote(false)
                    .build();
        }

        /** Nobody has promised anything, so no lease lasts. */
        @Override
        public LeaderLease lease(Self self) {
            return new LeaderLease(Duration.ZERO, self.tickInterval());
        }
    }

    /** Runs it; what the cores have told, in the order in which it happened. */
    List<TraceEvent> run() {
        world.simulation().events().afterEach(this::afterEvent);
        world.begin();
        boolean unused = world.simulation()
                .events()
                .runUntil(() -> events.size() >= EVENTS || steps >= STEPS || world.hasFaults(), LONGEST);
        world.simulation().close();
        if (world.hasFaults()) {
            throw new AssertionError("a traced run has gone wrong: " + world.faults());
        }
        return events.subList(0, Math.min(events.size(), EVENTS));
    }

    private void afterEvent() {
        steps++;
        while (next < faults.size() && faults.get(next).atStep() <= steps) {
            var fault = faults.get(next++);
            world.simulation().events().after(0, () -> strike(fault));
        }
    }

    private void strike(Fault fault) {
        if (fault.kind() == Fault.Kind.CHANGE) {
            change(fault);
        } else {
            nemesis.strike(fault);
        }
    }

    /** One member comes as a learner, gets a vote, or goes; a leader stays. */
    private void change(Fault fault) {
        var leader = world.leader();
        if (leader == null) {
            return;
        }
        var state = leader.running().configuration().state();
        switch (fault.what() % 3) {
            case 0 -> {
                if (Operator.members(state).size() < MOST_MEMBERS) {
                    long id = world.newId();
                    world.prepare(id, Operator.members(state));
                    world.start(id);
                    propose(leader, ConfChangeType.CONF_CHANGE_ADD_LEARNER_NODE, id);
                }
            }
            case 1 ->
                any(state.getLearnersList(), fault.who())
                        .forEach(id -> propose(leader, ConfChangeType.CONF_CHANGE_ADD_NODE, id));
            default ->
                any(Operator.members(state), fault.who())
                        .filter(id -> id != leader.id())
                        .forEach(id -> propose(leader, ConfChangeType.CONF_CHANGE_REMOVE_NODE, id));
        }
    }

    private static Stream<Long> any(List<Long> ids, int which) {
        return ids.isEmpty() ? Stream.of() : Stream.of(ids.get(which % ids.size()));
    }

    private static void propose(SimulatedMember leader, ConfChangeType type, long id) {
        var change = ConfChangeV2.newBuilder()
                .addChanges(ConfChangeSingle.newBuilder().setType(type).setNodeId(id))
                .build();
        leader.host().after(0, "change " + type + " " + id, () -> leader.running()
                .node()
                .proposeConfChange(change, IGNORED));
    }
}
