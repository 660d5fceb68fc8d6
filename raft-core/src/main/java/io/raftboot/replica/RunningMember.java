package io.raftboot.replica;

import io.raftboot.api.RaftMembership;
import io.raftboot.api.meter.MemberLoad;
import io.raftboot.raft.AppliedConfiguration;
import io.raftboot.raft.Node;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.leader.Leadership;
import io.raftboot.replica.leader.ServiceLines;
import io.raftboot.replica.membership.Introduction;
import io.raftboot.replica.membership.JoinAnnouncement;
import io.raftboot.replica.membership.MemberAnnouncement;
import io.raftboot.replica.membership.Obstacles;
import io.raftboot.replica.read.LeaseConditions;
import io.raftboot.replica.report.LogTail;
import io.raftboot.replica.report.PeerReports;
import io.raftboot.replica.watch.Carriers;
import io.raftboot.replica.watch.Ending;
import io.raftboot.replica.watch.MemberGuard;
import io.raftboot.storage.MemberStorage;
import io.raftboot.transport.Transport;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of a member, from its start to its end. The {@link MemberOpening} makes it; a {@link Replica} has one at a time. */
final class RunningMember {
    private static final Logger log = LoggerFactory.getLogger(RunningMember.class);

    /** Open to the package for tests that look into a whole member. */
    final MemberWiring parts;

    private final ReplicaConfig config;
    private final MemberStorage storage;
    private final Transport transport;
    private final MemberCalls calls;
    private final SessionWatch sessions;
    private final StatusReport report;
    private final StatusBoard board;
    private final ServiceLines lines;
    private final OwnReport ownReport;
    private final PeerReports reports;
    private final LogTail logTail;
    private volatile boolean ended;

    /** Whether what waits in the stages has an answer; of the thread that closes the member. */
    private boolean stagesEmptied;

    /** Owned by the ticker. */
    private long ticks;

    /** The raft stage, as the guard sees it. */
    private record OwnerOfTheLog(MemberWiring parts) implements LogTail.RaftStage {
        @Override
        public void execute(Runnable task) {
            parts.links.tasks().execute(task);
        }

        @Override
        public boolean hangs() {
            return parts.guard.watch().hangs(MemberGuard.RAFT_STAGE);
        }
    }

    RunningMember(MemberWiring parts) {
        this.parts = parts;
        this.config = parts.config;
        this.storage = parts.opening.storage();
        this.transport = parts.opening.transport();
        this.calls = new MemberCalls(parts);
        this.sessions =
                new SessionWatch(config.sessions(), parts.machines.byName().values());
        this.report = new StatusReport(parts, sessions);
        var self = parts.links.self();
        long patienceNanos = self.electionTimeoutNanos();
        this.lines = new ServiceLines(
                config.nodeId(), self.clock(), patienceNanos, parts.guard.completions(), parts.links.events());
        this.board = new StatusBoard(
                parts.node,
                self.clock(),
                patienceNanos,
                parts.guard,
                report,
                StatusReport.notRunning(config, ReplicaState.RUNNING, null, null));
        this.ownReport = new OwnReport(parts, board, report);
        this.logTail = new LogTail(
                storage.reader(),
                parts.machines.byName(),
                new OwnerOfTheLog(parts),
                parts.guard.completions(),
                parts.guard,
                self);
        this.reports = new PeerReports(parts.links, transport, ownReport::now, parts.guard.completions());
    }

    /** Starts taking part: threads first, then the connections, then the ticks. */
    void start(Carriers carriers) throws IOException {
        boolean leases = parts.opening.leases() == LeaseConditions.Setting.ON;
        storage.beginRun(leases);
        var introduction = new Introduction(config, storage, parts.opening.runId());
        var self = introduction.toGroup(leases, parts.machines.byName());
        var announcement = new MemberAnnouncement(self, parts.leading.commands::submitToSystem);
        var joining = new JoinAnnouncement(self, parts.links, transport, parts.removal, parts.connections);
        parts.announceBy(joining);
        parts.guard.start();
        parts.threads.carry(carriers, List.of(parts.leading.raft, parts.logStage, parts.apply));
        transport.start(
                introduction.toOthers().withApplySkips(parts.skips.announcement()),
                parts.leading.fromPeers(parts, reports));
        parts.connections.changed();
        parts.threads.tick(config.tickInterval(), () -> tick(announcement, joining));
        if (singleVoter()) {
            parts.node.campaign();
        }
    }

    private void tick(MemberAnnouncement announcement, JoinAnnouncement joining) {
        parts.leading.raft.tick();
        parts.apply.tick();
        parts.spaceWatch.tick();
        parts.guard.tick();
        long nowNanos = parts.links.self().nowNanos();
        parts.snapshots.maker().look(nowNanos);
        parts.snapshots.intake().look(nowNanos);
        if (ticks++ % parts.electionTicks() == 0) {
            var unused = board.refresh();
        }
        sessions.tick();
        parts.links.events().tick();
        var view = parts.leading.raft.view();
        if (joining.waitsFor() == null) {
            lines.tick(view, () -> Obstacles.sentence(transport.obstacles()), report::trouble);
        }
        announcement.tick(parts.machines.system().members(), view.leaderId() != 0);
        joining.tick(storage.identity().clusterId() != 0);
        parts.connections.tick(
                view.leaderId() != 0 && parts.leading.standing.contact().trouble() == null);
    }

