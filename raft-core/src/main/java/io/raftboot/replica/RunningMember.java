package io.raftboot.replica;

import io.raftboot.agent.Clock;
import io.raftboot.agent.ThreadGuard;
import io.raftboot.api.CommandContext;
import io.raftboot.api.Consistency;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOptions;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.api.SnapshotOutcome;
import io.raftboot.api.TransferOutcome;
import io.raftboot.raft.AppliedConfiguration;
import io.raftboot.raft.Node;
import io.raftboot.raft.Status;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.replica.command.ByteBudget;
import io.raftboot.replica.command.CommandAdmission;
import io.raftboot.replica.command.CommandInbox;
import io.raftboot.replica.command.CommandIntake;
import io.raftboot.replica.command.PendingCommands;
import io.raftboot.replica.command.TakeOverOrders;
import io.raftboot.replica.config.MemoryBudget;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.leader.Leadership;
import io.raftboot.replica.leader.Voters;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.machine.SystemMachine;
import io.raftboot.replica.membership.ClusterSearch;
import io.raftboot.replica.membership.MemberAnnouncement;
import io.raftboot.replica.membership.Obstacles;
import io.raftboot.replica.membership.PeerAddresses;
import io.raftboot.replica.membership.PeerIdentities;
import io.raftboot.replica.membership.PeerPublication;
import io.raftboot.replica.membership.RejectedConnections;
import io.raftboot.replica.read.LeaseConditions;
import io.raftboot.replica.read.ParkedReads;
import io.raftboot.replica.read.PendingRead;
import io.raftboot.replica.snapshot.SnapshotIntake;
import io.raftboot.replica.snapshot.SnapshotMaker;
import io.raftboot.replica.snapshot.SnapshotTrigger;
import io.raftboot.replica.snapshot.SnapshotWork;
import io.raftboot.replica.space.SpaceWatch;
import io.raftboot.replica.stage.ApplyEvents;
import io.raftboot.replica.stage.ApplyStage;
import io.raftboot.replica.stage.ApplyWatchdog;
import io.raftboot.replica.stage.LogStage;
import io.raftboot.replica.stage.RaftStage;
import io.raftboot.replica.stage.RaftStageParts;
import io.raftboot.replica.watch.Ending;
import io.raftboot.replica.watch.TimedCall;
import io.raftboot.replica.watch.TimedFuture;
import io.raftboot.storage.log.LogUpdate;
import io.raftboot.transport.RemoteMember;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a member, from its start to its stop: what is open, the three stages, and the wiring between them. The
 * {@link MemberOpening} makes it; a {@link Replica} has one at a time.
 */
final class RunningMember implements ApplyEvents, LogStage.LogEvents {
    private static final Logger log = LoggerFactory.getLogger(RunningMember.class);

    private final ReplicaConfig config;
    private final OpenParts open;
    private final Node node;
    private final RaftStage raft;
    private final LogStage logStage;
    private final ApplyStage apply;
    private final SystemMachine system;
    private final PeerIdentities identities;
    private final SkipAgreement skips;
    private final boolean leases;
    private final SnapshotTrigger snapshotTrigger;
    private final SnapshotMaker snapshotMaker;
    private final SnapshotIntake snapshotIntake;
    private final PendingCommands pending;
    private final ByteBudget readBudget;
    private final CommandIntake intake;
    private final RejectedConnections refusals = new RejectedConnections();
    private final PeerAddresses addresses;
    private final @Nullable ClusterSearch search;
    private final TakeOverOrders orders;
    private final Map<String, MachineSlot> machines;
    private final MemberThreads threads;
    private final SpaceWatch spaceWatch;
    private final Guard guard;
    private final StatusBoard statusBoard;
    private final AtomicInteger snapshotsArriving = new AtomicInteger();
    private final SessionWatch sessionWatch;
    private final ServiceLines serviceLines;
    private final Clock clock;
    private final Duration electionTimeout;
    private final PeerPublication peers = new PeerPublication(this::connect);
    private final int electionTicks;
    private final Consumer<Throwable> onFailure;
    private volatile boolean ended;

