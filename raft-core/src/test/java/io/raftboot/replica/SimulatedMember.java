package io.raftboot.replica;

import io.raftboot.raft.RaftConfig;
import io.raftboot.raft.RaftRole;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.leader.ReplicaEvents;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.watch.Carriers;
import io.raftboot.simulation.DiskFaults;
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
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A real member over a simulated process: its stages, storage and state machine as the product wires them. It can die at any time
 * and be started anew on what its disk has kept.
 */
final class SimulatedMember {
    /** Of whoever starts a member from outside: longer than it may take on a slow disk. */
    private static final Duration START_PATIENCE = Duration.ofMinutes(1);

    private final long id;
    private final Simulation simulation;
    private final MemoryNetwork network;
    private final Setting setting;
    private final RandomGenerator random;
    private final SimulatedDisk disk;
    private final Promises promises;
    private @Nullable SimulatedHost process;
    private @Nullable Run run;
    private @Nullable Throwable failure;
    private @Nullable Throwable stopped;

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
        this.promises = new Promises(id);
        this.simulation = simulation;
        this.network = network;
        this.setting = setting;
        this.random = simulation.random();
        this.disk = new SimulatedDisk(simulation.random());
    }

    long id() {
        return id;
    }

    boolean isUp() {
        return run != null;
    }

    /** Whether it has no process: what is not up may be starting. */
    boolean isDown() {
        return process == null;
    }

    /**
     * Starts a process, on the directory that the one before has left. Called from outside of the events, it has them happen until the
     * member is up, or has died at it; from within, the member comes up by and by.
     */
    void start() {
        if (process != null) {
            throw new IllegalStateException("member " + id + " has a process");
        }
        var name = "member " + id;
        simulation.note(name, "starts");
        var host = simulation.host(name, setting.pace());
        var transport = new SimulatedTransport(host, id, network.join(id), setting.links());
        var machine = new SimulatedMachine(simulation, name);
        var group = new GroupParts(
                setting.config(),
                setting.raftConfig(),
                MachineSlot.byName(Map.of(SimulatedMachine.NAME, machine)),
                new ReplicaEvents(host, "raft-" + id + "-events"),
                setting.seams());
        var given = new ProcessParts(host, new PromisingTransport(transport, host, promises), disk.mount(host));
        process = host;
        host.whenDead(() -> ended(transport));
        stopped = null;
        perform(host, () -> {
            var member = MemberOpening.open(group, given, cause -> failed(host, cause));
            promises.check(member.parts.opening.storage().reader());
            run = new Run(host, transport, machine, member);
            begin(member);
        });
    }

    private static void begin(RunningMember member) {
        try {
            member.start(Carriers.THREE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Does something in its process now, and has that end if it fails by a fault of the disk. */
    private void perform(SimulatedHost host, Runnable action) {
        Runnable opening = () -> {
            try {
                action.run();
            } catch (RuntimeException e) {
                if (!disk.faults().explains(e)) {
                    throw e;
                }
                failed(host, e);
            }
        };
        var over = new AtomicBoolean();
        host.whenDead(() -> over.set(true));
        host.after(0, "opens", () -> {
            opening.run();
            over.set(true);
        });
        if (!simulation.events().isRunning()) {
            boolean unused = simulation.events().runUntil(over::get, START_PATIENCE);
        }
    }

    /** What it has told others, in all of its processes. */
    Promises promises() {
        return promises;
    }

    /**
     * A bit of a file of its log flips while it is down. Its next process is as if nothing had happened, or refuses to start, with
     * {@link #stopped} to say so.
     *
     * @return which byte of which file; null if all of them have something that is not forced
     */
    @Nullable
    String rot() {
        if (!isDown()) {
            throw new IllegalStateException("member " + id + " has a process");
        }
        var rotten = disk.rot(path -> path.toString().endsWith(".wal"), 0, random);
        simulation.note("member " + id, "has a rotten disk: " + rotten);
        return rotten;
    }

    /** What is wrong with its disk. */
    DiskFaults faults() {
        return disk.faults();
    }

    /** What its last process ended by, where that was a fault of the disk; null while one runs, or if it died. */
    @Nullable
    Throwable stopped() {
        return stopped;
    }

    /** Its process dies. Nothing of it is ended, and what others sent it is lost. */
    void crash(SimulatedDisk.Fate fate) {
        crash(Objects.requireNonNull(process, "the member has no process"), fate);
    }

    private void crash(SimulatedHost host, SimulatedDisk.Fate fate) {
        host.crash();
        disk.crash(fate, random);
    }

    private void ended(Transport transport) {
        transport.close();
        run = null;
        process = null;
    }

    /** Where the disk is at fault, the process ends by itself, and leaves that as it is. */
    private void failed(SimulatedHost host, Throwable cause) {
        if (host.isCrashed()) {
            return;
        }
        if (disk.faults().explains(cause)) {
            simulation.note("member " + id, "stops: " + cause.getMessage());
            stopped = cause;
            crash(host, SimulatedDisk.Fate.KEPT);
        } else if (failure == null) {
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

    @Override
    public String toString() {
        var state = run != null ? "up, applied " + appliedIndex() : process != null ? "starting" : "down";
        return "member " + id + " (" + state + (stopped == null ? "" : ", stopped by " + stopped) + ")";
    }

    /** What it has applied so far; 0 while it is down. */
    long appliedIndex() {
        return run == null ? 0 : run.member.parts.links.applied().index();
    }
}
