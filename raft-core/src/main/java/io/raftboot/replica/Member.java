package io.raftboot.replica;

import io.raftboot.raft.Node;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.storage.LogUpdate;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a member, from its start to its stop: what is open, the three stages, and the wiring between them. The
 * {@link MemberOpening} makes it; a {@link Replica} has one at a time.
 */
final class Member implements ApplyEvents, LogStage.LogEvents {
    private static final Logger log = LoggerFactory.getLogger(Member.class);

    private final ReplicaConfig config;
    private final OpenParts open;
    private final Node node;
    private final RaftStage raft;
    private final LogStage logStage;
    private final ApplyStage apply;
    private final SystemMachine system;
    private final PeerIdentities identities;
    private final boolean leases;
    private final SnapshotTrigger snapshotTrigger;
    private final PendingCommands pending;
    private final ByteBudget readBudget;
    private final CommandIntake intake;
    private final Refusals refusals = new Refusals();
    private final Map<String, MachineSlot> machines;
    private final MemberThreads threads;
    private final SpaceWatch spaceWatch;
    private final SessionWatch sessionWatch;
    private final NanoClock clock;
    private final Consumer<Throwable> onFailure;
    private final AtomicBoolean ending = new AtomicBoolean();
    private volatile boolean ended;

    /** Owned by the log stage. */
    private long lastLogSizeBytes;

    Member(MemberOpening opening) throws IOException {
        this.config = opening.config();
        this.open = opening.parts();
        this.machines = opening.machines();
        this.clock = opening.clock();
        this.onFailure = opening.onFailure();
        this.pending = new PendingCommands(
                config.maxPendingCommands(), config.maxPendingBytes(), new SecureRandom().nextLong());
        this.readBudget = new ByteBudget(config.maxPendingBytes());
        this.threads = new MemberThreads("raft-" + config.nodeId());
        this.system = new SystemMachine(open.storage().identity().clusterId());
        this.snapshotTrigger = new SnapshotTrigger(config.snapshots(), config.nodeId(), clock);
        this.logStage = new LogStage(open.storage().writer(), this, clock);
        var base = open.base();
        var commands = new CommandInbox(clock);
        this.apply = new ApplyStage(
                machines,
                system,
                pending,
                open.storage().snapshots(),
                new SnapshotMaker(
                        open.storage().snapshots(),
                        config.snapshots().retainedCount(),
                        threads.snapshots(),
                        logStage::taken),
                snapshotTrigger,
                this,
                new ParkedReads(threads.readers()),
                commands,
                config.nodeId(),
                open.storage().identity().incarnation(),
                base.snapshot().getMetadata().getConfState());
        apply.begin(base.snapshot(), base.hasFile());
        this.node = opening.newNode(this::wakeRaft);
        long commitIndex = open.storage().reader().initialState().hardState().getCommit();
        this.identities = new PeerIdentities(system::members, () -> apply.appliedIndex() >= commitIndex);
        this.leases = opening.leases() == LeaseConditions.Setting.ON;
        this.raft = new RaftStage(
                new RaftStageParts(
                        config.nodeId(),
                        open.storage().identity().incarnation(),
                        node,
                        open.storage().reader(),
                        open.transport(),
                        logStage,
                        apply,
                        open.storage().snapshots(),
                        pending,
                        commands,
                        opening.events(),
                        clock,
                        config.tickInterval(),
                        opening.electionTimeout(),
                        config.commandTimeout(),
                        opening.retention(),
                        opening.leases(),
                        identities::keepsLeases,
                        new ByteBudget(opening.memory().remoteBytes())),
                threads::schedule);
        this.sessionWatch = new SessionWatch(config.sessions(), machines.values());
        int electionTicks = Math.toIntExact(opening.electionTimeout().dividedBy(config.tickInterval()));
        this.spaceWatch =
                new SpaceWatch(open.storage(), config, threads.space(), electionTicks, raft::space, this::fail);
        this.intake = new CommandIntake(
                config, open.storage().identity().incarnation(), machines.values(), pending, raft, clock);
    }

    /** Starts taking part: threads first, then the connections, then the ticks. */
    void start(Carriers carriers) throws IOException {
        open.storage().beginRun(leases);
        var run = open.newRun();
        var announcement = new MemberAnnouncement(open.self(run, leases), intake::submitToSystem);
        threads.carry(carriers, raft, logStage, apply, this::fail);
        var listener = new MemberListener(
                node, raft, open.storage().snapshots(), identities, refusals, config.maxCommandSizeBytes());
        open.transport().start(open.localMember(run), listener);
        connect(system.members());
        threads.tick(config.tickInterval(), () -> {
            raft.tick();
            apply.tick();
            spaceWatch.tick();
            sessionWatch.tick();
            announcement.tick(system.members(), raft.view().leaderId() != 0);
        });
        raft.onceLeaderKnown(intake::openSessions);
        if (open.singleVoter()) {
            node.campaign();
        }
    }

    // --- for callers, any thread --------------------------------------------------------------------------------

    /** @param key null for a command that the member's session tells from others */
    CompletableFuture<Outcome> submit(
            String machine, byte[] payload, @Nullable String key, @Nullable Duration timeout) {
        checkNotApplying();
        return intake.submit(machine, payload, key, timeout == null ? config.commandTimeout() : timeout);
    }