    /** Whether what waits in the stages has an answer; of the thread that closes the member. */
    private boolean stagesEmptied;

    /** Owned by the log stage. */
    private long lastLogSizeBytes;

    /** Owned by the ticker. */
    private long ticks;

    RunningMember(MemberOpening opening) throws IOException {
        this.config = opening.config();
        this.open = opening.parts();
        this.machines = opening.machines();
        this.clock = opening.host().clock();
        this.onFailure = opening.onFailure();
        this.pending = new PendingCommands(config.maxPendingCommands(), config.maxPendingBytes(), 0);
        this.readBudget = new ByteBudget(config.maxPendingBytes());
        this.electionTimeout = opening.electionTimeout();
        this.threads = new MemberThreads(opening.host(), "raft-" + config.nodeId(), this::fail);
        this.guard = new Guard(config, opening.host(), electionTimeout, this::fail);
        this.system = new SystemMachine(open.storage().identity().clusterId());
        this.snapshotTrigger = new SnapshotTrigger(config.snapshots(), config.nodeId(), clock);
        this.logStage = new LogStage(open.storage().writer(), this, clock);
        var snapshotWork = new SnapshotWork();
        this.snapshotMaker = new SnapshotMaker(
                open.storage().snapshots(),
                config.snapshots().retainedCount(),
                guard.snapshotWriter(threads.snapshots(), snapshotWork),
                logStage::taken,
                snapshotWork);
        this.snapshotIntake = new SnapshotIntake(open.storage().snapshots(), system, snapshotsArriving, machines);
        snapshotTrigger.received(snapshotIntake::refusal);
        var base = open.base();
        var commands = new CommandInbox(clock);
        this.apply = new ApplyStage(
                machines,
                system,
                pending,
                open.storage().snapshots(),
                snapshotMaker,
                snapshotTrigger,
                this,
                new ParkedReads(threads.readers()),
                commands,
                config,
                open.runId(),
                new AppliedConfiguration(
                        base.snapshot().getMetadata().getIndex(),
                        base.snapshot().getMetadata().getConfState()));
        apply.begin(base.snapshot(), base.hasFile());
        this.skips = opening.skipAgreement(system::skipped, apply::appliedIndex, this::fail);
        var fetchedLog = open.storage().fetchedLog(guard.logFetcher(threads.fetcher()));
        this.node = opening.newNode(fetchedLog, this::wakeRaft);
        long commitIndex = open.storage().reader().initialState().hardState().getCommit();
        this.identities = new PeerIdentities(system::members, () -> apply.appliedIndex() >= commitIndex);
        this.leases = opening.leases() == LeaseConditions.Setting.ON;
        this.raft = new RaftStage(
                new RaftStageParts(
                        config.nodeId(),
                        open.runId(),
                        node,
                        open.storage().reader(),
                        fetchedLog,
                        open.transport(),
                        logStage,
                        apply,
                        open.storage().snapshots(),
                        pending,
                        commands,
                        opening.events(),
                        clock,
                        config.tickInterval(),
                        electionTimeout,
                        config.commandTimeout(),
                        opening.retention(),
                        opening.leases(),
                        identities::keepsLeases,
                        new ByteBudget(opening.memory().remoteBytes()),
                        config.noLeader(),
                        guard.watch(),
                        voters -> new CommandAdmission(
                                config.group(), config.nodeId(), machines, voters, system::members)),
                threads::schedule);
        this.sessionWatch = new SessionWatch(config.sessions(), machines.values());
        this.serviceLines = new ServiceLines(config.nodeId(), clock, electionTimeout.toNanos(), guard.completions());
        this.addresses = new PeerAddresses(config, refusals, clock, guard.completions());
        this.orders = new TakeOverOrders(
                node, raft::view, open.transport(), clock, electionTimeout, raft::run, raft::mayCampaign);
        this.search = open.searchesCluster() ? newSearch(opening) : null;
        guard.watch(raft, logStage, apply);
        this.electionTicks = Math.toIntExact(electionTimeout.dividedBy(config.tickInterval()));
        this.spaceWatch = new SpaceWatch(
                open.storage(),
                config,
                clock,
                guard.spaceWatch(threads.space()),
                electionTicks,
                raft::space,
                this::fail);
        this.intake = new CommandIntake(config, open.runId(), machines.values(), pending, raft, clock, guard::add);
        this.statusBoard = new StatusBoard(
                node,
                clock,
                electionTimeout.toNanos(),
                guard,
                this::report,
                this::service,
                StatusReport.notRunning(config, ReplicaState.RUNNING, null, null));
    }

