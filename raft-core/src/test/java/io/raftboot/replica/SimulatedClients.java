package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.api.Consistency;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOptions;
import io.raftboot.api.ReadOutcome;
import io.raftboot.simulation.SimulatedHost;
import io.raftboot.simulation.Simulation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Clients of simulated members: each submits one command after the other through a member that it draws, never one twice, and reads
 * in between. What they are told is held against what the members have in the end.
 */
final class SimulatedClients {
    private static final long PAUSE_NANOS = 1_000_000;

    /** Clients give up then, which is later than a member that lives would let them wait. */
    private static final long PATIENCE_NANOS = 1_500_000_000;

    private static final int READ_EVERY = 4;

    private final Simulation simulation;
    private final SimulatedMembers members;
    private final RandomGenerator random;

    /** The acknowledged commands, by the place each was told to have. */
    private final TreeMap<Integer, String> acknowledged = new TreeMap<>();

    private final Set<String> refused = new HashSet<>();
    private final List<String> faults = new ArrayList<>();
    private int submitted;
    private int unknown;
    private int wanted;
    private int linearizableReads;
    private int localReads;

    SimulatedClients(Simulation simulation, SimulatedMembers members) {
        this.simulation = simulation;
        this.members = members;
        this.random = simulation.random();
    }

    /** Goes on until so many commands were acknowledged. */
    void begin(int clients, int commands) {
        wanted = commands;
        for (int i = 0; i < clients; i++) {
            next();
        }
    }

    /** Begins nothing new. */
    void end() {
        wanted = 0;
    }

    int acknowledged() {
        return acknowledged.size();
    }

    /** Commands of which nobody was told what became of them. */
    int unknown() {
        return unknown;
    }

    int linearizableReads() {
        return linearizableReads;
    }

    int localReads() {
        return localReads;
    }

    private void later() {
        simulation.events().after(random.nextLong(PAUSE_NANOS), this::next);
    }

    private void next() {
        if (acknowledged.size() >= wanted) {
            return;
        }
        var up = members.up();
        if (up.isEmpty()) {
            later();
            return;
        }
        var member = up.get(random.nextInt(up.size()));
        if (random.nextInt(READ_EVERY) == 0) {
            read(member, random.nextInt(3) == 0 ? Consistency.LOCAL : Consistency.LINEARIZABLE);
        } else {
            submit(member);
        }
    }

    private void submit(SimulatedMember member) {
        var command = "c" + submitted++;
        var once = new Once(member.host());
        var unused = member.calls()
                .submit(SimulatedMachine.NAME, command.getBytes(UTF_8), null, null)
                .thenAccept(outcome -> once.answer(() -> submitted(command, outcome)));
        simulation.events().after(PATIENCE_NANOS, () -> once.run(() -> submitted(command, new Outcome.Unknown(""))));
    }

    private void submitted(String command, Outcome outcome) {
        simulation.note("client", command + " " + outcome.getClass().getSimpleName());
        if (outcome instanceof Outcome.Applied applied) {
            var other = acknowledged.put(SimulatedMachine.number(applied.value()), command);
            if (other != null) {
                faults.add(command + " and " + other + " were both told to be at the same place");
            }
        } else if (outcome instanceof Outcome.Refused) {
            refused.add(command);
        } else {
            unknown++;
        }
        later();
    }

    private void read(SimulatedMember member, Consistency consistency) {
        int floor = consistency == Consistency.LOCAL || acknowledged.isEmpty() ? 0 : acknowledged.lastKey();
        var once = new Once(member.host());
        var unused = member.calls()
                .read(SimulatedMachine.NAME, new byte[0], ReadOptions.of(consistency))
                .thenAccept(outcome -> once.answer(() -> answered(consistency, floor, outcome)));
        simulation.events().after(PATIENCE_NANOS, () -> once.run(this::later));
    }

    private void answered(Consistency consistency, int floor, ReadOutcome outcome) {
        if (outcome instanceof ReadOutcome.Answered answered) {
            int seen = SimulatedMachine.number(answered.value());
            simulation.note("client", consistency + " read sees " + seen);
            if (seen < floor) {
                faults.add("a read of consistency " + consistency + " saw " + seen + " commands, after " + floor
                        + " had been acknowledged");
            }
            if (consistency == Consistency.LOCAL) {
                localReads++;
            } else {
                linearizableReads++;
            }
        }
        later();
    }

    /** All members are up and have applied the same; what they have is what clients were told. */
    void check() {
        assertThat(faults).isEmpty();
        var commands = members.member(1).machine().commands();
        for (var member : members.all()) {
            assertThat(member.machine().commands())
                    .as("state of member %s beside that of member 1", member.id())
                    .isEqualTo(commands);
        }
        assertThat(commands).doesNotHaveDuplicates();
        for (Map.Entry<Integer, String> entry : acknowledged.entrySet()) {
            assertThat(commands.get(entry.getKey() - 1))
                    .as("place %s", entry.getKey())
                    .isEqualTo(entry.getValue());
        }
        assertThat(commands.stream().filter(refused::contains))
                .as("refused and applied all the same")
                .isEmpty();
    }

    /** The answer, or the end of the client's patience, whichever comes first. */
    private static final class Once {
        private final SimulatedHost host;
        private boolean done;

        /** @param host of the process that answers; when that is dead, nobody hears it */
        Once(SimulatedHost host) {
            this.host = host;
        }

        void answer(Runnable action) {
            if (!host.isCrashed()) {
                run(action);
            }
        }

        void run(Runnable action) {
            if (!done) {
                done = true;
                action.run();
            }
        }
    }
}
