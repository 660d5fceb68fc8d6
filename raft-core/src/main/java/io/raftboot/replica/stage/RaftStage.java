package io.raftboot.replica.stage;

import com.google.protobuf.ByteString;
import io.raftboot.agent.Agent;
import io.raftboot.agent.AgentActivity;
import io.raftboot.agent.Clock;
import io.raftboot.agent.Inbox;
import io.raftboot.api.Outcome;
import io.raftboot.api.TransferOutcome;
import io.raftboot.notice.QuietLogger;
import io.raftboot.raft.AppliedConfiguration;
import io.raftboot.raft.Node;
import io.raftboot.raft.NodeIds;
import io.raftboot.raft.RaftException;
import io.raftboot.raft.RaftRole;
import io.raftboot.raft.Ready;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.replica.command.Command;
import io.raftboot.replica.command.CommandInbox;
import io.raftboot.replica.command.CommandRouter;
import io.raftboot.replica.command.CommandSession;
import io.raftboot.replica.command.LocalCommand;
import io.raftboot.replica.command.RemoteBatch;
import io.raftboot.replica.command.RemoteIntake;
import io.raftboot.replica.leader.AgreedTime;
import io.raftboot.replica.leader.CommitWatch;
import io.raftboot.replica.leader.DiskWatchdog;
import io.raftboot.replica.leader.FailoverHint;
import io.raftboot.replica.leader.HandOver;
import io.raftboot.replica.leader.LeaderAbsence;
import io.raftboot.replica.leader.LeaderContact;
import io.raftboot.replica.leader.LeaderWays;
import io.raftboot.replica.leader.Leadership;
import io.raftboot.replica.leader.MajorityContact;
import io.raftboot.replica.leader.Office;
import io.raftboot.replica.leader.Voters;
import io.raftboot.replica.membership.Obstacles;
import io.raftboot.replica.proto.LeaderInquiry;
import io.raftboot.replica.read.LeaderLease;
import io.raftboot.replica.read.LeaseConditions;
import io.raftboot.replica.read.PendingRead;
import io.raftboot.replica.read.ReadRouter;
import io.raftboot.replica.snapshot.LogCompaction;
import io.raftboot.replica.snapshot.OutgoingSnapshot;
import io.raftboot.replica.snapshot.SnapshotTransfers;
import io.raftboot.replica.space.SpacePolicy;
import io.raftboot.replica.space.SpaceWatch;
import io.raftboot.replica.watch.Ending;
import io.raftboot.storage.log.FetchedLog;
import io.raftboot.storage.log.LogReader;
import io.raftboot.storage.log.LogUpdate;
import io.raftboot.transport.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The first stage: drives the {@link Node}. Takes commands and reads, hands what the core decides to the transport, the
 * log and the apply stage, and keeps what has to do with leading. Owns the core and the reading end of the log.
 */
public final class RaftStage implements Agent {
    private final Logger log = QuietLogger.of(RaftStage.class);

    private static final int APPENDED_WITHIN_ELECTION_TIMEOUTS = 2;

    private final Inbox<Runnable> tasks = new Inbox<>();
    private final AgentActivity activity = new AgentActivity();
    private final CommandInbox commands;
    private final Node node;
    private final LogReader reader;
    private final FetchedLog fetchedLog;
    private final Transport transport;
    private final LogStage logStage;
    private final ApplyStage applyStage;
    private final OutgoingSnapshot snapshotSender;
    private final Leadership leadership;
    private final CommandRouter router;
    private final ReadRouter reads;
    private final HandOver transfer;
    private final FailoverHint failover;
    private final DiskWatchdog watchdog;
    private final ApplyWatchdog applyWatchdog;
    private final MajorityContact majority;
    private final LeaderContact leaderContact;
    private final LeaderWays leaderWays;
    private final CommitWatch commits;
    private final SpacePolicy space;
    private final RemoteIntake remote;
    private final Clock clock;
    private final long nodeId;
    private final long electionTimeoutNanos;
    private final LogCompaction compaction;

    /** The leader counts on this member to elect nobody else, whatever it believes to know of the leader's process. */
    private final boolean leases;

    private final List<Message> outgoing = new ArrayList<>();

    private volatile Runnable waker = () -> {};

    /** The configuration in force in the core. Other threads read it, a moment old. */
    private volatile AppliedConfiguration configuration;

    private long term;
    private long lastTickNanos;

