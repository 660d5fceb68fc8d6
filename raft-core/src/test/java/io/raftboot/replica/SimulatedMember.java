package io.raftboot.replica;

import io.raftboot.raft.RaftConfig;
import io.raftboot.raft.RaftRole;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.leader.ReplicaEvents;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.watch.Carriers;
import io.raftboot.simulation.Links;
import io.raftboot.simulation.Pace;
import io.raftboot.simulation.SimulatedDisk;
import io.raftboot.simulation.SimulatedHost;
import io.raftboot.simulation.SimulatedTransport;
import io.raftboot.simulation.Simulation;
import io.raftboot.transport.Transport;
import io.raftboot.transport.memory.MemoryNetwork;
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
    private final MemoryNetwork network;
    private final Setting setting;
    private final RandomGenerator random;
    private final SimulatedDisk disk = new SimulatedDisk();
    private @Nullable Run run;
    private @Nullable Throwable failure;
    private @Nullable Watcher watcher;

    /**
     * What a member is, however often it starts.
     *
     * @param seams where it differs from the product
     */
    record Setting(ReplicaConfig config, RaftConfig raftConfig, Seams seams, Pace pace, Links links) {}

    /** What ends with a process. */
    private record Run(SimulatedHost host, Transport transport, SimulatedMachine machine, RunningMember member) {}

    SimulatedMember(long id, Simulation simulation, MemoryNetwork network, Setting setting) {
        this.id = id;
        this.simulation = simulation;
        this.network = network;
        this.setting = setting;
        this.random = simulation.random();
    }

    /** From its next start on. */
    void watchBy(Watcher newWatcher) {
        watcher = newWatcher;
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
        Transport transport = new SimulatedTransport(host, id, network.join(id), setting.links());
        var mounted = disk.mount();
        var machine = new SimulatedMachine(simulation, name);
        var slots = MachineSlot.byName(Map.of(SimulatedMachine.NAME, machine));
        if (watcher != null) {
            transport = watcher.transport(id, transport);
            mounted = watcher.disk(id, mounted);
            slots = watcher.slots(id, SimulatedMachine.NAME, machine);
        }
        var group = new GroupParts(
                setting.config(),
                setting.raftConfig(),
                slots,
                new ReplicaEvents(host, "raft-" + id + "-events"),
                setting.seams());
        var member = MemberOpening.open(group, new ProcessParts(host, transport, mounted), this::failed);
        run = new Run(host, transport, machine, member);
        if (watcher != null) {
            watcher.started(id, member);
        }
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
        ended.transport.close();
        disk.crash(fate, random);
        run = null;
        if (watcher != null) {
            watcher.crashed(id, fate);
        }
    }

    private void failed(Throwable cause) {
        if (failure == null) {
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

    WatchedCalls calls() {
        return new WatchedCalls(id, running().calls(), watcher);
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
