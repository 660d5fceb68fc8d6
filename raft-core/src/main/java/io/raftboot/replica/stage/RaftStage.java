package io.raftboot.replica.stage;

import io.raftboot.agent.Agent;
import io.raftboot.agent.AgentActivity;
import io.raftboot.api.event.EventType;
import io.raftboot.notice.QuietLogger;
import io.raftboot.raft.Node;
import io.raftboot.raft.NodeIds;
import io.raftboot.raft.RaftRole;
import io.raftboot.raft.Ready;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.replica.command.Commands;
import io.raftboot.replica.duty.Duty;
import io.raftboot.replica.duty.EventSink;
import io.raftboot.replica.duty.Links;
import io.raftboot.replica.leader.Leadership;
import io.raftboot.replica.read.Reads;
import io.raftboot.replica.watch.Ending;
import io.raftboot.storage.log.LogUpdate;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;

/**
 * The first stage: drives the {@link Node}. Takes commands and reads, hands what the core decides to the transport, the log and the
 * apply stage, and calls upon all that has to do with leading. Owns the core and the reading end of the log.
 */
public final class RaftStage implements Agent {
    private final Logger log = QuietLogger.of(RaftStage.class);

    private final AgentActivity activity = new AgentActivity();
    private final Links links;
    private final Core core;
    private final Node node;
    private final Outlets outlets;
    private final Commands commands;
    private final Reads reads;
    private final Leadership leadership;
    private final List<Duty> duties;
    private final List<Message> outgoing = new ArrayList<>();
    private final CommitClock commits;
    private long term;
    private long votedFor;
    private long lastTickNanos;

    /** @param duties in the order in which they are called upon, commands and reads among them */
    public RaftStage(
            Links links,
            Core core,
            Outlets outlets,
            Commands commands,
            Reads reads,
            Leadership leadership,
            List<Duty> duties) {
        this.links = links;
        this.core = core;
        this.node = core.node();
        this.outlets = outlets;
        this.commands = commands;
        this.reads = reads;
        this.leadership = leadership;
        this.duties = List.copyOf(duties);
        this.commits = new CommitClock(links.self().clock(), links.meter());
        var before = core.reader().initialState().hardState();
        this.term = before.getTerm();
        this.votedFor = before.getVote();
        this.lastTickNanos = links.self().nowNanos();
        links.meter().termChanged(term);
        core.fetchedLog().answerOn(window -> links.tasks().execute(() -> fetched(window)));
        boolean unused = links.inForce().update(node.configuration());
    }

    /** Any thread: a batch of the log is durable; the responses are those for this member itself. */
    void durable(LogUpdate update, List<Message> responses, List<Snapshot> taken) {
        links.tasks().execute(() -> {
            core.reader().advance(update);
            responses.forEach(node::step);
            taken.forEach(outlets.snapshots()::taken);
            core.fetchedLog().shortened();
        });
    }

    /** Any thread: there is a connection to another member. */
    public void connected(long peerId) {
        links.tasks().execute(() -> {
            duties.forEach(duty -> duty.connected(peerId));
            links.events().note(EventType.CONNECTION, peerId, "there is a connection to node {}", peerId);
        });
    }

    /** Any thread: the connection to another member is gone. */
    public void disconnected(long peerId) {
        links.tasks().execute(() -> {
            duties.forEach(duty -> duty.disconnected(peerId));
            links.events().warning(EventType.CONNECTION, peerId, "the connection to node {} is gone", peerId);
        });
    }

    /** Any thread: runs the action once this member leads and has seen all that was committed before. */
    public void onceReadyToLead(Runnable action) {
        links.tasks().execute(() -> leadership.onceReady(action));
    }

    /** Any thread: a tick has passed. */
    public void tick() {
        // Without ticks a follower's election timeout stands still: so one whose disk hangs does not campaign.
        if (!core.disk().hangs() || leadership.view().role() == RaftRole.LEADER) {
            node.tick();
        }
        links.tasks().execute(this::ticked);
    }

    /** Any thread: who leads, a moment old. */
    public Leadership.View view() {
        return leadership.view();
    }

    @Override
    public void wakeWith(Runnable waker) {
        links.tasks().wakeWith(waker);
        commands.wakeWith(waker);
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
        for (Runnable task = links.tasks().poll();
                task != null;
                task = links.tasks().poll()) {
            activity.next();
            task.run();
            work++;
        }
        work += commands.take();
        var applied = links.applied().now();
        if (leadership.becomeReady(applied.term(), applied::agreedTimeMillis)) {
            commands.readyToLead();
        }
        activity.next();
        commands.route();
        reads.step();
        activity.next();
        var ready = node.poll();
        if (links.inForce().update(node.configuration())) {
            // Before anything is done that follows from it.
            outlets.applyStage().configured(links.inForce().now());
            links.events()
                    .note(
                            EventType.MEMBERS,
                            EventSink.NO_NODE,
                            "{}",
                            ConfigurationText.of(links.inForce().now()));
        }
        if (ready != null) {
            handle(ready);
            work++;
        }
        return work;
    }

