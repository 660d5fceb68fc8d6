package io.raftboot.replica;

import io.raftboot.agent.AgentHost;
import io.raftboot.agent.AgentThread;
import io.raftboot.agent.ThreadedHost;
import io.raftboot.api.BackupOutcome;
import io.raftboot.api.Outcome;
import io.raftboot.api.RaftGroup;
import io.raftboot.api.RaftMembership;
import io.raftboot.api.ReadOptions;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.api.ReplicaListener;
import io.raftboot.api.SnapshotOutcome;
import io.raftboot.api.StateMachine;
import io.raftboot.api.TransferOutcome;
import io.raftboot.api.event.MemberEvents;
import io.raftboot.api.meter.MemberLoad;
import io.raftboot.api.meter.MemberMeter;
import io.raftboot.api.report.GroupReports;
import io.raftboot.api.trace.CommandTracer;
import io.raftboot.raft.AppliedConfiguration;
import io.raftboot.raft.Node;
import io.raftboot.raft.RaftConfig;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.replica.command.CommandIntake;
import io.raftboot.replica.config.OnFailure;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.config.StorageKind;
import io.raftboot.replica.duty.MeteredCalls;
import io.raftboot.replica.duty.Observed;
import io.raftboot.replica.leader.LifeNews;
import io.raftboot.replica.leader.ReplicaEvents;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.watch.Carriers;
import io.raftboot.replica.watch.FailureHandler;
import io.raftboot.storage.disk.Disk;
import io.raftboot.storage.disk.MemoryDisk;
import io.raftboot.storage.disk.RealDisk;
import io.raftboot.transport.Transport;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One member of a raft group at work. Opens nothing before {@link #start}; may be stopped and started again, and then
 * goes on after what its state machines have applied. All methods may be called from any thread, but none that waits
 * ({@link #start}, {@link #stop}, a future's {@code join}) from a state machine or a listener.
 *
 * <p>Futures are completed on the thread that applies commands, or another one of the member's: what is attached to them
 * without an executor of its own runs there, and must not block. Where a stage of the member hangs all the same, calls end soon
 * after their time is up.
 */
public final class Replica implements RaftGroup {
    private final ReplicaConfig config;
    private final RaftConfig raftConfig;
    private final Supplier<Map<String, StateMachine>> machineSource;
    private final ReplicaEvents events;
    private final Observed observed;
    private final MeteredCalls calls;
    private final ProcessParts process;
    private final Carriers carriers;
    private final ReplicaLife life;
    private final PresentRun present;
    private volatile Map<String, MachineSlot> machines = Map.of();
    private volatile Map<String, StateMachine> machinesByName = Map.of();

    /** As the other one, with what its configuration says of the algorithm too, {@link ReplicaConfig#raftConfig}. */
    public Replica(ReplicaConfig config, Transport transport, Supplier<Map<String, StateMachine>> machines) {
        this(config, config.raftConfig(), transport, machines);
    }

    /**
     * @param config what the member is told
     * @param raftConfig of the algorithm; what the replica decides itself (id, storage, applied index, asynchronous
     *                   storage, forwarding, stepping down on removal, random source) is overwritten
     * @param transport this replica's own: started and closed with it
     * @param machines asked once, at the first start; state machines by name
     */
    public Replica(
            ReplicaConfig config,
            RaftConfig raftConfig,
            Transport transport,
            Supplier<Map<String, StateMachine>> machines) {
        // A disk in memory has to outlive a stop: the state machines do as well.
        this(
                config,
                raftConfig,
                transport,
                machines,
                config.storage() == StorageKind.MEMORY ? new MemoryDisk() : new RealDisk(),
                ThreadedHost.SYSTEM);
    }

    /** As the other one, on this disk whatever the storage is said to be, which the next replica may have, and on this host. */
    public Replica(
            ReplicaConfig config,
            RaftConfig raftConfig,
            Transport transport,
            Supplier<Map<String, StateMachine>> machines,
            Disk disk,
            AgentHost host) {
        this(config, raftConfig, transport, machines, disk, ReplicaRuntime.on(host));
    }

    Replica(
            ReplicaConfig config,
            RaftConfig raftConfig,
            Transport transport,
            Supplier<Map<String, StateMachine>> machines,
            Disk disk,
            ReplicaRuntime given) {
        this.config = config;
        this.raftConfig = raftConfig;
        this.machineSource = machines;
        this.observed = new Observed(config.nodeId(), config.group(), given.host());
        this.calls = observed.calls();
        var runtime = given.labelled(observed.labels());
        transport.label(observed.labels());
        this.process = new ProcessParts(runtime.host(), transport, disk);
        this.carriers = runtime.carriers();
        this.present = new PresentRun(this, runtime.host().clock());
        this.events = new ReplicaEvents(runtime.host(), "raft-" + config.nodeId() + "-events");
        var start = new ReplicaStart(config, runtime.host(), new OpeningOfThis());
        this.life = new ReplicaLife(config, start, new LifeNews(config.nodeId(), events, observed.events()), runtime);
    }

    /**
     * Opens port, log and state machines, and takes part. A single voter returns when it leads and has applied its log;
     * a member of a larger group returns when it is running, leader or not. Does nothing if it is running. Waits until the run
     * before is closed, if that is not, but not for ever.
     *
     * @throws ReplicaStartException if the configuration, the directory or the port does not allow it, something of the run
     *     before hangs, or {@link #stop} was called meanwhile; nothing is left open, and nothing on disk has changed
     * @throws IllegalStateException on a thread of the member itself, which has to end first
     */
    public void start() {
        observed.labels().around(life::start);
    }

    /**
     * Stops in order: nothing new is taken, what is under way gets a moment to end, what then still waits is answered,
     * log and transport are closed, threads have ended; lock and port are free. Does nothing if it is not running; a failure
     * is forgotten, and so is a restart that was to follow it. Whoever calls this while the member ends, because it failed or
     * was stopped by others, waits for that end; whoever waits in {@link #start} gets a {@link ReplicaStartException}.
     *
     * <p>Snapshots that are being written are given up. Threads that hang, in the disk or in a state machine, are waited for 10
     * seconds. If one hangs still, this returns, the log says which thread it is and where, and the state stays
     * {@link ReplicaState#STOPPING} and {@link #failure} says the same until it has ended, at which moment all is closed.
     *
     * <p>On a thread of the member itself (a query's, or one that completes futures) this returns at once, and the
     * member ends when that thread has done its work. An interrupt does not end the wait, and is kept.
     */
    public void stop() {
        observed.labels().around(life::stop);
    }

    public ReplicaState state() {
        return life.state();
    }

    /**
     * Why the member stopped by itself, or what keeps one that was stopped from being closed; null unless its state is {@link
     * ReplicaState#FAILED} or {@link ReplicaState#STOPPING}.
     */
    public @Nullable Throwable failure() {
        return life.failure();
    }

    /** The start that is to follow a failure by itself, see {@link OnFailure#RESTART}; null if there is none. */
    public @Nullable PendingRestart pendingRestart() {
        return life.pendingRestart();
    }

    public ReplicaConfig config() {
        return config;
    }

    @Override
    public CompletableFuture<Outcome> submit(String machine, byte[] command, @Nullable Duration timeout) {
        return submit(machine, command, null, timeout);
    }

    @Override
    public CompletableFuture<Outcome> submitOnce(
            String machine, byte[] command, String idempotencyKey, @Nullable Duration timeout) {
        CommandIntake.checkKey(idempotencyKey);
        return submit(machine, command, idempotencyKey, timeout);
    }

    private CompletableFuture<Outcome> submit(
            String machine, byte[] command, @Nullable String key, @Nullable Duration timeout) {
        return calls.command(
                machine,
                () -> ask(
                        member -> member.calls().submit(machine, command, key, timeout),
                        () -> new Outcome.Refused(RefusalReason.NOT_RUNNING, whyNot())));
    }

    /** Answered by this member, from its own state. */
    @Override
    public CompletableFuture<ReadOutcome> read(String machine, byte[] query, ReadOptions options) {
        return calls.query(
                machine,
                options.consistency(),
                () -> ask(
                        member -> member.calls().read(machine, query, options),
                        () -> new ReadOutcome.Refused(RefusalReason.NOT_RUNNING, whyNot())));
    }

    /**
     * Moves the leadership away from this member; completes when another leads or an election timeout has passed.
     *
     * @param targetId null for the best follower
     * @return never completes exceptionally
     */
    public CompletableFuture<TransferOutcome> transferLeadership(@Nullable Long targetId) {
        return ask(member -> member.calls().transferLeadership(targetId), () -> new TransferOutcome.NotLeader(null));
    }

    /**
     * Takes a snapshot of everything this member has applied, with the state of every machine in it, so that it may serve as a
     * backup; then compacts the log as after any other. Completes when the file is durable. Whoever asks while one is being
     * written waits for the next.
     *
     * @return never completes exceptionally
     * @throws IllegalStateException if called while a command is being applied on this thread
     */
    public CompletableFuture<SnapshotOutcome> takeSnapshot() {
        return ask(member -> member.calls().takeSnapshot(), () -> new SnapshotOutcome.NotTaken(whyNot()));
    }

    /**
     * Takes a snapshot as {@link #takeSnapshot} does, as fresh as a read with these options, and hands it out, to be closed by
     * whoever gets it; commands go on. The options' time-out counts up to there alone.
     */
    public CompletableFuture<BackupOutcome> backup(ReadOptions freshness) {
        return ask(member -> member.calls().backup(freshness), () -> new BackupOutcome.NotMade(whyNot()));
    }

    /** The members of the group, as they are and as they are to be; answers whether or not this member leads, or runs. */
    public RaftMembership membership() {
        return present.membership();
    }

    /** A member that does not run answers by itself. */
    private <T> CompletableFuture<T> ask(
            Function<RunningMember, CompletableFuture<T>> question, Supplier<T> answerOfNone) {
        var running = running();
        return running == null ? CompletableFuture.completedFuture(answerOfNone.get()) : question.apply(running);
    }

    /**
     * A picture of the member; completes at once when the member is not running, showing what was known last, and within an election timeout or so when it
     * hangs: {@link ReplicaStatus#service} says then that the rest is what was known last.
     */
    public CompletableFuture<ReplicaStatus> status() {
        var now = life.state();
        var running = running();
        return running == null
                ? CompletableFuture.completedFuture(statusAtRest())
                : running.status(now).exceptionally(stopped -> statusAtRest());
    }

    ReplicaStatus statusAtRest() {
        return StatusReport.notRunning(config, life.state(), life.failure(), life.lastKnown());
    }

    /**
     * Whether this member leads as far as it knows; a moment old. Not for longer than an election timeout after it has last
     * heard of a majority of the voters, whatever of the member hangs.
     */
    public boolean isLeader() {
        var running = running();
        return running != null && running.leads(running.view());
    }

    /**
     * The term in which this member leads, and has seen all that was committed before; empty if it does not. A moment
     * old: another may lead already in a later term, which is why what this member does outside of the group's log
     * should carry the term, so that whoever receives it can refuse a lower one (a fencing token). Empty as well once an
     * election timeout has passed since it has last heard of a majority.
     */
    public OptionalLong leadershipTerm() {
        var running = running();
        if (running == null) {
            return OptionalLong.empty();
        }
        var view = running.view();
        return view.ready() && running.leads(view) ? OptionalLong.of(view.term()) : OptionalLong.empty();
    }

    /** The leader this member knows, or null; a moment old. */
    public @Nullable Long leaderId() {
        var running = running();
        return running == null ? null : running.view().leader();
    }

    /**
     * The core's front, for what has no method here.
     *
     * @throws IllegalStateException if the member is not running
     */
    public Node node() {
        var running = running();
        if (running == null) {
            throw new IllegalStateException(whyNot());
        }
        return running.node();
    }

    /** The configuration in force in the core, a moment old; for tests that compare members. */
    AppliedConfiguration configuration() {
        var running = running();
        return running == null ? new AppliedConfiguration(0, ConfState.getDefaultInstance()) : running.configuration();
    }

    /** How much waits in the member; a moment old. */
    public MemberLoad load() {
        var running = running();
        return running == null ? MemberLoad.NONE : running.load();
    }

    /** How all members are, asked of each; answers whether or not this member runs. */
    public GroupReports reports() {
        return present.reports();
    }

    /** State machines by name; empty before the first start. */
    public Map<String, StateMachine> stateMachines() {
        return machinesByName;
    }

    /**
     * Whether the calling thread carries the stages of a member, as it does in what is attached to the future of a call that was
     * applied or answered. Whoever waits there for another call waits for what only this thread can bring about.
     */
    public static boolean isStageThread() {
        return AgentThread.isCurrent();
    }

    /** The listener is told what happens from now on. */
    public void addListener(ReplicaListener listener) {
        events.addListener(listener);
    }

    /** The meter is told of what this replica does from now on. */
    public void addMeter(MemberMeter newMeter) {
        observed.meter().add(newMeter);
    }

    /** The tracer, in place of any other, follows the commands of traced callers from now on. */
    public void traceBy(CommandTracer newTracer) {
        observed.tracer().set(newTracer);
    }

    /** What has happened to this member since this object was made, over all its runs. */
    public MemberEvents memberEvents() {
        return observed.events();
    }

    @Nullable
    RunningMember running() {
        return life.running();
    }

    String whyNot() {
        return life.state().whyNot(config.nodeId(), life.failure());
    }

    /** How this replica's members are made. */
    private final class OpeningOfThis implements ReplicaStart.Opening {
        @Override
        public RunningMember open(FailureHandler onFailure) {
            if (machines.isEmpty()) {
                machines = MachineSlot.byName(machineSource.get());
                machinesByName = MachineSlot.machines(machines);
            }
            var parts = new GroupParts(config, raftConfig, machines, events, observed.observers(), Seams.NONE);
            return MemberOpening.open(parts, process, onFailure).partOf(present);
        }

        @Override
        public void start(RunningMember opened) throws IOException {
            opened.start(carriers);
        }

        @Override
        public boolean isTransportThread() {
            return process.transport().isOwnThread();
        }
    }
}
