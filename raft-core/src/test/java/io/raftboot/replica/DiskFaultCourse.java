package io.raftboot.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.replica.config.SnapshotPolicy;
import io.raftboot.simulation.DeathPoint;
import io.raftboot.simulation.DiskFaults;
import io.raftboot.simulation.DiskOperation;
import io.raftboot.simulation.Links;
import io.raftboot.simulation.Pace;
import io.raftboot.simulation.SimulatedDisk.Fate;
import io.raftboot.simulation.Simulation;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/**
 * What three members go through whose disks are slow, hang, fail and are full, and whose processes die and stand still in the midst of
 * their steps, as one seed draws it; then all is well again, and what was promised is there.
 */
final class DiskFaultCourse {
    private static final int MEMBERS = 3;
    private static final int CLIENTS = 4;
    private static final int FAULTS = 40;
    private static final int SEGMENT_BYTES = 4 * 1024;
    private static final long MILLI = 1_000_000;
    private static final long DOWN_NANOS = 50 * MILLI;
    private static final long TURN_NANOS = 20_000;
    private static final int NEAR_OPERATIONS = 20;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Simulation simulation;
    private final SimulatedMembers members;
    private final SimulatedClients clients;
    private final RandomGenerator random;
    private final DiskOperation[] operations = DiskOperation.values();
    private final DeathPoint[] points = DeathPoint.values();
    private final Fate[] fates = Fate.values();

    /**
     * What it came to.
     *
     * @param trace hash of all that happened
     * @param fired what was wrong with the disks, and how often
     */
    record Taken(String trace, int acknowledged, Map<String, Long> fired) {}

    DiskFaultCourse(Simulation simulation) {
        this.simulation = simulation;
        random = simulation.random();
        members = new SimulatedMembers(
                simulation,
                MEMBERS,
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
    }

    Taken run() {
        revive();
        clients.begin(CLIENTS, Integer.MAX_VALUE);
        await("a leader", () -> members.leader().isPresent());
        for (int i = 0; i < FAULTS; i++) {
            disturb(members.all().get(random.nextInt(MEMBERS)));
            simulation.events().runFor(Duration.ofNanos(random.nextLong(100 * MILLI)));
            members.checkNoneFailed();
        }
        members.all().forEach(member -> member.faults().heal());
        int before = clients.acknowledged();
        await("commands to go on", () -> clients.acknowledged() >= before + FAULTS);
        clients.end();
        await("all members to be alike", members::areAlike);
        clients.check();
        return new Taken(simulation.trace().hash(), clients.acknowledged(), fired());
    }

    private Map<String, Long> fired() {
        var all = new TreeMap<String, Long>();
        members.all()
                .forEach(member -> member.faults().fired().forEach((what, count) -> all.merge(what, count, Long::sum)));
        return all;
    }

    private void disturb(SimulatedMember member) {
        var faults = member.faults();
        switch (random.nextInt(10)) {
            case 0 -> faults.slow(0, random.nextLong(1, 5 * MILLI));
            case 1 -> faults.hang(random.nextLong(300 * MILLI));
            case 2 -> faults.hang(Long.MAX_VALUE);
            case 3 -> faults.failNext(operation());
            case 4 -> faults.full(random.nextBoolean() ? random.nextLong(20_000) : DiskFaults.TOTAL_BYTES / 20);
            case 5 -> faults.dieAt(random.nextLong(1, NEAR_OPERATIONS), point(), fate());
            case 6 -> faults.standStillAt(random.nextLong(1, NEAR_OPERATIONS), random.nextLong(300 * MILLI));
            case 7 -> takeSnapshot(member);
            case 8 -> {
                if (!member.isDown()) {
                    member.crash(fate());
                }
            }
            default -> members.all().forEach(any -> any.faults().heal());
        }
    }

    private static void takeSnapshot(SimulatedMember member) {
        if (member.isUp()) {
            var unused = member.calls().takeSnapshot();
        }
    }

    private DiskOperation operation() {
        return operations[random.nextInt(operations.length)];
    }

    private DeathPoint point() {
        return points[random.nextInt(points.length)];
    }

    private Fate fate() {
        return fates[random.nextInt(fates.length)];
    }

    /** Starts whoever is down, now and then from now on. */
    private void revive() {
        members.all().stream().filter(SimulatedMember::isDown).forEach(SimulatedMember::start);
        simulation.events().after(DOWN_NANOS, this::revive);
    }

    private void await(String what, BooleanSupplier condition) {
        assertThat(simulation.events().runUntil(condition, PATIENCE))
                .as("%s, with members %s", what, members.all())
                .isTrue();
        members.checkNoneFailed();
    }
}
