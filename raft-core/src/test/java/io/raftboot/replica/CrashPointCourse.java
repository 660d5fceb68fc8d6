package io.raftboot.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.replica.config.SnapshotPolicy;
import io.raftboot.simulation.DeathPoint;
import io.raftboot.simulation.Links;
import io.raftboot.simulation.Pace;
import io.raftboot.simulation.SimulatedDisk.Fate;
import io.raftboot.simulation.Simulation;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * A fixed piece of work of a few members, over the making of their directories, several segments of the log, a snapshot, the deletion
 * of what it covers, and a restart; with the death of member 1 at one operation of its disk, after which it is started anew.
 */
final class CrashPointCourse {
    private static final int COMMANDS = 24;
    private static final int SNAPSHOT_AT = 12;
    private static final int CLIENTS = 2;
    private static final int SEGMENT_BYTES = 4 * 1024;
    private static final long DOWN_NANOS = 30_000_000;
    private static final long TURN_NANOS = 20_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Simulation simulation;
    private final SimulatedMembers members;
    private final SimulatedClients clients;
    private final SimulatedMember victim;
    private Fate fateAtRestart = Fate.KEPT;

    /**
     * What it came to.
     *
     * @param trace hash of all that happened
     * @param operations of the victim's disk
     * @param died whether the victim's process died at one
     */
    record Taken(String trace, long operations, boolean died) {}

    CrashPointCourse(Simulation simulation, int size) {
        this.simulation = simulation;
        var random = simulation.random();
        members = new SimulatedMembers(
                simulation,
                size,
                new SimulatedMembers.Setup(
                        config -> config.snapshots(SnapshotPolicy.defaults().withKeepEntries(0))
                                .walSegmentSizeBytes(SEGMENT_BYTES),
                        Seams.NONE,
                        id -> Pace.EXACT
                                .withOffsetNanos(random.nextLong(1_000_000_000))
                                .withTurnNanos(TURN_NANOS),
                        Links.DIRECT));
        members.network().delay(Duration.ofNanos(50_000), Duration.ofMillis(1));
        clients = new SimulatedClients(simulation, members);
        victim = members.member(1);
    }

    /** Has the victim die at an operation, counted from 1, when it comes there. */
    void dieAt(long operation, DeathPoint point, Fate fate) {
        victim.faults().dieAt(operation, point, fate);
    }

    /** Has the victim's disk force nothing, and the machine lose its power once. */
    void loseWhatIsForced() {
        victim.faults().lie();
        fateAtRestart = Fate.LOST;
    }

    Taken run() {
        revive();
        awaitLeader();
        clients.begin(CLIENTS, COMMANDS);
        awaitCommands(SNAPSHOT_AT);
        members.up().forEach(member -> {
            var unused = member.calls().takeSnapshot();
        });
        awaitCommands(COMMANDS);
        await("the victim to be up", victim::isUp);
        victim.crash(fateAtRestart);
        awaitLeader();
        clients.begin(CLIENTS, COMMANDS + COMMANDS / 2);
        awaitCommands(COMMANDS + COMMANDS / 2);
        await("all members to be alike", members::areAlike);
        clients.check();
        var fired = victim.faults().fired();
        return new Taken(simulation.trace().hash(), victim.faults().operations(), !fired.isEmpty());
    }

    /** Starts whoever is down, now and then from now on. */
    private void revive() {
        members.all().stream().filter(SimulatedMember::isDown).forEach(SimulatedMember::start);
        simulation.events().after(DOWN_NANOS, this::revive);
    }

    private void awaitLeader() {
        await("a leader", () -> members.leader().isPresent());
    }

    private void awaitCommands(int count) {
        await(count + " commands", () -> clients.acknowledged() >= count);
    }

    private void await(String what, BooleanSupplier condition) {
        assertThat(simulation.events().runUntil(condition, PATIENCE)).as(what).isTrue();
        members.checkNoneFailed();
    }
}