    public RaftStage(RaftStageParts parts, FailoverHint.Timer timer) {
        this.node = parts.node();
        this.reader = parts.reader();
        this.fetchedLog = parts.fetchedLog();
        fetchedLog.answerOn(task -> tasks.put(() -> fetched(task)));
        this.transport = parts.transport();
        this.logStage = parts.logStage();
        this.applyStage = parts.applyStage();
        this.commands = parts.commands();
        this.clock = parts.clock();
        this.nodeId = parts.nodeId();
        this.remote = new RemoteIntake(parts.remote());
        this.electionTimeoutNanos = parts.electionTimeout().toNanos();
        this.leadership = new Leadership(parts.nodeId(), new AgreedTime(clock), parts.events());
        this.router = new CommandRouter(
                node,
                transport,
                leadership,
                parts.pending(),
                tasks::put,
                requestTimeout(parts),
                applyStage::restoredIndex,
                this::outOfSpace,
                parts.admission().apply(() -> configuration.state()));
        this.reads = new ReadRouter(
                node::basicStatus,
                node::readIndex,
                leadership,
                new LeaseConditions(parts.nodeId(), parts.leases(), () -> configuration.state(), parts.keepsLeases()),
                new LeaderLease(parts.electionTimeout(), parts.tickInterval()),
                applyStage::reads,
                clock,
                electionTimeoutNanos,
                parts.runId());
        this.leases = parts.leases() == LeaseConditions.Setting.ON;
        this.transfer = new HandOver(node, parts.nodeId(), leadership, electionTimeoutNanos);
        this.space = new SpacePolicy(
                parts.nodeId(), leadership, transfer, transport, applyStage::snapshotEarly, electionTimeoutNanos);
        var transfers = new SnapshotTransfers(parts.snapshots(), clock);
        this.compaction = new LogCompaction(node, reader, logStage, transfers, space, parts.retention(), clock);
        this.snapshotSender = new OutgoingSnapshot(
                node, transport, parts.snapshots(), transfers, compaction, applyStage::snapshotWanted, tasks::put);
        this.watchdog = new DiskWatchdog(electionTimeoutNanos);
        this.majority = new MajorityContact(
                nodeId,
                clock,
                electionTimeoutNanos,
                () -> Voters.of(configuration().state()));
        leadership.office().believeWhile(majority::isMajorityBehind);
        leadership.noteAbsence(new LeaderAbsence(parts.noLeader(), clock, electionTimeoutNanos));
        this.commits = new CommitWatch(clock, electionTimeoutNanos);
        leadership.explainBy(() -> Obstacles.sentence(transport.obstacles()));
        this.leaderContact = new LeaderContact(
                nodeId,
                clock,
                electionTimeoutNanos,
                transport,
                leadership,
                ofTerm -> majority.isMajorityBehind(ofTerm) && !commits.standsStill(),
                () -> node.basicStatus().hardState().getCommit(),
                applyStage::appliedIndex,
                tasks::put);
        this.leaderWays = new LeaderWays(
                nodeId,
                clock,
                electionTimeoutNanos,
                transport,
                leadership,
                reads,
                leaderContact::leaderServes,
                tasks::put);
        router.reportTo(leaderWays);
        this.applyWatchdog = new ApplyWatchdog(parts.watch(), leadership, transfer, leaderContact, applyStage);
        this.failover = new FailoverHint(
                node,
                parts.nodeId(),
                leadership,
                (task, delay) -> timer.schedule(() -> tasks.put(() -> runUnlessDiskHangs(task)), delay));
        var initial = reader.initialState();
        this.configuration = node.configuration();
        this.term = initial.hardState().getTerm();
        this.lastTickNanos = clock.nanoTime();
    }

    /** The leader answers when it has appended, not when it has committed: one that has not by then is hung, or gone. */
    private static Duration requestTimeout(RaftStageParts parts) {
        var appended = parts.electionTimeout().multipliedBy(APPENDED_WITHIN_ELECTION_TIMEOUTS);
        return appended.compareTo(parts.commandTimeout()) < 0 ? appended : parts.commandTimeout();
    }

    // --- any thread ---------------------------------------------------------------------------------------------

    public void submit(Command command) {
        commands.put(command);
    }

    /** The outcome of opening the session. */
    public void sessionOpened(CommandSession session, Outcome outcome) {
        tasks.put(() -> router.sessionOpened(outcome instanceof Outcome.Applied, session.opened(outcome)));
    }

    public void submit(RemoteBatch batch) {
        if (remote.admit(batch)) {
            tasks.put(() -> batch.commands().forEach(router::add));
        }
    }