    /** Starts taking part: threads first, then the connections, then the ticks. */
    void start(Carriers carriers) throws IOException {
        open.storage().beginRun(leases);
        var run = open.newRun();
        var announcement = new MemberAnnouncement(open.self(run, leases, machines), intake::submitToSystem);
        guard.start();
        threads.carry(carriers, List.of(raft, logStage, apply));
        var listener = new FromPeers(
                node,
                raft,
                snapshotIntake,
                identities,
                skips,
                refusals,
                orders,
                () -> addresses.all(system.members()),
                this::met,
                config.maxCommandSizeBytes(),
                new ThreadGuard(this::fail)::failed);
        open.transport().start(open.localMember(run).withApplySkips(skips.announcement()), listener);
        peers.changed();
        threads.tick(config.tickInterval(), () -> {
            raft.tick();
            apply.tick();
            spaceWatch.tick();
            guard.tick();
            lookAtSnapshots();
            refreshStatus();
            sessionWatch.tick();
            addresses.tick();
            serviceLines.tick(
                    raft.view(),
                    () -> Obstacles.sentence(open.transport().obstacles()),
                    () -> trouble(isSnapshotArriving()));
            announcement.tick(system.members(), raft.view().leaderId() != 0);
            searchCluster();
        });
        if (singleVoter()) {
            node.campaign();
        }
    }

    // --- for callers, any thread --------------------------------------------------------------------------------

    /** @param key null for a command that the member's session tells from others */
    CompletableFuture<Outcome> submit(
            String machine, byte[] payload, @Nullable String key, @Nullable Duration timeout) {
        checkNotApplying();
        var outcome = intake.submit(machine, payload, key, timeout == null ? config.commandTimeout() : timeout);
        return guard.handOn(outcome, Outcome.Applied.class);
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
        var read = new PendingRead(slot, query, options, deadline(timeout), () -> readBudget.release(bytes));
        guard.add(read);
        if (options.consistency() == Consistency.LOCAL && !read.boundsStaleness()) {
            apply.reads(List.of(read), options.minIndex());
        } else {
            raft.read(read);
        }
        if (ended) {
            read.refuse(RefusalReason.NOT_RUNNING, "the member has stopped");
        }
        return guard.handOn(read.future(), ReadOutcome.Answered.class);
    }

    CompletableFuture<TransferOutcome> transferLeadership(@Nullable Long targetId) {
        checkNotApplying();
        var future = new CompletableFuture<TransferOutcome>();
        guard.add(new TimedFuture<>(
                future,
                deadline(electionTimeout),
                hint -> new TransferOutcome.TimedOut("nobody took over within an election timeout" + hint),
                TransferOutcome.TimedOut::new));
        var outcome = new CompletableFuture<TransferOutcome>();
        raft.transferLeadership(targetId, outcome);
        // Handed on, because what is attached to the caller's future must not run on the raft stage.
        var unused = outcome.thenAcceptAsync(future::complete, guard.completions());
        if (ended) {
            future.complete(new TransferOutcome.NotLeader(null));
        }
        return future;
    }

    CompletableFuture<SnapshotOutcome> takeSnapshot() {
        checkNotApplying();
        var future = new CompletableFuture<SnapshotOutcome>();
        // However long that takes; but not beyond the member's end.
        guard.add(new TimedFuture<>(
                future, deadline(TimedCall.LONGEST), SnapshotOutcome.NotTaken::new, SnapshotOutcome.NotTaken::new));
        var outcome = new CompletableFuture<SnapshotOutcome>();
        apply.snapshotRequested(outcome);
        // Handed on, because what is attached to the caller's future must not run on the apply stage, nor hold up a
        // writer.
        var unused = outcome.thenAcceptAsync(future::complete, guard.completions());
        if (ended) {
            future.complete(new SnapshotOutcome.NotTaken("the member has stopped"));
        }
        return future;
    }

