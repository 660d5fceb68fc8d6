package io.raftboot.replica;

import io.raftboot.raft.RaftConfig;
import io.raftboot.raft.RaftRole;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.leader.ReplicaEvents;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.watch.Carriers;
import io.raftboot.simulation.Pace;
import io.raftboot.simulation.SimulatedDisk;
import io.raftboot.simulation.SimulatedHost;
import io.raftboot.simulation.SimulatedTransports;
import io.raftboot.simulation.Simulation;
import io.raftboot.transport.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A real member over a simulated process: its stages, storage and state machine as the product wires them. It can die at any time
 * and be started anew on what its disk has kept.
 */
final class SimulatedMember {
    private final long id;
    private final Simulation simulation;
    private final SimulatedTransports transports;
    private final Setting setting;
    private final RandomGenerator random;
    private final SimulatedDisk disk = new SimulatedDisk();
    private @Nullable Run run;
    private @Nullable Throwable failure;

    /**
     * What a member is, however often it starts.
     *
     * @param seams where it differs from the product
     */
    record Setting(ReplicaConfig config, RaftConfig raftConfig, Seams seams, Pace pace) {}

    /** What ends with a process. */
    private record Run(SimulatedHost host, Transport transport, SimulatedMachine machine, RunningMember member) {}

    SimulatedMember(long id, Simulation simulation, SimulatedTransports transports, Setting setting) {
        this.id = id;
        this.simulation = simulation;
        this.transports = transports;
        this.setting = setting;
        this.random = simulation.random();
    }

    long id() {
        return id;
    }

    boolean isUp() {
        return run != null;
    }

    /** Starts a process, on the directory that the one before has left. */
    void start() {
        if (run != null) {
            throw new IllegalStateException("member " + id + " is up");
        }
        var name = "member " + id;
        simulation.note(name, "starts");
        var host = simulation.host(name, setting.pace());
        var transport = transports.join(host, id);
        var machine = new SimulatedMachine(simulation, name);
        var group = new GroupParts(
                setting.config(),
                setting.raftConfig(),
                MachineSlot.byName(Map.of(SimulatedMachine.NAME, machine)),
                new ReplicaEvents(host, "raft-" + id + "-events"),
                setting.seams());
        var member = MemberOpening.open(
                group, new ProcessParts(host, transport, disk.mount()), cause -> failed(host, cause));
        run = new Run(host, transport, machine, member);
        host.perform(name + " begins", () -> begin(member));
    }

    private static void begin(RunningMember member) {
        try {
            member.start(Carriers.THREE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its process dies. Nothing of it is ended, and what others sent it is lost. */
    void crash(SimulatedDisk.Fate fate) {
        var ended = up();
        ended.host.crash();
        transports.died(id, ended.transport);
        disk.crash(fate, random);
        run = null;
    }

    private void failed(SimulatedHost host, Throwable cause) {
        if (failure == null && !host.isCrashed()) {
            failure = cause;
        }
    }

    /** Throws what the member has failed with, if it has. */
    void checkNotFailed() {
        if (failure != null) {
            throw new AssertionError("member " + id + " has failed", failure);
        }
    }

    private Run up() {
        return Objects.requireNonNull(run, "the member is down");
    }

    SimulatedHost host() {
        return up().host;
    }

    SimulatedMachine machine() {
        return up().machine;
    }

    RunningMember running() {
        return up().member;
    }

    MemberCalls calls() {
        return running().calls();
    }

    /** Whether it believes to lead. */
    boolean leads() {
        return run != null && run.member.view().role() == RaftRole.LEADER;
    }

    /** What it has applied so far; 0 while it is down. */
    long appliedIndex() {
        return run == null ? 0 : run.member.parts.links.applied().index();
    }
}
