package io.raftboot.replica;

import io.raftboot.api.Divergence;
import io.raftboot.api.MemberRemovedException;
import io.raftboot.api.ReplicaListener;
import io.raftboot.api.StateMachine;
import io.raftboot.api.TransferOutcome;
import io.raftboot.api.meter.MemberMeter;
import io.raftboot.api.trace.CommandTracer;
import io.raftboot.proof.Sometimes;
import io.raftboot.raft.AppliedConfiguration;
import io.raftboot.raft.RaftConfig;
import io.raftboot.raft.RaftRole;
import io.raftboot.replica.config.Peer;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.duty.EventLog;
import io.raftboot.replica.duty.Observers;
import io.raftboot.replica.leader.LifeNews;
import io.raftboot.replica.leader.ReplicaEvents;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.membership.BegunWithoutException;
import io.raftboot.replica.watch.Carriers;
import io.raftboot.replica.watch.FailureHandler;
import io.raftboot.replica.watch.LifeTimes;
import io.raftboot.simulation.DiskFaults;
import io.raftboot.simulation.Pace;
import io.raftboot.simulation.SimulatedDisk;
import io.raftboot.simulation.SimulatedHost;
import io.raftboot.simulation.SimulatedTransports;
import io.raftboot.simulation.Simulation;
import io.raftboot.transport.Transport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A real member over a simulated process: its stages, storage and state machine as the product wires them. It can die at any time
 * and be started anew on what its disk has kept.
 */
final class SimulatedMember {
    private static final long UNKNOWN = -1;
    private static final String LOG = ".wal";
    private static final String SNAPSHOT = ".snap";

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
    private Removed onRemoval = (incarnation, how) -> {};
    private final List<Divergence> divergences = new ArrayList<>();

    /** Index at which its log ended when its last process closed it in order; {@link #UNKNOWN} if it did not. */
    private long closedAt = UNKNOWN;

    /** The incarnation of what it had opened last, unless that is lost. */
    private long directory = UNKNOWN;

    /** Whether it may make its directory anew. */
    private boolean beginsAnew;

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
    private record Run(
            SimulatedHost host, Transport transport, StateMachine machine, ReplicaRun life, RunningMember member) {}

    /** What a process is made of, before there is a member. */
    private record Opened(SimulatedHost host, Transport transport, StateMachine machine, GroupParts group) {}

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

    /** Whether its process has opened its directory, and takes part: one that was told to end does not. */
    boolean isUp() {
        return run != null && !run.life.isEndAsked();
    }