    public void read(PendingRead read) {
        tasks.put(() -> reads.add(read));
    }

    public void transferLeadership(@Nullable Long targetId, CompletableFuture<TransferOutcome> future) {
        tasks.put(() -> transfer.request(targetId, future, clock.nanoTime()));
    }

    /** A batch of the log is durable; the responses are those for this member itself. */
    public void durable(LogUpdate update, List<Message> responses, List<Snapshot> taken) {
        tasks.put(() -> {
            reader.advance(update);
            responses.forEach(node::step);
            taken.forEach(compaction::taken);
            fetchedLog.shortened();
        });
    }

    /** A committed change of the configuration; takes effect before anything that is stepped after this call. */
    public void applyConfChange(ConfChangeV2 change, long index) {
        node.applyConfChange(change, index);
    }

    /** The configuration in force, a moment old. */
    public AppliedConfiguration configuration() {
        return configuration;
    }

    public void processGone(long peerId) {
        if (!leases) {
            tasks.put(() -> failover.processGone(peerId, configuration.state()));
        }
    }

    public void connected(long peerId) {
        tasks.put(() -> {
            transfer.connected(peerId);
            space.connected(peerId);
        });
    }

    /** This member has looked how much room its disk has. */
    public void space(SpaceWatch.Report report) {
        tasks.put(() -> space.seen(report, configuration.state(), clock.nanoTime()));
    }

    /** Another member says whether its disk has little room. */
    public void spaceOf(long peerId, boolean low) {
        tasks.put(() -> space.told(peerId, low, configuration.state(), clock.nanoTime()));
    }

    /** Another member asks how far the group is. */
    public void asked(long from, LeaderInquiry inquiry, CompletableFuture<ByteString> response) {
        tasks.put(() -> leaderContact.asked(from, inquiry, response));
    }

    /** Who is heard of while this member leads. Any thread. */
    public MajorityContact majority() {
        return majority;
    }

    /** How this member stands to its leader; any thread, but only what says so. */
    public LeaderContact leaderContact() {
        return leaderContact;
    }

    /** Why this member can't serve as it stands to its leader, or as the leader, in a sentence; null if it can. Any thread. */
    @Nullable
    public String trouble() {
        var standstill = commits.trouble();
        if (standstill != null) {
            return standstill;
        }
        var behind = leaderContact.trouble();
        return behind == null ? leaderWays.trouble() : behind;
    }

    /** What is told of this member's leadership; any thread. */
    public Office office() {
        return leadership.office();
    }

    public void disconnected(long peerId) {
        tasks.put(() -> transfer.disconnected(peerId));
    }

    /** Runs the task on this stage. */
    public void run(Runnable task) {
        tasks.put(task);
    }

    public void voteRequested() {
        tasks.put(failover::voteRequested);
    }

    void onceLeaderKnown(Runnable action) {
        tasks.put(() -> leadership.onceKnown(action));
    }

    public void onceReadyToLead(Runnable action) {
        tasks.put(() -> leadership.onceReady(action));
    }

    public void tick() {
        // Without ticks a follower's election timeout stands still: so one whose disk hangs does not campaign.
        if (mayCampaign() || leadership.view().role() == RaftRole.LEADER) {
            node.tick();
        }
        tasks.put(this::ticked);
    }

    /** Not while the disk hangs: this member could not even vote for itself, and would only raise the term. */
    public boolean mayCampaign() {
        return !watchdog.hangs();
    }

    /** The core's mailbox has something for this stage. */
    public void wake() {
        waker.run();
    }

    /** On this stage: the core did not take a command that was proposed to it. */
    public void dropped(LocalCommand command, RaftException reason) {
        router.dropped(command, reason);
    }

    public Leadership.View view() {
        return leadership.view();
    }

    // --- the stage ----------------------------------------------------------------------------------------------

    @Override
    public void wakeWith(Runnable newWaker) {
        waker = newWaker;
        tasks.wakeWith(newWaker);
        commands.wakeWith(newWaker);
    }

    @Override
    public AgentActivity activity() {
        return activity;
    }

    @Override
    public String name() {
        return "raft";
    }