    /** The stage is carried by no thread any more: everything that waits gets its answer. */
    public void end(String why) {
        Ending.step("the reading of old entries", core.fetchedLog()::end);
        for (Runnable task = links.tasks().poll();
                task != null;
                task = links.tasks().poll()) {
            Ending.step("a task of the raft stage", task);
        }
        for (Duty duty : duties) {
            Ending.step("the end of " + duty.getClass().getSimpleName(), () -> duty.end(why));
        }
        Ending.step("leaving the office", leadership::end);
    }

    private void handle(Ready ready) {
        if (ready.hardState() != null && ready.hardState().getTerm() != term) {
            term = ready.hardState().getTerm();
            votedFor = 0;
            links.meter().termChanged(term);
        }
        if (ready.hardState() != null) {
            noteVote(ready.hardState().getVote());
        }
        boolean stood = stands(leadership.view().role());
        if (leadership.update(ready.softState(), term)) {
            commits.forget();
            duties.forEach(Duty::leaderChanged);
        }
        if (ready.hardState() != null) {
            commits.committed(ready.hardState().getCommit());
            commands.committed(ready.hardState().getCommit());
        }
        if (!stood && stands(leadership.view().role())) {
            links.meter().electionBegun();
            noteElection(leadership.view().role() == RaftRole.CANDIDATE ? term : term + 1);
        }
        ready.readStates().forEach(reads::answered);
        for (Message message : DurableVotes.hold(ready.messages())) {
            dispatch(message);
        }
        if (!outgoing.isEmpty()) {
            outlets.transport().send(List.copyOf(outgoing));
            outgoing.clear();
        }
        if (core.reader().snapshotWanted()) {
            outlets.snapshots().wantedByCore(Math.max(core.reader().firstIndex() - 1, 1));
        }
    }

    private void noteElection(long electionTerm) {
        long self = links.self().nodeId();
        links.events().note(EventType.ELECTION, self, "node {} stands for election in term {}", self, electionTerm);
    }

    /** Its own vote is that of a candidate, which is said already. */
    private void noteVote(long vote) {
        if (vote != votedFor && vote != 0 && vote != links.self().nodeId()) {
            links.events()
                    .note(
                            EventType.ELECTION,
                            vote,
                            "node {} votes for node {} in term {}",
                            links.self().nodeId(),
                            vote,
                            term);
        }
        votedFor = vote;
    }

    /** A pre-candidate asks whether it would win, and becomes a candidate if so: that is one election. */
    private static boolean stands(RaftRole role) {
        return role == RaftRole.CANDIDATE || role == RaftRole.PRE_CANDIDATE;
    }

    private void dispatch(Message message) {
        if (message.getTo() == NodeIds.LOCAL_APPEND_THREAD) {
            outlets.logStage().append(message);
            int count = message.getEntriesCount();
            if (count > 0 && leadership.leads()) {
                commits.appended(message.getEntries(count - 1).getIndex(), count);
            }
        } else if (message.getTo() == NodeIds.LOCAL_APPLY_THREAD) {
            outlets.applyStage().entries(message);
        } else if (message.hasSnapshot() && message.getSnapshot().getMetadata().getIndex() > 0) {
            outlets.snapshots().send(message, links.inForce().now().index());
        } else if (!isPassedOn(message)) {
            reads.sending(message);
            outgoing.add(message);
        }
    }

    /**
     * Whether it is the question of another member how far the group is, which took this one for the leader. Nobody listens to one
     * in another's name: who asked asks the leader, once it knows of it.
     */
    private boolean isPassedOn(Message message) {
        return message.getType() == MessageType.MSG_READ_INDEX
                && message.getFrom() != links.self().nodeId();
    }

    private void ticked() {
        long now = links.self().nowNanos();
        notePause(now);
        duties.forEach(duty -> duty.tick(now));
        core.fetchedLog().shortened();
    }

    private void notePause(long now) {
        long pauseNanos = now - lastTickNanos;
        if (pauseNanos > links.self().electionTimeoutNanos()) {
            links.meter().paused(pauseNanos);
            duties.forEach(duty -> duty.paused(now));
            links.events()
                    .warn(
                            log,
                            EventType.PAUSE,
                            EventSink.NO_NODE,
                            "the process stood still for {} ms, longer than an election timeout; long collections of garbage,"
                                    + " a suspended machine or too little processor time do that",
                            pauseNanos / 1_000_000);
        }
        lastTickNanos = now;
    }

    private void fetched(Runnable window) {
        window.run();
        node.entriesFetched();
    }
}
