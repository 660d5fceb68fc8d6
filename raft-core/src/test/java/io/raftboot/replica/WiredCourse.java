package io.raftboot.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.api.SnapshotOutcome;
import io.raftboot.replica.config.SnapshotPolicy;
import io.raftboot.simulation.Links;
import io.raftboot.simulation.Pace;
import io.raftboot.simulation.SimulatedDisk.Fate;
import io.raftboot.simulation.Simulation;
import io.raftboot.simulation.network.NetworkStorm;
import io.raftboot.simulation.network.SimulatedNetwork;
import io.raftboot.simulation.network.WiredTransports;
import io.raftboot.transport.netty.TransportOptions;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;

/**
 * What three members over the product's own transport go through from one seed: commands, while links are cut in one direction and in
 * both, clogged, slowed and reset, a member dies and comes back, and another is away behind a snapshot, whose transfer is broken off.
 */
final class WiredCourse {
    private static final int MEMBERS = 3;
    private static final int CLIENTS = 4;
    private static final int COMMANDS = 300;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int CHUNK_BYTES = 256;
    private static final int FAULTS = 20;
    private static final int COMMANDS_A_FAULT = 10;
    private static final long LONGEST_FAULT_MILLIS = 1_500;
    private static final long LONGEST_PAUSE_NANOS = 2_000_000_000;

    private final Simulation simulation;
    private final SimulatedNetwork network;
    private final SimulatedMembers members;
    private final SimulatedClients clients;
    private final RandomGenerator random;
    private final Fate[] fates = Fate.values();

    /**
     * What it came to.
     *
     * @param trace hash of all that happened
     */
    record Taken(String trace, long lines, long events, int reads, int unknown) {}

    private WiredCourse(long seed) {
        simulation = new Simulation(seed);
        random = simulation.random();
        network = new SimulatedNetwork(simulation);
        members = new SimulatedMembers(
                simulation,
                MEMBERS,
                new SimulatedMembers.Setup(
                        config -> config.snapshots(SnapshotPolicy.defaults().withKeepEntries(0)),
                        Seams.NONE,
                        id -> Pace.EXACT
                                .withRate(random.nextDouble(0.95, 1.05))
                                .withOffsetNanos(random.nextLong(1_000_000_000))
                                .withTurnNanos(20_000)
                                .withLateNanos(1_000_000),
                        Links.DIRECT),
                new WiredTransports(
                        network,
                        TransportOptions.builder()
                                .liveness(Duration.ofMillis(200), Duration.ofMillis(800))
                                .snapshotChunkBytes(CHUNK_BYTES)
                                .build()));
        clients = new SimulatedClients(simulation, members);
    }

    /** Goes through it once; a failure tells the last that happened. */
    static Taken run(long seed) {
        var course = new WiredCourse(seed);
        try {
            return course.run();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    "seed " + seed + ", whose last events are:\n"
                            + String.join("\n", course.simulation.trace().last()),
                    e);
        } finally {
            course.simulation.close();
        }
    }

    private Taken run() {
        members.all().forEach(SimulatedMember::start);
        await("a leader", () -> members.leader().isPresent());
        clients.begin(CLIENTS, COMMANDS);
        cutOneWay(50);
        cutOff(100);
        crashLeader(150);
        beAwayBehindASnapshot(200);
        network.heal();
        standStorms(250);
        awaitCommands(COMMANDS);
        await("all members to be alike", this::allAlike);
        clients.check();
        return new Taken(
                simulation.trace().hash(),
                simulation.trace().lines(),
                simulation.events().count(),
                clients.linearizableReads() + clients.localReads(),
                clients.unknown());
    }

    private SimulatedMember leader() {
        await("a leader", () -> members.leader().isPresent());
        return members.leader().orElseThrow();
    }

    private SimulatedMember follower() {
        var leader = leader();
        var others = members.up().stream().filter(member -> member != leader).toList();
        return others.get(random.nextInt(others.size()));
    }

    private void cutOneWay(int atCommands) {
        awaitCommands(atCommands);
        long leader = leader().id();
        long follower = follower().id();
        network.cut(leader, follower, true);
        awaitCommands(atCommands + 20);
        simulation.events().runFor(Duration.ofSeconds(2));
        network.cut(leader, follower, false);
        network.cut(follower, leader, true);
        awaitCommands(atCommands + 30);
        network.heal();
    }

    private void cutOff(int atCommands) {
        awaitCommands(atCommands);
        long leader = leader().id();
        network.isolate(leader);
        await("another leader", () -> members.leader().stream().anyMatch(member -> member.id() != leader));
        awaitCommands(atCommands + 20);
        network.heal();
        network.reset(1, 2);
        network.clog(1, 3, true);
        simulation.events().runFor(Duration.ofMillis(random.nextLong(500)));
        network.clog(1, 3, false);
        network.slow(2, 3, 20_000);
    }

    private void crashLeader(int atCommands) {
        awaitCommands(atCommands);
        var leader = leader();
        leader.crash(fates[random.nextInt(fates.length)]);
        await("another leader", () -> members.leader().isPresent());
        awaitCommands(atCommands + 20);
        leader.start();
    }

    private void beAwayBehindASnapshot(int atCommands) {
        awaitCommands(atCommands);
        var away = follower();
        away.crash(fates[random.nextInt(fates.length)]);
        awaitCommands(atCommands + 30);
        simulation.events().runFor(Duration.ofSeconds(2));
        for (var member : members.up()) {
            var taken = member.calls().takeSnapshot();
            await("a snapshot of member " + member.id(), taken::isDone);
            assertThat(taken.join()).isInstanceOf(SnapshotOutcome.Taken.class);
        }
        awaitCommands(atCommands + 50);
        network.slow(leader().id(), away.id(), 3_000);
        away.start();
        simulation.events().runFor(Duration.ofSeconds(1));
        network.reset(leader().id(), away.id());
        await(
                "the member that was away to install a snapshot",
                () -> away.machine().restores() > 0);
    }

    /** All that can become of links, in quick succession, while members die, stand still and come back. */
    private void standStorms(int atCommands) {
        awaitCommands(atCommands);
        var storm = new NetworkStorm(
                network,
                simulation.random(),
                LongStream.rangeClosed(1, MEMBERS).boxed().toList());
        for (int i = 0; i < FAULTS; i++) {
            storm.next();
            clients.begin(1, clients.acknowledged() + COMMANDS_A_FAULT);
            simulation.events().runFor(Duration.ofMillis(random.nextLong(LONGEST_FAULT_MILLIS)));
            if (random.nextInt(FAULTS / 4) == 0) {
                beDown(members.up().get(random.nextInt(MEMBERS)));
            } else if (random.nextInt(FAULTS / 4) == 0) {
                members.up().get(random.nextInt(MEMBERS)).host().pause(random.nextLong(LONGEST_PAUSE_NANOS));
            }
        }
        network.heal();
    }

    private void beDown(SimulatedMember member) {
        member.crash(fates[random.nextInt(fates.length)]);
        simulation.events().runFor(Duration.ofMillis(random.nextLong(LONGEST_FAULT_MILLIS)));
        member.start();
    }

    private boolean allAlike() {
        long applied = members.member(1).appliedIndex();
        return members.all().stream().allMatch(member -> member.appliedIndex() == applied)
                && members.leader().isPresent();
    }

    private void awaitCommands(int count) {
        await(count + " commands", () -> clients.acknowledged() >= count);
    }

    private void await(String what, BooleanSupplier condition) {
        assertThat(simulation.events().runUntil(condition, PATIENCE)).as(what).isTrue();
        members.checkNoneFailed();
    }
}