    /** Completes within an election timeout or so, whatever hangs. */
    CompletableFuture<ReplicaStatus> status(ReplicaState state) {
        return statusBoard.status(state);
    }

    private ReplicaStatus report(Status status) {
        return StatusReport.of(
                config,
                ReplicaState.RUNNING,
                status,
                open.storage(),
                apply,
                snapshotTrigger,
                spaceWatch.snapshotSizeBytes(),
                disk(),
                refusals.reasons(),
                ReplicaStatus.Service.UNKNOWN,
                open.transport().reach(),
                sessionWatch.states());
    }

    private ReplicaStatus.Service service(boolean stale) {
        var watch = guard.watch();
        var hangs = watch.hangs().stream()
                .map(hang -> new ReplicaStatus.Hang(hang.stage(), hang.what(), watch.millis(hang)))
                .toList();
        boolean arriving = isSnapshotArriving();
        return new ReplicaStatus.Service(
                trouble(arriving), raft.leaderContact().leaderCommitIndex(), arriving, hangs, stale);
    }

    private @Nullable String trouble(boolean snapshotArriving) {
        for (var hang : guard.watch().hangs()) {
            if (hang.stage().equals(Guard.RAFT_STAGE) || hang.stage().equals(ApplyWatchdog.STAGE)) {
                return guard.watch().describe(hang);
            }
        }
        if (snapshotArriving) {
            return "a snapshot is coming in from another member, or replaces the state";
        }
        return raft.view().leader() == null ? "no leader is known" + obstacles() : raft.trouble();
    }

    private boolean isSnapshotArriving() {
        return snapshotsArriving.get() > 0 || apply.isInstalling();
    }

    private String obstacles() {
        return Obstacles.text(open.transport().obstacles(), refusals.reasons().keySet());
    }

    /** Whether this member leads, and a majority has been heard of within an election timeout. */
    boolean leads(Leadership.View view) {
        return view.leaderId() == config.nodeId() && raft.majority().isMajorityBehind(view.term());
    }

    private void refreshStatus() {
        if (ticks++ % electionTicks == 0) {
            var unused = statusBoard.refresh();
        }
    }

    private void lookAtSnapshots() {
        long nowNanos = clock.nanoTime();
        snapshotMaker.look(nowNanos);
        snapshotIntake.look(nowNanos);
    }

    Leadership.View view() {
        return ended ? Leadership.View.ENDED : raft.view();
    }

    private ReplicaStatus.DiskState disk() {
        var report = spaceWatch.report();
        return new ReplicaStatus.DiskState(
                report.usableBytes(),
                report.low(),
                !raft.mayCampaign() || guard.watch().hangs(Guard.LOG_STAGE));
    }

    Node node() {
        return node;
    }

    /** Runs the action once this member leads and has applied all that was committed before. */
    void onceLeading(Runnable action) {
        raft.onceReadyToLead(action);
    }

    /** Whether nobody else has a vote, as of the configuration in force: this member need not wait for anybody to lead. */
    boolean singleVoter() {
        return Voters.of(configuration().state()).areOnly(config.nodeId());
    }

    AppliedConfiguration configuration() {
        return raft.configuration();
    }

    // --- its end, in this order, by one thread that is none of its own ------------------------------------------

    /** Waits until the commands under way have their outcome, or the time is up; not where nobody leads. */
    void drain(Duration timeout) {
        if (!timeout.isZero() && raft.view().leaderId() != 0) {
            var futures = new ArrayList<CompletableFuture<Outcome>>();
            pending.forEach(command -> futures.add(command.future()));
            Waiting.forAll(futures, timeout);
        }
    }

    /** Nothing comes in any more, nothing new is begun, and snapshots are given up. */
    void leave() {
        Ending.step("halting the stages", threads::halt);
        Ending.step("giving up snapshots", open.storage().snapshots().writes()::endAll);
        Ending.step("closing the transport", open.transport()::close);
    }

    boolean awaitStages(Duration patience) throws InterruptedException {
        return threads.awaitStages(patience);
    }

