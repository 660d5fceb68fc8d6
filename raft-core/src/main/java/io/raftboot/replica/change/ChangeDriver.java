package io.raftboot.replica.change;

import io.raftboot.api.TransferOutcome;
import io.raftboot.api.event.EventType;
import io.raftboot.notice.QuietLogger;
import io.raftboot.raft.ConfigurationReplay;
import io.raftboot.raft.Node;
import io.raftboot.raft.ProposalListener;
import io.raftboot.raft.RaftException;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.replica.duty.Duty;
import io.raftboot.replica.duty.EventSink;
import io.raftboot.replica.duty.Links;
import io.raftboot.replica.machine.SystemMachine;
import io.raftboot.replica.membership.GroupCommands;
import io.raftboot.replica.proto.ChangeContext;
import io.raftboot.replica.proto.ChangeRecord;
import io.raftboot.replica.proto.ChangeState;
import io.raftboot.replica.proto.ChangeStep;
import io.raftboot.replica.proto.EndChange;
import io.raftboot.replica.proto.SystemCommand;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out the change of the members that the group has begun, while this member leads: one step after the other, each as soon as
 * what it needs is there. Only a leader that has applied all of its predecessors' entries does, so none repeats what another has
 * done. Whether a step was taken is seen by its being applied alone: the core replaces a change that it does not let in by an empty
 * entry, without a word to whoever proposed it. Owned by the raft stage.
 */
public final class ChangeDriver implements Duty {
    /** Who comes, and who is silent, a leader only knows once it has led for longer than it waits for anybody. */
    private static final int JUDGING_ELECTION_TIMEOUTS = 12;

    /** Each line of it is of one step, and each step is worth one. */
    private static final Logger log = LoggerFactory.getLogger(ChangeDriver.class);

    private final Logger quiet = QuietLogger.of(ChangeDriver.class);

    private final Links links;
    private final Node node;
    private final SystemMachine system;
    private final LeaderSeat seat;
    private final MemberHealth health;
    private final StepConditions conditions;
    private final GroupCommands group;

    private @Nullable Proposal proposal;
    private boolean handingOver;
    private long handOverNanos;
    private boolean ending;
    private String waitsFor = "";
    private @Nullable Proposal saidToWait;

    /** The change that was under way at the last tick; 0 for none. */
    private long followed;

    /** The step for which nobody could take over, so that it is taken all the same. */
    private @Nullable Proposal withoutSuccessor;

    private Wanted wanted = (change, nowNanos) -> null;

    /** Since when, or since the last try to leave it, the group has been between two configurations; 0 if it is not. */
    private long jointNanos;

    /** A step that was proposed; index 0 until it is known where it stands. */
    private record Proposal(long changeId, int step, long index) {}

    public ChangeDriver(
            Links links,
            Node node,
            SystemMachine system,
            LeaderSeat seat,
            MemberHealth health,
            StepConditions conditions,
            GroupCommands group) {
        this.links = links;
        this.node = node;
        this.system = system;
        this.seat = seat;
        this.health = health;
        this.conditions = conditions;
        this.group = group;
        this.handOverNanos = links.self().nowNanos() - links.self().electionTimeoutNanos();
    }

    /** Whether a change that nobody has asked for is wanted still. On the raft stage. */
    @FunctionalInterface
    public interface Wanted {
        /** Why it is not; null if it is. */
        @Nullable
        String objection(ChangeRecord change, long nowNanos);
    }

    /** Before anything runs: this one is asked before the first step. */
    public void askWhetherWanted(Wanted newWanted) {
        wanted = newWanted;
    }

    /** What the change under way waits for; empty if it does not wait, or there is none. */
    String waitsFor() {
        return waitsFor;
    }

    @Override
    public void leaderChanged() {
        proposal = null;
        handingOver = false;
        withoutSuccessor = null;
        waitsFor = "";
        followed = 0;
        jointNanos = 0;
    }

