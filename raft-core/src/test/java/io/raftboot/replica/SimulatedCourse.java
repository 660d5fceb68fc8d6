package io.raftboot.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.api.SnapshotOutcome;
import io.raftboot.proof.Proof;
import io.raftboot.proof.Sometimes;
import io.raftboot.replica.config.SnapshotPolicy;
import io.raftboot.simulation.Links;
import io.raftboot.simulation.Pace;
import io.raftboot.simulation.SimulatedDisk.Fate;
import io.raftboot.simulation.Simulation;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/**
 * What three members go through from one seed: a thousand commands, over two crashes of the leader, with reads, and a snapshot that a
 * member installs which was away.
 */
final class SimulatedCourse {
    private static final int MEMBERS = 3;
    private static final int CLIENTS = 4;
    private static final int COMMANDS = 1_000;
    private static final int FIRST_CRASH_AT = 300;
    private static final int SECOND_CRASH_AT = 500;
    private static final int AWAY_FROM = 700;
    private static final int SNAPSHOT_AT = 800;
    private static final int BACK_AT = 900;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** So long that nobody counts on it to come back. */
    private static final Duration LONG_AWAY = Duration.ofSeconds(1);

    private static final long ELECTION_NANOS =
            SimulatedMembers.TICK.multipliedBy(SimulatedMembers.ELECTION_TICKS).toNanos();

    private static final long TURN_NANOS = 20_000;
    private static final long LATE_NANOS = 1_000_000;

    private final Simulation simulation;
    private final SimulatedMembers members;
    private final SimulatedClients clients;
    private final Proof proof = new Proof();
    private final Fate[] fates = Fate.values();
    private final RandomGenerator random;

    /**
     * What it came to.
     *
     * @param trace hash of all that happened
     */
    record Taken(String trace, long events, int linearizableReads, int localReads, int unknown) {}

    SimulatedCourse(long seed) {
        simulation = new Simulation(seed);
        random = simulation.random();
        members = new SimulatedMembers(
                simulation,
                MEMBERS,
                new SimulatedMembers.Setup(
                        config -> config.snapshots(SnapshotPolicy.defaults().withKeepEntries(0)),
                        Seams.NONE,
                        id -> Pace.EXACT
                                .withRate(random.nextDouble(0.95, 1.05))
                                .withOffsetNanos(random.nextLong(1_000_000_000))
                                .withTurnNanos(TURN_NANOS)
                                .withLateNanos(LATE_NANOS),
                        Links.DIRECT));
        members.network().delay(Duration.ofNanos(50_000), Duration.ofMillis(1));
        members.watchBy(new Watcher(simulation, proof));
        clients = new SimulatedClients(simulation, members);
    }

    /** How often what is interesting has happened. */
    Sometimes.Counts counts() {
        return proof.counts();
    }

    Simulation simulation() {
        return simulation;
    }

    Taken run() {
        members.all().forEach(SimulatedMember::start);
        await("a leader", () -> members.leader().isPresent());
        clients.begin(CLIENTS, COMMANDS);
        crashLeader(FIRST_CRASH_AT);
        crashLeader(SECOND_CRASH_AT);
        beAwayBehindASnapshot();
        awaitCommands(COMMANDS);
        await("all members to be alike", members::areAlike);
        proof.healed(simulation.events().nowNanos(), 10 * ELECTION_NANOS);
        simulation.events().runFor(LONG_AWAY.multipliedBy(2));
        proof.ended();
        clients.check();
        return new Taken(
                simulation.trace().hash(),
                simulation.trace().lines(),
                clients.linearizableReads(),
                clients.localReads(),
                clients.unknown());
    }

    private void crashLeader(int atCommands) {
        awaitCommands(atCommands);
        await("a leader", () -> members.leader().isPresent());
        var leader = members.leader().orElseThrow();
        crash(leader);
        await("another leader", () -> members.leader().isPresent());
        awaitCommands(clients.acknowledged() + COMMANDS / 20);
        leader.start();
    }

    private void crash(SimulatedMember member) {
        member.crash(fates[random.nextInt(fates.length)]);
    }

    private void beAwayBehindASnapshot() {
        awaitCommands(AWAY_FROM);
        await("all members to know a leader", () -> members.leader().isPresent());
        var leader = members.leader().orElseThrow();
        var away = members.up().stream()
                .filter(member -> member != leader)
                .findFirst()
                .orElseThrow();
        crash(away);
        awaitCommands(SNAPSHOT_AT);
        simulation.events().runFor(LONG_AWAY);
        for (var member : members.up()) {
            takeSnapshot(member);
        }
        awaitCommands(BACK_AT);
        away.start();
        await(
                "the member that was away to install a snapshot",
                () -> away.machine().restores() > 0);
    }

    private void takeSnapshot(SimulatedMember member) {
        CompletableFuture<SnapshotOutcome> taken = member.calls().takeSnapshot();
        await("a snapshot of member " + member.id(), taken::isDone);
        assertThat(taken.join()).isInstanceOf(SnapshotOutcome.Taken.class);
    }

    private void awaitCommands(int count) {
        await(count + " commands", () -> clients.acknowledged() >= count);
    }

    private void await(String what, BooleanSupplier condition) {
        assertThat(simulation.events().runUntil(condition, PATIENCE)).as(what).isTrue();
        members.checkNoneFailed();
    }
}