    /**
     * Answers whoever waits.
     *
     * @param stagesEnded whether the stages have; if not, what they own is left alone
     * @return what was known last; null if that can't be told
     */
    @Nullable
    ReplicaStatus answerAll(String why, boolean stagesEnded) {
        ended = true;
        guard.handOnNothing();
        intake.end();
        Ending.step("leaving the office", raft.office()::end);
        var last = lastKnown();
        Ending.step("stopping the core", node::stop);
        if (stagesEnded) {
            emptyStages(why);
        }
        Ending.step("answering calls", () -> guard.end(why));
        Ending.step("shutting down threads", threads::shutdown);
        return last;
    }

    boolean awaitReaders(Duration patience) throws InterruptedException {
        return threads.awaitReaders(patience);
    }

    boolean awaitUsersOfTheDirectory(Duration patience) throws InterruptedException {
        return threads.awaitUsersOfTheDirectory(patience)
                && open.storage().snapshots().writes().awaitNone(patience);
    }

    /** Those that keep the directory from being closed. Any thread. */
    Set<Thread> usersOfTheDirectory() {
        var users = threads.usersOfTheDirectory();
        users.addAll(open.storage().snapshots().writes().threads());
        return users;
    }

    boolean own(Thread thread) {
        return threads.own(thread);
    }

    /** For a state machine's writer that does not write, and so does not notice that the snapshot is given up. */
    void interruptSnapshot() {
        snapshotMaker.interrupt();
        snapshotIntake.interrupt();
    }

    /** Closes the directory, which nobody uses any more. */
    void close() {
        emptyStages("the member has stopped");
        open.close();
    }

    private @Nullable ReplicaStatus lastKnown() {
        try {
            return StatusReport.last(
                    config,
                    node,
                    raft,
                    open.storage(),
                    apply,
                    snapshotTrigger,
                    spaceWatch.snapshotSizeBytes(),
                    disk(),
                    sessionWatch.states());
        } catch (RuntimeException | Error e) {
            // Of no importance beside the rest of the end, which must go on.
            log.warn("what the member was like when it ended can't be told", e);
            return null;
        }
    }

    private void emptyStages(String why) {
        if (!stagesEmptied) {
            stagesEmptied = true;
            raft.end(why);
            apply.end(why);
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
        peers.changed();
    }

    // ------------------------------------------------------------------------------------------------------------

    private long deadline(Duration timeout) {
        return TimedCall.deadline(clock, timeout);
    }

    private void connect() {
        var members = system.members();
        if (!members.byId().isEmpty()) {
            addresses.forgetTold();
        }
        addresses.compare(members);
        open.transport().setPeers(addresses.of(members));
    }

    private ClusterSearch newSearch(MemberOpening opening) {
        return new ClusterSearch(
                addresses.configuredOthers(),
                open.transport(),
                refusals,
                clock,
                opening.electionTimeout(),
                id -> threads.space().execute(() -> learnClusterId(id)),
                told -> {
                    if (addresses.tell(told)) {
                        peers.changed();
                    }
                });
    }

    private void met(RemoteMember remote) {
        if (search != null) {
            search.met(remote);
        }
    }

    /** On the ticker. */
    private void searchCluster() {
        if (search != null) {
            boolean clusterKnown = open.storage().identity().clusterId() != 0;
            if (!clusterKnown || configuration().state().getVotersCount() == 0) {
                search.tick(clusterKnown);
            }
        }
    }

    /** Durable first: whatever is said or written from then on is of this cluster. */
    private void learnClusterId(long clusterId) {
        try {
            open.storage().learnClusterId(clusterId);
        } catch (IOException | RuntimeException e) {
            fail(e);
            return;
        }
        system.clusterIdLearned(clusterId);
        open.transport().clusterIdLearned(clusterId);
        log.info("node {} has learned that its cluster is {}", config.nodeId(), Long.toHexString(clusterId));
    }

    /** On the thread of what failed, as its last act. The others must not go on for longer than they notice. */
    private void fail(Throwable cause) {
        try {
            threads.halt();
        } finally {
            onFailure.accept(cause);
        }
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