    CompletableFuture<ReadOutcome> read(String machine, byte[] query, ReadOptions options) {
        checkNotApplying();
        var slot = machines.get(machine);
        if (slot == null) {
            return CompletableFuture.completedFuture(new ReadOutcome.Refused(
                    RefusalReason.UNKNOWN_MACHINE, CommandIntake.noMachine(machine, machines.keySet())));
        }
        long bytes = (long) query.length + PendingRead.OVERHEAD_BYTES;
        if (!readBudget.reserve(bytes)) {
            return CompletableFuture.completedFuture(new ReadOutcome.Refused(
                    RefusalReason.OVERLOADED,
                    "the queries that wait at this member have as many bytes as raft.max-pending-bytes allows ("
                            + MemoryBudget.text(readBudget.limitBytes()) + "); try again later"));
        }
        var timeout = options.timeout() == null ? config.commandTimeout() : options.timeout();
        var read = new PendingRead(slot, query, options, deadline(timeout));
        var unused = read.future().whenComplete((outcome, failure) -> readBudget.release(bytes));
        if (options.consistency() == Consistency.LOCAL && !read.boundsStaleness()) {
            apply.reads(List.of(read), options.minIndex());
        } else {
            raft.read(read);
        }
        if (ended) {
            read.refuse(RefusalReason.NOT_RUNNING, "the member has stopped");
        }
        return read.future();
    }

    CompletableFuture<TransferOutcome> transferLeadership(@Nullable Long targetId) {
        checkNotApplying();
        var future = new CompletableFuture<TransferOutcome>();
        raft.transferLeadership(targetId, future);
        if (ended) {
            future.complete(new TransferOutcome.NotLeader(null));
        }
        return future;
    }

    CompletableFuture<SnapshotOutcome> takeSnapshot() {
        checkNotApplying();
        var future = new CompletableFuture<SnapshotOutcome>();
        apply.snapshotRequested(future);
        if (ended) {
            future.complete(new SnapshotOutcome.NotTaken("the member has stopped"));
        }
        return future;
    }

    CompletableFuture<ReplicaStatus> status(ReplicaState state) {
        long snapshotSizeBytes = snapshotSizeBytes();
        return node.status()
                .thenApply(status -> StatusReport.of(
                        config,
                        state,
                        status,
                        open.storage(),
                        apply,
                        snapshotTrigger,
                        snapshotSizeBytes,
                        disk(),
                        refusals.reasons(),
                        sessionWatch.states()));
    }

    Leadership.View view() {
        return raft.view();
    }

    private ReplicaStatus.DiskState disk() {
        var report = spaceWatch.report();
        return new ReplicaStatus.DiskState(report.usableBytes(), report.low(), !raft.mayCampaign());
    }

    Node node() {
        return node;
    }

    /** Runs the action once this member leads and has applied all that was committed before. */
    void onceLeading(Runnable action) {
        raft.onceReadyToLead(action);
    }

    boolean singleVoter() {
        return open.singleVoter();
    }

    /** Waits until the commands under way have their outcome, or the time is up. */
    void drain(Duration timeout) {
        var futures = new ArrayList<CompletableFuture<Outcome>>();
        pending.forEach(command -> futures.add(command.future()));
        Waiting.forAll(futures, timeout);
    }

    /**
     * Closes everything, once. Not called on a stage's thread.
     *
     * @param why told to those who still wait
     */
    void end(String why) {
        if (!ending.compareAndSet(false, true)) {
            return;
        }
        open.transport().close();
        boolean threadsEnded = threads.end();
        ended = true;
        intake.end();
        node.stop();
        raft.end(why);
        apply.end(why);
        if (threadsEnded) {
            open.close();
        } else {
            log.error("a thread of the member hangs, in the disk or in a state machine; its directory stays locked");
        }
    }

    // --- from the log stage -------------------------------------------------------------------------------------

    @Override
    public void durable(LogUpdate update, List<Snapshot> installed, List<Message> responses, List<Snapshot> taken) {
        installed.forEach(apply::install);
        var own = new ArrayList<Message>(responses.size());
        var others = new ArrayList<Message>();
        for (Message response : responses) {
            (response.getTo() == config.nodeId() ? own : others).add(response);
        }
        if (!others.isEmpty()) {
            // Straight from here: an acknowledgement that took the way over the raft stage would cost a wake-up more.
            open.transport().send(others);
        }
        raft.durable(update, own, taken);
        long logSizeBytes = open.storage().writer().sizeBytes();
        if (logSizeBytes != lastLogSizeBytes) {
            // Another segment: a log that grows fast would fill the disk between two ticks.
            lastLogSizeBytes = logSizeBytes;
            spaceWatch.lookSoon();
        }
    }

    // --- from the apply stage -----------------------------------------------------------------------------------

    @Override
    public void applied(List<Message> responses) {
        responses.forEach(node::step);
    }

    @Override
    public void configurationChange(ConfChangeV2 change, long index) {
        raft.applyConfChange(change, index);
    }

    @Override
    public void membersChanged(SystemMachine.Members members) {
        connect(members);
    }

    // ------------------------------------------------------------------------------------------------------------

    private long snapshotSizeBytes() {
        try {
            return open.storage().snapshots().sizeBytes();
        } catch (IOException e) {
            log.warn("the size of the snapshots can't be told", e);
            return 0;
        }
    }

    private long deadline(Duration timeout) {
        return clock.nanoTime() + timeout.toNanos();
    }

    private void connect(SystemMachine.Members members) {
        open.transport().setPeers(open.addresses(members));
    }

    /** On the thread of what failed, as its last act. The others must not go on for longer than they notice. */
    private void fail(Throwable cause) {
        threads.halt();
        onFailure.accept(cause);
    }

    private void wakeRaft() {
        raft.wake();
    }

    private static void checkNotApplying() {
        if (CommandContext.isApplying()) {
            throw new IllegalStateException(
                    "a state machine that is applying a command can't ask the replica: the answer"
                            + " would have to wait for the end of this very command. Do it before the command, or after it");
        }
    }
}