    /** Whether it has no process: what is not up may be starting, or ending. */
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
        var events = new ReplicaEvents(host, "raft-" + id + "-events");
        events.addListener(new ReplicaListener() {
            @Override
            public void diverged(Divergence divergence) {
                simulation.note(name, "is told of a " + divergence);
                divergences.add(divergence);
            }
        });
        var group = new GroupParts(
                setting.config(),
                setting.raftConfig(),
                slots,
                events,
                new Observers(MemberMeter.NONE, CommandTracer.NONE, new EventLog(host.clock())),
                setting.seams());
        var parts = new ProcessParts(host, new PromisingTransport(transport, host, promises), mounted);
        var begun = new Opened(host, transport, machine, group);
        process = host;
        host.whenDead(() -> ended(begun.transport));
        stopped = null;
        perform(host, () -> bringUp(begun, parts));
    }

    /** As a replica does it, which has several runs of a member in one process; here a process ends with its run. */
    private void bringUp(Opened begun, ProcessParts parts) {
        var host = begun.host;
        var life = new ReplicaRun(
                setting.config(),
                host,
                lifeTimes(),
                new Told(host),
                new LifeNews(id, begun.group.events(), begun.group.observers().events()));
        life.begin();
        FailureHandler onFailure = cause -> failed(host, life, cause);
        var starting = new ReplicaStart(setting.config(), host, new ReplicaStart.Opening() {
            @Override
            public RunningMember open(FailureHandler handler) {
                return MemberOpening.open(begun.group, parts, handler);
            }

            @Override
            public void start(RunningMember opened) throws IOException {
                up(begun, life, opened);
                opened.start(setting.carriers());
            }

            @Override
            public boolean isTransportThread() {
                return begun.transport.isOwnThread();
            }
        });
        try {
            starting.run(life, onFailure);
        } catch (IOException | RuntimeException e) {
            if (!life.isEndAsked()) {
                failed(host, life, e);
            }
        }
    }

    /** It is the one that it had, unless that was lost, or the member has heard that its group goes on without it. */
    private void checkDirectory(long opened) {
        if (directory != UNKNOWN && opened != directory) {
            if (!beginsAnew) {
                throw new AssertionError(
                        "member " + id + " comes with directory " + opened + ", and has not lost " + directory);
            }
            // Nobody counts for the new one what the old one has said: who joins gives no vote before it is a member.
            promises = new Promises(id);
            beginsAnew = false;
        }
        directory = opened;
    }

    /** What was closed in order is there as it was. */
    private void checkClosedLog(RunningMember member) {
        long opened = lastIndex(member);
        // What was written last may have been written without the raft stage having heard of it.
        if (closedAt != UNKNOWN && opened < closedAt) {
            throw new AssertionError("the log of member " + id + " was closed at " + closedAt + ", and ends at "
                    + opened + " when it is opened again");
        }
        if (closedAt != UNKNOWN) {
            happened(Sometimes.STARTED_AFTER_STOP);
        }
        closedAt = UNKNOWN;
    }

    private static long lastIndex(RunningMember member) {
        return member.parts.opening.storage().reader().lastIndex();
    }

    private void up(Opened begun, ReplicaRun life, RunningMember member) {
        checkDirectory(member.parts.opening.storage().identity().incarnation());
        promises.check(member.parts.opening.storage().reader());
        checkClosedLog(member);
        run = new Run(begun.host, begun.transport, begun.machine, life, member);
        if (watcher != null) {
            watcher.started(id, member);
        }
    }

    /** What becomes of the run that a process is there for. */
    private final class Told implements ReplicaRun.Told {
        private final SimulatedHost host;

        Told(SimulatedHost host) {
            this.host = host;
        }

        @Override
        public void failed(Throwable cause, boolean isClosed) {
            simulation.note("member " + id, "has failed, and is " + (isClosed ? "closed" : "not closed yet"));
        }

        @Override
        public void closed(ReplicaRun ended) {
            if (!host.isCrashed()) {
                simulation.note("member " + id, "is closed");
                // A failure while it ends is none of the run, but may have come between the log and what is known of
                // it.
                closedAt = run == null || ended.failure() != null || stopped != null ? UNKNOWN : lastIndex(run.member);
                crash(host, SimulatedDisk.Fate.KEPT);
            }
        }
    }

    /** Its process ends in order: takes nothing new, has what is under way end, answers who waits, closes all and exits. */
    void stop() {
        stop(up());
    }

    private void stop(Run stopping) {
        stopping.host.after(0, "is stopped", () -> {
            if (run != null && run.life == stopping.life && !stopping.life.isEndAsked()) {
                happened(leads() ? Sometimes.LEADER_STOPPED : Sometimes.MEMBER_STOPPED);
                stopping.life.end("the member was stopped", lifeTimes().drain());
            }
        });
    }

    /** As {@link #stop}, once another leads or none has taken over. */
    void handOverAndStop() {
        var stopping = up();
        stopping.host.after(0, "hands over", () -> {
            var unused = calls().transferLeadership(null).thenAccept(outcome -> {
                if (outcome instanceof TransferOutcome.Transferred) {
                    happened(Sometimes.HANDED_OVER_TO_STOP);
                }
                stop(stopping);
            });
        });
    }

    private void happened(Sometimes what) {
        if (watcher != null) {
            watcher.observer().happened(id, what);
        }
    }

    /** How long the steps of its end may take, in proportion to everything else. */
    private LifeTimes lifeTimes() {
        var election = setting.config()
                .tickInterval()
                .multipliedBy(setting.raftConfig().electionTicks());
        return new LifeTimes(
                election.multipliedBy(2),
                election.multipliedBy(4),
                election.multipliedBy(20),
                election,
                election.multipliedBy(10),
                election.multipliedBy(10));
    }

    /** Does something in its process now, and returns once that is done or the process dead, where nothing else happens yet. */
    private void perform(SimulatedHost host, Runnable action) {
        var over = new AtomicBoolean();
        host.whenDead(() -> over.set(true));
        host.after(0, "opens", () -> {
            action.run();
            over.set(run != null);
        });
        if (!simulation.events().isRunning()) {
            boolean unused = simulation.events().runUntil(over::get, START_PATIENCE);
        }
    }

    /** What it has told others, in all of its processes. */
    Promises promises() {
        return promises;
    }

    /** As {@link #rot(Predicate)}, of a file of its log. */
    @Nullable
    String rot() {
        return rot(path -> path.toString().endsWith(LOG));
    }

    /** As {@link #rot(Predicate)}, of a snapshot. */
    @Nullable
    String rotSnapshot() {
        return rot(path -> path.toString().endsWith(SNAPSHOT));
    }

    /**
     * A bit of a file flips while it is down. Its next process is as if nothing had happened, or refuses to start, with
     * {@link #stopped} to say so.
     *
     * @return which byte of which file; null if all of them have something that is not forced
     */
    private @Nullable String rot(Predicate<Path> files) {
        if (!isDown()) {
            throw new IllegalStateException("member " + id + " has a process");
        }
        var rotten = disk.rot(files, 0, random);
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
        beginsAnew = false;
        directory = UNKNOWN;
        closedAt = UNKNOWN;
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

    /** How a process has come to know that its member was removed. */
    enum News {
        /** Its directory says so. */
        FROM_DIRECTORY,
        /** Others say so, of what it has applied as well. */
        OF_WHAT_IT_KNEW,
        /** Others say so, and it had no part in that any more. */
        OF_WHAT_IT_HAD_MISSED
    }

    /** Told of the end of a member that was removed. */
    interface Removed {
        /**
         * It is about to end.
         *
         * @param incarnation of the directory with which it was removed; 0 if that is not known
         */
        void told(long incarnation, News how);
    }

    /** Told of its removal, once its process has heard of it. */
    void whenRemoved(Removed action) {
        onRemoval = action;
    }

    /** Whether it is up, and counts a directory of this incarnation as that of a member. */
    boolean counts(long other, long incarnation) {
        if (run == null) {
            return false;
        }
        var parts = run.member.parts;
        var known = parts.machines.system().members().get(other);
        return known != null
                && !known.getRemoved()
                && known.getIncarnation() == incarnation
                && parts.links.inForce().isMember(other);
    }

    /** Whether it is up, and knows a member by another directory. */
    boolean knowsOtherwise(long other, long incarnation) {
        var known = run == null
                ? null
                : run.member.parts.machines.system().members().get(other);
        return known != null && known.getIncarnation() != 0 && known.getIncarnation() != incarnation;
    }

    /** Whether it is up, and knows that a directory is that of a member that was removed and that nobody needs any more. */
    boolean isSettledRemoval(long other, long incarnation) {
        var known = run == null
                ? null
                : run.member.parts.machines.system().members().get(other);
        return known != null && known.getRemovalSettled() && known.getIncarnation() == incarnation;
    }

    /** What its processes have found of members that are not alike. */
    List<Divergence> divergences() {
        return divergences;
    }

    /** What it has failed with, if it has. */
    @Nullable
    Throwable failure() {
        return failure;
    }

    /** A member that fails is closed, and its process exits. Where the disk is at fault, that is as it should be. */
    private void failed(SimulatedHost host, ReplicaRun life, Throwable cause) {
        if (host.isCrashed()) {
            return;
        }
        if (isRemoval(cause)) {
            simulation.note("member " + id, "was removed: " + cause.getMessage());
            removed = true;
            onRemoval.told(incarnation(), newsOfRemoval());
        } else if (cause instanceof BegunWithoutException || disk.faults().explains(cause)) {
            simulation.note("member " + id, "stops: " + cause.getMessage());
            stopped = cause;
            if (cause instanceof BegunWithoutException) {
                happened(Sometimes.BEGAN_WITHOUT_ITS_GROUP);
                beginsAnew = true;
            }
        } else if (failure == null) {
            failure = cause;
        }
        if (!life.fail(cause)) {
            life.end("the member did not start", Duration.ZERO);
        }
    }

    private News newsOfRemoval() {
        if (run == null) {
            return News.FROM_DIRECTORY;
        }
        var own = run.member.parts.machines.system().members().get(id);
        return own != null && own.getRemoved() ? News.OF_WHAT_IT_KNEW : News.OF_WHAT_IT_HAD_MISSED;
    }

    /** Of its directory; 0 while it is down. */
    long incarnation() {
        return run == null ? 0 : run.member.parts.opening.storage().identity().incarnation();
    }

    /** While it is down: it comes back with this configuration, and the directory that it has. */
    void setUpAs(ReplicaConfig config) {
        if (process != null) {
            throw new IllegalStateException("member " + id + " is up");
        }
        setting = setting.withConfig(config);
    }

    /** Whether it is up, and turned away by somebody. */
    boolean isTurnedAway() {
        return run != null && !run.member.parts.connections.refusals().reasons().isEmpty();
    }

    /** What it says that it waits for before it is a member; null if it does not, or is down. */
    @Nullable
    String joining() {
        return run == null ? null : run.member.parts.joining();
    }

    /** Whether it was told so, or its directory says so when it is opened. */
    private static boolean isRemoval(Throwable cause) {
        return cause instanceof MemberRemovedException
                || (cause instanceof ReplicaStartException start
                        && start.problem() == ReplicaStartException.Problem.REMOVED);
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

    /** Its process, which may be starting, or ending. */
    SimulatedHost host() {
        return Objects.requireNonNull(process, "the member is down");
    }

    SimulatedMachine machine() {
        return (SimulatedMachine) up().machine;
    }

    SimulatedStore store() {
        var machine = up().machine;
        return machine instanceof IteratingStore iterating ? iterating.store() : (SimulatedStore) machine;
    }

    RunningMember running() {
        return up().member;
    }

    WatchedCalls calls() {
        return new WatchedCalls(id, host(), running().calls(), watcher);
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
