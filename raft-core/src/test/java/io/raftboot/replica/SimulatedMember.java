package io.raftboot.replica;

import io.raftboot.api.StateMachine;
import io.raftboot.raft.AppliedConfiguration;
import io.raftboot.raft.RaftConfig;
import io.raftboot.raft.RaftRole;
import io.raftboot.replica.config.Peer;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.leader.ReplicaEvents;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.watch.Carriers;
import io.raftboot.simulation.DiskFaults;
import io.raftboot.simulation.Pace;
import io.raftboot.simulation.SimulatedDisk;
import io.raftboot.simulation.SimulatedHost;
import io.raftboot.simulation.SimulatedTransports;
import io.raftboot.simulation.Simulation;
import io.raftboot.transport.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
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
    private final SimulatedTransports transports;
    private Setting setting;
    private final RandomGenerator random;
    private SimulatedDisk disk;
    private Promises promises;
    private @Nullable SimulatedHost process;
    private @Nullable Run run;
    private @Nullable Throwable failure;
    private @Nullable Throwable stopped;
    private boolean hasState;
    private boolean removed;
    private LongConsumer onRemoval = incarnation -> {};
    private @Nullable Watcher watcher;

    /**
     * What a member is, however often it starts.
     *
     * @param seams where it differs from the product
     */
    record Setting(
            ReplicaConfig config, RaftConfig raftConfig, Carriers carriers, Seams seams, Pace pace, Machine machine) {
        Setting withConfig(ReplicaConfig value) {
            return new Setting(value, raftConfig, carriers, seams, pace, machine);
        }
    }

    /** Makes the state machine of each run. */
    interface Machine {
        String name();

        StateMachine of(Simulation simulation, String owner);
    }

    /** The machine of those who want to know the order of commands alone. */
    static final Machine COMMANDS = new Machine() {
        @Override
        public String name() {
            return SimulatedMachine.NAME;
        }

        @Override
        public StateMachine of(Simulation simulation, String owner) {
            return new SimulatedMachine(simulation, owner);
        }
    };

    /** What ends with a process. */
    private record Run(SimulatedHost host, Transport transport, StateMachine machine, RunningMember member) {}

    SimulatedMember(long id, Simulation simulation, SimulatedTransports transports, Setting setting) {
        this.id = id;
        this.promises = new Promises(id);
        this.simulation = simulation;
        this.transports = transports;
        this.setting = setting;
        this.random = simulation.random();
        this.disk = newDisk();
    }

    private SimulatedDisk newDisk() {
        var made = new SimulatedDisk(simulation.random());
        made.whenCrashed(this::crashed);
        return made;
    }

    /** The process is dead, and the disk as that left it. */
    private void crashed(SimulatedDisk.Fate fate) {
        if (watcher != null) {
            watcher.crashed(id, fate);
        }
    }

    /** From its next start on. */
    void watchBy(Watcher newWatcher) {
        watcher = newWatcher;
    }

    long id() {
        return id;
    }

    /** Whether its process has opened its directory, and takes part. */
    boolean isUp() {
        return run != null;
    }

    /** Whether it has no process: what is not up may be starting. */
    boolean isDown() {
        return process == null;
    }

    /** Starts a process, on the directory that the one before has left. */
    void start() {
        if (process != null) {
            throw new IllegalStateException("member " + id + " is up");
        }
        var name = "member " + id;
        simulation.note(name, "starts");
        var host = simulation.host(name, setting.pace());
        Transport transport = transports.join(host, id);
        var mounted = disk.mount(host);
        var machine = setting.machine().of(simulation, name);
        var machineName = setting.machine().name();
        var slots = MachineSlot.byName(Map.of(machineName, machine));
        if (watcher != null) {
            transport = watcher.transport(id, transport);
            mounted = watcher.disk(id, mounted);
            slots = watcher.slots(id, machineName, machine);
        }
        var group = new GroupParts(
                setting.config(),
                setting.raftConfig(),
                slots,
                new ReplicaEvents(host, "raft-" + id + "-events"),
                setting.seams());
        var parts = new ProcessParts(host, new PromisingTransport(transport, host, promises), mounted);
        var joined = transport;
        process = host;
        host.whenDead(() -> ended(joined));
        stopped = null;
        perform(host, () -> {
            var member = MemberOpening.open(group, parts, cause -> failed(host, cause));
            promises.check(member.parts.opening.storage().reader());
            run = new Run(host, joined, machine, member);
            if (watcher != null) {
                watcher.started(id, member);
            }
            begin(member);
        });
    }

    private void begin(RunningMember member) {
        try {
            member.start(setting.carriers());
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
        crash(Objects.requireNonNull(process, "the member is down"), fate);
    }

    private void crash(SimulatedHost host, SimulatedDisk.Fate fate) {
        host.crash();
        disk.crash(fate, random);
    }

    private void ended(Transport transport) {
        hasState = hasState();
        process = null;
        run = null;
        transports.died(id, transport);
    }

    /** While it is down: its directory is lost, and it comes back, if at all, with this configuration. */
    void wipe(ReplicaConfig config) {
        if (process != null) {
            throw new IllegalStateException("member " + id + " is up");
        }
        disk = newDisk();
        promises = new Promises(id);
        hasState = false;
        removed = false;
        if (watcher != null) {
            watcher.wiped(id);
        }
        setting = setting.withConfig(config);
        simulation.note("member " + id, "loses its directory");
    }

    /** Whether it is up, and has applied what another member has said of itself. */
    boolean knows(long other) {
        return run != null && run.member.parts.machines.system().members().get(other) != null;
    }

    /** Whether it has taken part, with the directory that it has now. */
    boolean hasState() {
        return run == null ? hasState : appliedIndex() > 0;
    }

    /** Whether it is up, and has this configuration or a later one in force. */
    boolean hasInForce(AppliedConfiguration configuration) {
        return run != null && run.member.configuration().index() >= configuration.index();
    }

    /** How it is set up. */
    ReplicaConfig config() {
        return setting.config();
    }

    /** Those that it was told of. */
    List<Long> configuredOthers() {
        return setting.config().peers().stream()
                .map(Peer::id)
                .filter(peer -> peer != id)
                .toList();
    }

    /** What it is like, for people. */
    String describe() {
        if (run == null) {
            return "is down";
        }
        var view = run.member.view();
        return "applied " + appliedIndex() + " role " + view.role() + " leader " + view.leaderId() + " term "
                + view.term() + (run.host.isPaused() ? " paused" : "") + " peers "
                + setting.config().peers() + " join " + setting.config().join() + " configuration "
                + run.member.configuration().toString().replace('\n', ' ') + " obstacles "
                + run.transport.obstacles()
                + " cluster " + run.member.parts.opening.storage().identity().clusterId() + " refusals "
                + run.member.parts.connections.refusals().reasons();
    }

    /** Whether its process has ended because its member was removed, with the directory that it has. */
    boolean isRemoved() {
        return removed;
    }

    /** Told the incarnation of the directory with which it was removed, once its process has ended. */
    void whenRemoved(LongConsumer action) {
        onRemoval = action;
    }

    /** Whether it is up, and counts a directory of this incarnation as that of a member. */
    boolean counts(long other, long incarnation) {
        var known = run == null
                ? null
                : run.member.parts.machines.system().members().get(other);
        return known != null
                && !known.getRemoved()
                && known.getIncarnation() == incarnation
                && run.member.parts.links.inForce().isMember(other);
    }

    /** What it has failed with, if it has. */
    @Nullable
    Throwable failure() {
        return failure;
    }

    /** Where the disk is at fault, the process ends by itself, and leaves that as it is. */
    private void failed(SimulatedHost host, Throwable cause) {
        if (host.isCrashed()) {
            return;
        }
        if (cause instanceof MemberRemovedException) {
            simulation.note("member " + id, "was removed: " + cause.getMessage());
            removed = true;
            long incarnation = up().member.parts.opening.storage().identity().incarnation();
            crash(host, SimulatedDisk.Fate.KEPT);
            onRemoval.accept(incarnation);
        } else if (disk.faults().explains(cause)) {
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
        return (SimulatedMachine) up().machine;
    }

    SimulatedStore store() {
        return (SimulatedStore) up().machine;
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
