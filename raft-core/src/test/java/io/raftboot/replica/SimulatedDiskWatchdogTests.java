package io.raftboot.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.simulation.Links;
import io.raftboot.simulation.Pace;
import io.raftboot.simulation.Simulation;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A leader whose disk is slow, or hangs: for how long it leads, in simulated time, and what its clients see. */
@ExtendWith(SilentMembers.class)
class SimulatedDiskWatchdogTests {
    /** Beside those of members, which are silent. */
    private static final Logger log = LoggerFactory.getLogger("simulation");

    private static final long MILLI = 1_000_000;
    private static final Duration TICK = SimulatedMembers.TICK;
    private static final Duration ELECTION = TICK.multipliedBy(SimulatedMembers.ELECTION_TICKS);

    /** The watchdog hands over after one election timeout and steps down half of one later; it looks once in a tick. */
    private static final Duration GIVES_UP =
            ELECTION.multipliedBy(3).dividedBy(2).plus(TICK.multipliedBy(3));

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MORE = 50;

    private final Simulation simulation = new Simulation(1);
    private final SimulatedMembers members = new SimulatedMembers(
            simulation,
            3,
            new SimulatedMembers.Setup(
                    UnaryOperator.identity(), Seams.NONE, id -> Pace.EXACT.withTurnNanos(20_000), Links.DIRECT));
    private final SimulatedClients clients = new SimulatedClients(simulation, members);

    @AfterEach
    void endWhatWaits() {
        simulation.close();
    }

    private void await(String what, BooleanSupplier condition, Duration atMost) {
        assertThat(simulation.events().runUntil(condition, atMost))
                .as("%s, with members %s", what, members.all())
                .isTrue();
        members.checkNoneFailed();
    }

    private void awaitMore(int count) {
        int before = clients.acknowledged();
        await(count + " more commands", () -> clients.acknowledged() >= before + count, PATIENCE);
    }

    private SimulatedMember start() {
        members.network().delay(Duration.ofNanos(50_000), Duration.ofMillis(1));
        members.all().forEach(SimulatedMember::start);
        await("a leader", () -> members.leader().isPresent(), PATIENCE);
        clients.begin(4, Integer.MAX_VALUE);
        awaitMore(MORE);
        return members.leader().orElseThrow();
    }

    private void end() {
        members.all().forEach(member -> member.faults().heal());
        awaitMore(MORE);
        clients.end();
        await("all members to be alike", this::allAlike, PATIENCE);
        clients.check();
    }

    private boolean allAlike() {
        long applied = members.member(1).appliedIndex();
        return members.all().stream().allMatch(member -> member.appliedIndex() == applied);
    }

    /** Has the leader give up within the time that is stated, and another one go on; says how long no command was acknowledged. */
    private void givesUp(SimulatedMember leader, String how) {
        long sinceNanos = simulation.events().nowNanos();
        await("the leader to give up", () -> !leader.leads(), GIVES_UP);
        int before = clients.acknowledged();
        await("a command to be acknowledged", () -> clients.acknowledged() > before, PATIENCE);
        log.info(
                "{}: no command was acknowledged for {} ms",
                how,
                (simulation.events().nowNanos() - sinceNanos) / MILLI);
        awaitMore(MORE);
        assertThat(members.leader()).isPresent().get().isNotSameAs(leader);
    }

    @Test
    void leaderWhoseDiskHangsGivesUpAndDoesNotComeBackBeforeThatIsOver() {
        var leader = start();
        leader.faults().hang(Long.MAX_VALUE);
        givesUp(leader, "a disk that hangs");
        var next = members.leader().orElseThrow();
        long term = next.running().view().term();
        simulation.events().runFor(Duration.ofSeconds(2));

        assertThat(members.leader()).contains(next);
        assertThat(next.running().view().term())
                .as("it disturbs nobody meanwhile")
                .isEqualTo(term);
        assertThat(leader.faults().fired()).containsKey("hang");
        end();
    }

    @ParameterizedTest
    @ValueSource(longs = {1_000, 30_000})
    void leaderWhoseDiskIsSlowerThanAnElectionGivesUp(long millis) {
        var leader = start();
        leader.faults().slow(millis * MILLI, millis * MILLI);
        givesUp(leader, "operations that take " + millis + " ms");
        end();
    }

    @Test
    void leaderWhoseDiskIsSlowButQuickerThanAnElectionKeepsItsOffice() {
        var leader = start();
        long term = leader.running().view().term();
        leader.faults().slow(10 * MILLI, 10 * MILLI);
        awaitMore(MORE);
        simulation.events().runFor(Duration.ofSeconds(2));

        assertThat(leader.leads()).isTrue();
        assertThat(leader.running().view().term()).isEqualTo(term);
        end();
    }
}