    @Override
    public int doWork() {
        int work = 0;
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            activity.next();
            task.run();
            work++;
        }
        for (Command command = commands.poll(); command != null; command = commands.poll()) {
            router.add(command);
            work++;
        }
        if (leadership.becomeReady(applyStage.appliedTerm(), applyStage::agreedTimeMillis)) {
            router.retryResting();
        }
        activity.next();
        router.route();
        reads.route();
        activity.next();
        var ready = node.poll();
        deliverConfiguration();
        if (ready != null) {
            handle(ready);
            work++;
        }
        return work;
    }

    /** The stage is carried by no thread any more: everything that waits gets its answer. */
    public void end(String why) {
        Ending.step("the reading of old entries", fetchedLog::end);
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            Ending.step("a task of the raft stage", task);
        }
        for (Command command = commands.poll(); command != null; command = commands.poll()) {
            router.add(command);
        }
        Ending.step("answering commands", () -> router.end(why));
        Ending.step("answering reads", () -> reads.end(why));
        Ending.step("answering transfers", () -> transfer.end(new TransferOutcome.TimedOut(why)));
        Ending.step("giving up the sending of snapshots", snapshotSender::end);
        Ending.step("leaving the office", leadership::end);
    }

    /**
     * The core alone knows the configuration, whether it came with the start, an entry or a snapshot. All that counts voters
     * here looks at this copy, and the apply stage is told, before anything is done that follows from it.
     */
    private void deliverConfiguration() {
        var inForce = node.configuration();
        if (!inForce.equals(configuration)) {
            configuration = inForce;
            applyStage.configured(inForce);
        }
    }

    private void handle(Ready ready) {
        if (ready.hardState() != null) {
            term = ready.hardState().getTerm();
        }
        if (leadership.update(ready.softState(), term)) {
            reads.leaderChanged();
            router.retryResting();
            transfer.leaderChanged();
            space.leaderChanged(configuration.state(), clock.nanoTime());
            leaderContact.leaderChanged();
            leaderWays.leaderChanged();
        }
        ready.readStates().forEach(reads::answered);
        for (Message message : DurableVotes.hold(ready.messages())) {
            dispatch(message);
        }
        if (!outgoing.isEmpty()) {
            transport.send(List.copyOf(outgoing));
            outgoing.clear();
        }
        if (reader.snapshotWanted()) {
            compaction.snapshotWanted();
            applyStage.snapshotWanted(Math.max(reader.firstIndex() - 1, 1));
        }
    }

    private void dispatch(Message message) {
        if (message.getTo() == NodeIds.LOCAL_APPEND_THREAD) {
            logStage.append(message);
        } else if (message.getTo() == NodeIds.LOCAL_APPLY_THREAD) {
            applyStage.entries(message);
        } else if (message.hasSnapshot() && message.getSnapshot().getMetadata().getIndex() > 0) {
            snapshotSender.send(message, configuration.index());
        } else {
            reads.sending(message);
            outgoing.add(message);
        }
    }

    private void ticked() {
        long now = clock.nanoTime();
        notePause(now);
        router.retryResting();
        long appliedTerm = applyStage.appliedTerm();
        router.sweep(now, appliedTerm, applyStage.restoredIndex());
        reads.expire(now);
        transfer.tick(now);
        giveUpLeadershipIfDiskHangs(now);
        compaction.tick();
        fetchedLog.shortened();
        applyWatchdog.tick(now);
        commits.tick(
                leadership.leads(),
                reader.lastIndex(),
                node.basicStatus().hardState().getCommit());
        leaderContact.tick();
        leaderWays.tick();
        applyStage.expireReads(now);
    }

    private void notePause(long now) {
        long pauseNanos = now - lastTickNanos;
        if (pauseNanos > electionTimeoutNanos) {
            reads.paused(now);
            log.warn(
                    "the process stood still for {} ms, longer than an election timeout; long collections of garbage,"
                            + " a suspended machine or too little processor time do that",
                    pauseNanos / 1_000_000);
        }
        lastTickNanos = now;
    }

    private void giveUpLeadershipIfDiskHangs(long now) {
        boolean leadsOthers =
                leadership.leads() && Voters.of(configuration.state()).includeOthersThan(nodeId);
        long underWayNanos = Math.max(logStage.underWayNanos(), fetchedLog.underWayNanos());
        switch (watchdog.tick(underWayNanos, leadsOthers)) {
            case NONE -> {}
            case HAND_OVER -> transfer.request(null, new CompletableFuture<>(), now);
            case STEP_DOWN -> node.stepDown();
        }
    }

    private @Nullable String outOfSpace() {
        return space.refusal();
    }

    private void runUnlessDiskHangs(Runnable task) {
        if (mayCampaign()) {
            task.run();
        }
    }

    private void fetched(Runnable window) {
        window.run();
        node.entriesFetched();
    }
}