    @Override
    public void tick(long nowNanos) {
        var change = system.changes().running();
        if (seat.ready()) {
            sayWhatEnded(change == null ? 0 : change.getId());
            leaveJoint(nowNanos);
        }
        if (!seat.ready() || change == null) {
            proposal = null;
            waitsFor = "";
            return;
        }
        // What is applied comes into force in the core a moment later.
        boolean behind = links.inForce().now().index() < system.configurationIndex();
        if (ending || behind || isUnderWay(change)) {
            return;
        }
        proposal = null;
        var state = links.inForce().state();
        if (state.getVotersOutgoingCount() > 0) {
            waitFor(change, "both sets of voters have to agree that the new one decides alone");
        } else if (change.getDone() < change.getStepsCount()) {
            advance(change, state, nowNanos);
        }
    }

    /**
     * Has the group leave the configuration between two others, if it has stayed there for an election timeout. The core asks for that
     * itself as soon as it may, but not again before it applies another entry: where the leadership was about to be handed over at that
     * moment, and was not, and nobody writes, the group would stay there.
     */
    private void leaveJoint(long nowNanos) {
        var state = links.inForce().state();
        if (state.getVotersOutgoingCount() == 0 || !state.getAutoLeave()) {
            jointNanos = 0;
        } else if (jointNanos == 0) {
            jointNanos = nowNanos;
        } else if (nowNanos - jointNanos >= links.self().electionTimeoutNanos()) {
            jointNanos = nowNanos;
            // One too many becomes an entry that changes nothing.
            node.proposeConfChange(ConfChangeV2.getDefaultInstance(), new ProposalListener() {
                @Override
                public void appended(long term, long index) {
                    log.debug("the group leaves its joint configuration with the entry at {}", index);
                }

                @Override
                public void dropped(RaftException reason) {
                    log.debug("the group can't leave its joint configuration now", reason);
                }
            });
        }
    }

    /** One that has failed was said to when its end was asked for. */
    private void sayWhatEnded(long running) {
        if (followed != running) {
            system.changes()
                    .byId(followed)
                    .filter(ended -> ended.getState() != ChangeState.CHANGE_FAILED)
                    .ifPresent(ended -> links.events()
                            .info(
                                    log,
                                    EventType.MEMBERS,
                                    EventSink.NO_NODE,
                                    "change {} of the members {}",
                                    followed,
                                    ended.getState() == ChangeState.CHANGE_DONE ? "is done" : "was cancelled"));
            followed = running;
        }
    }

    private boolean isUnderWay(ChangeRecord change) {
        var present = proposal;
        return present != null
                && present.changeId() == change.getId()
                && present.step() == change.getDone()
                && (present.index() == 0 || links.applied().index() < present.index());
    }

    private void advance(ChangeRecord change, ConfState before, long nowNanos) {
        var step = change.getSteps(change.getDone());
        var replay = new ConfigurationReplay(before);
        String impossible = replay.apply(ChangePlanner.change(step));
        if (impossible != null) {
            fail(change, "it was not possible any more to " + StepText.of(step) + ": " + impossible);
            return;
        }
        String unwanted = wanted.objection(change, nowNanos);
        if (unwanted != null && change.getDone() == 0 && !health.hasLedFor(JUDGING_ELECTION_TIMEOUTS, nowNanos)) {
            waitFor(change, "a new leader has yet to see whether what it was begun for is so still");
            return;
        }
        if (unwanted != null) {
            fail(change, unwanted);
            return;
        }
        String missing = conditions.missing(step, before, replay.confState(), system.members(), nowNanos);
        if (missing != null) {
            waitFor(change, missing);
        } else if (isLeaving(replay.confState()) && !isWithoutSuccessor(change)) {
            handOver(change, replay.confState(), nowNanos);
        } else {
            propose(change, step, before);
        }
    }

