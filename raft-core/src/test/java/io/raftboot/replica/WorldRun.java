package io.raftboot.replica;

import io.raftboot.simulation.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A world from its beginning until all is well again, or something was found: what is planned is done to it on the way. */
final class WorldRun {
    private static final int ELECTION_TIMEOUTS_TO_A_LEADER = 10;
    private static final int ELECTION_TIMEOUTS_TO_PEACE = 200;
    private static final int RECONNECTIONS_TO_PEACE = 20;
    private static final Duration FOREVER = Duration.ofDays(1);

    private final World world;
    private final Plan plan;
    private final Simulation simulation;
    private final Nemesis nemesis;
    private final List<String> found = new ArrayList<>();
    private long steps;
    private int next;

    /**
     * What it came to.
     *
     * @param trace hash of all that happened
     * @param found what should not have been
     * @param operations of clients in the history
     * @param undecided keys of the history of which the check has not found out whether they have an order
     */
    record Result(String trace, long steps, List<String> found, int operations, int undecided) {}

    WorldRun(long seed, @Nullable Plan plan, long steps) {
        this(seed, plan, steps, World.Held.EVERYTHING);
    }

    /** The plan that the seed draws where it has much of something. */
    WorldRun(long seed, long steps, Emphasis emphasis) {
        this(seed, null, steps, World.Held.EVERYTHING, emphasis);
    }

    /** @param plan null for the one that the seed draws, of so many steps */
    WorldRun(long seed, @Nullable Plan plan, long steps, World.Held held) {
        this(seed, plan, steps, held, Emphasis.asked());
    }

    private WorldRun(long seed, @Nullable Plan plan, long steps, World.Held held, Emphasis emphasis) {
        world = new World(seed, held, null, emphasis);
        simulation = world.simulation();
        nemesis = new Nemesis(world);
        var drawn = Plan.draw(
                simulation.random(), steps, emphasis, world.mix().tls().isOn());
        this.plan = plan == null ? drawn : plan;
        world.clients().makeOnly(this.plan.calls());
        simulation.events().afterEach(this::afterEvent);
    }

    Plan plan() {
        return plan;
    }

    World world() {
        return world;
    }

    /** How often each kind of fault has hit somebody, in the order of kinds. */
    List<Long> tolls() {
        return nemesis.tolls();
    }

    private void afterEvent() {
        steps++;
        while (next < plan.faults().size() && plan.faults().get(next).atStep() <= steps) {
            var fault = plan.faults().get(next++);
            simulation.events().after(0, () -> nemesis.strike(fault));
        }
    }

    Result run() {
        try {
            world.begin();
            boolean unused = simulation.events().runUntil(() -> steps >= plan.steps() || world.hasFaults(), FOREVER);
            if (!world.hasFaults()) {
                heal();
            }
        } catch (RuntimeException | AssertionError e) {
            found.add("the world ends: " + stack(e));
        }
        found.addAll(world.faults());
        var history = world.clients().history().check();
        found.addAll(StoreHistory.violations(history));
        simulation.close();
        return new Result(
                simulation.trace().hash(),
                steps,
                List.copyOf(found),
                history.operations(),
                history.undecided().size());
    }

    static String stack(Throwable failure) {
        var text = new StringBuilder(failure.toString());
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            text.append("\n  ").append(cause);
            for (var frame : cause.getStackTrace()) {
                if (frame.getClassName().startsWith("io.raftboot")) {
                    text.append("\n    at ").append(frame);
                }
            }
        }
        return text.toString();
    }

    private void heal() {
        next = plan.faults().size();
        nemesis.end();
        world.makeWell();
        var timeout = world.mix().electionTimeout();
        var toALeader = timeout.multipliedBy(ELECTION_TIMEOUTS_TO_A_LEADER)
                .plus(world.mix().reconnection());
        var toPeace = timeout.multipliedBy(ELECTION_TIMEOUTS_TO_PEACE)
                .plus(world.mix().reconnection().multipliedBy(RECONNECTIONS_TO_PEACE));
        world.proof().healed(simulation.events().nowNanos(), toALeader.toNanos());
        tend();
        simulation.events().runFor(timeout);
        if (!await("a leader", () -> world.leader() != null, toALeader)) {
            return;
        }
        world.clients().end();
        if (!await("an answer for everybody", () -> !world.clients().areWaiting(), toPeace)) {
            return;
        }
        if (await("all members to be there and alike", this::areAlike, toPeace)) {
            // A process that stood still may have taken a call up only after its client had given up on it.
            simulation.events().runFor(world.mix().commandTimeout().multipliedBy(2));
            world.certificates().look();
            world.ways().look(world.proof()::happened);
            // It may have been a change of the members, which has to end as well, or to be cancelled.
            settled = false;
            if (world.isHeldToEverything() && await("what came late to end", this::areAlike, toPeace)) {
                checkStates();
                world.proof().ended();
            }
        }
        world.clients().check();
    }

    /** Now and then: who has come to an end by itself, of what was wrong before, comes back. */
    private void tend() {
        world.restartAll();
        simulation.events().after(world.mix().electionTimeout().toNanos() / 2, this::tend);
    }

    private boolean await(String what, BooleanSupplier condition, Duration atMost) {
        boolean holds = simulation.events().runUntil(() -> world.hasFaults() || condition.getAsBoolean(), atMost);
        if (!holds) {
            found.add("waited in vain for " + what + ": " + world.describe());
        }
        return holds && !world.hasFaults();
    }

    private long lookedAtNanos;
    private boolean settled;

    /** Looked at now and then: a change takes its time. */
    private boolean isSettled() {
        var leader = world.leader();
        long now = simulation.events().nowNanos();
        if (leader == null
                || now - lookedAtNanos < world.mix().electionTimeout().toNanos()) {
            return false;
        }
        lookedAtNanos = now;
        settled = world.operator().settle(leader);
        return settled;
    }

    private boolean areAlike() {
        var leader = world.leader();
        if (leader == null || !isSettled()) {
            return false;
        }
        long applied = leader.appliedIndex();
        return world.operator().knowsWhereAllAre(leader)
                && Operator.members(leader.running().configuration().state()).stream()
                        .allMatch(id ->
                                world.member(id).isUp() && world.member(id).appliedIndex() == applied);
    }

    private void checkStates() {
        for (var member : world.up()) {
            if (world.operator().isConcerned(member.id())) {
                found.addAll(world.operator().unended(member));
            }
            var expected = world.model().stateAt(member.appliedIndex());
            if (!member.store().values().equals(expected)) {
                found.add("member " + member.id() + " has " + member.store().values() + " at " + member.appliedIndex()
                        + ", and should have " + expected);
            }
        }
    }
}