    /** How much waits; any thread. */
    MemberLoad load() {
        return parts.pending.load();
    }

    /** What callers ask of it. */
    MemberCalls calls() {
        return calls;
    }

    /** What callers ask about the members of the group. */
    RaftMembership membership() {
        return parts.leading.membership.calls;
    }

    /** Completes within an election timeout or so, whatever hangs. */
    CompletableFuture<ReplicaStatus> status(ReplicaState state) {
        return board.status(state);
    }

    /** How all members are. */
    PeerReports reports() {
        return reports;
    }

    /** The newest entries of its log. */
    LogTail logTail() {
        return logTail;
    }

    /** Before the start: where its reports have from what this run does not know. */
    RunningMember partOf(OwnReport.Whole whole) {
        ownReport.partOf(whole);
        return this;
    }

    /** Whether this member leads, and a majority has been heard of within an election timeout. */
    boolean leads(Leadership.View view) {
        return view.leaderId() == config.nodeId()
                && parts.leading.standing.majority().isMajorityBehind(view.term());
    }

    Leadership.View view() {
        return ended ? Leadership.View.ENDED : parts.leading.raft.view();
    }

    Node node() {
        return parts.node;
    }

    /** Runs the action once this member leads and has applied all that was committed before. */
    void onceLeading(Runnable action) {
        parts.leading.raft.onceReadyToLead(action);
    }

    /** Whether nobody else has a vote, as of the configuration in force: this member need not wait for anybody to lead. */
    boolean singleVoter() {
        return parts.links.inForce().voters().areOnly(config.nodeId());
    }

    AppliedConfiguration configuration() {
        return parts.links.inForce().now();
    }

    // Its end, in this order, by one thread that is none of its own.

    /** Waits until the commands under way have their outcome, or the time is up; not where nobody leads. */
    void drain(Duration patience) {
        if (!patience.isZero() && parts.leading.raft.view().leaderId() != 0) {
            await(parts.leading.commands.drained(), patience);
        }
    }

    /** Returns early if the thread is interrupted, which it keeps for later. */
    private void await(CompletableFuture<Void> done, Duration patience) {
        try {
            boolean unused = parts.opening.host().awaitDone(done, patience);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Nothing comes in any more, nothing new is begun, and snapshots are given up. */
    void leave() {
        Ending.step("halting the stages", parts.threads::halt);
        Ending.step("giving up snapshots", storage.snapshots().writes()::endAll);
        Ending.step("closing the transport", transport::close);
    }

    boolean awaitStages(Duration patience) throws InterruptedException {
        return parts.threads.awaitStages(patience);
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
        calls.end();
        Ending.step("leaving the office", parts.leading.leadership.office()::end);
        var last = lastKnown();
        Ending.step("stopping the core", parts.node::stop);
        if (stagesEnded) {
            emptyStages(why);
        }
        Ending.step("answering calls", () -> parts.guard.end(why));
        Ending.step("shutting down threads", parts.threads::shutdown);
        return last;
    }

    boolean awaitReaders(Duration patience) throws InterruptedException {
        return parts.threads.awaitReaders(patience);
    }

    boolean awaitUsersOfTheDirectory(Duration patience) throws InterruptedException {
        return parts.threads.awaitUsersOfTheDirectory(patience)
                && parts.opening.host().awaitDone(storage.snapshots().writes().none(), patience);
    }

    /** Those that keep the directory from being closed. Any thread. */
    Set<Thread> usersOfTheDirectory() {
        var users = parts.threads.usersOfTheDirectory();
        users.addAll(storage.snapshots().writes().threads());
        return users;
    }

    boolean own(Thread thread) {
        return parts.threads.own(thread);
    }

    /** Interrupts a state machine's writer that does not write, and so does not notice that the snapshot is given up. */
    void interruptSnapshot() {
        parts.snapshots.maker().interrupt();
        parts.snapshots.intake().interrupt();
    }

    /** Closes the directory, which nobody uses any more. */
    void close() {
        emptyStages("the member has stopped");
        try {
            storage.close();
        } catch (IOException e) {
            log.error("closing the log failed; what was acknowledged had been forced before", e);
        }
    }

    private @Nullable ReplicaStatus lastKnown() {
        try {
            return report.last();
        } catch (RuntimeException | Error e) {
            // This is of no importance beside the rest of the end, which must go on.
            log.warn("what the member was like when it ended can't be told", e);
            return null;
        }
    }

    private void emptyStages(String why) {
        if (!stagesEmptied) {
            stagesEmptied = true;
            parts.leading.raft.end(why);
            parts.apply.end(why);
        }
    }
}