    private boolean isWithoutSuccessor(ChangeRecord change) {
        return new Proposal(change.getId(), change.getDone(), 0).equals(withoutSuccessor);
    }

    /** Whether this member is no voter of the configuration that comes of it. */
    private boolean isLeaving(ConfState after) {
        return !after.getVotersList().contains(links.self().nodeId());
    }

    /** Else the group would be without a leader for an election timeout. Whoever takes over goes on with the change. */
    private void handOver(ChangeRecord change, ConfState after, long nowNanos) {
        waitFor(change, "node " + links.self().nodeId() + " leads, and hands over before it goes");
        if (handingOver || nowNanos - handOverNanos < links.self().electionTimeoutNanos()) {
            return;
        }
        handingOver = true;
        handOverNanos = nowNanos;
        var outcome = new CompletableFuture<TransferOutcome>();
        seat.handOver(id -> after.getVotersList().contains(id) && health.isHealthy(id), outcome);
        var unused = outcome.whenComplete((result, failure) -> links.tasks().execute(() -> {
            handingOver = false;
            if (result instanceof TransferOutcome.InvalidTarget) {
                // The group elects somebody when this one has gone: that takes an election timeout, and no longer.
                withoutSuccessor = new Proposal(change.getId(), change.getDone(), 0);
            }
            if (!(result instanceof TransferOutcome.Transferred)) {
                links.events()
                        .warn(
                                quiet,
                                EventType.HAND_OVER,
                                EventSink.NO_NODE,
                                "nobody could take the leadership over for change {}: {}",
                                change.getId(),
                                result);
            }
        }));
    }

    private void propose(ChangeRecord change, ChangeStep step, ConfState before) {
        var context = ChangeContext.newBuilder()
                .setChangeId(change.getId())
                .setStep(change.getDone())
                .addAllMembers(conditions.named(step, before))
                .build();
        var proposed = new Proposal(change.getId(), change.getDone(), 0);
        proposal = proposed;
        waitsFor = "";
        links.events()
                .info(
                        log,
                        EventType.MEMBERS,
                        EventSink.NO_NODE,
                        "change {} of the members, step {}: {}",
                        change.getId(),
                        change.getDone() + 1,
                        StepText.of(step));
        node.proposeConfChange(
                ConfChangeV2.newBuilder()
                        .addAllChanges(step.getChangesList())
                        .setContext(context.toByteString())
                        .build(),
                new ProposalListener() {
                    @Override
                    public void appended(long term, long index) {
                        answered(proposed, new Proposal(proposed.changeId(), proposed.step(), index));
                    }

                    @Override
                    public void dropped(RaftException reason) {
                        answered(proposed, null);
                    }
                });
    }

    @SuppressWarnings("ReferenceEquality") // an answer is to the very proposal that was made
    private void answered(Proposal proposed, @Nullable Proposal now) {
        if (proposal == proposed) {
            proposal = now;
        }
    }

    private void fail(ChangeRecord change, String why) {
        ending = true;
        links.events()
                .error(
                        log,
                        EventType.MEMBERS,
                        EventSink.NO_NODE,
                        "change {} of the members has failed: {}",
                        change.getId(),
                        why);
        var command = SystemCommand.newBuilder()
                .setEndChange(EndChange.newBuilder()
                        .setChangeId(change.getId())
                        .setState(ChangeState.CHANGE_FAILED)
                        .setWhy(why));
        var unused = group.submit(command.build().toByteArray())
                .whenComplete((outcome, failure) -> links.tasks().execute(() -> ending = false));
    }

    private void waitFor(ChangeRecord change, String what) {
        waitsFor = what;
        var step = new Proposal(change.getId(), change.getDone(), 0);
        if (!step.equals(saidToWait)) {
            saidToWait = step;
            links.events()
                    .info(
                            log,
                            EventType.MEMBERS,
                            EventSink.NO_NODE,
                            "change {} of the members waits: {}",
                            change.getId(),
                            what);
        }
    }
}
