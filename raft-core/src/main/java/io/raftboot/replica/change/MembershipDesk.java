package io.raftboot.replica.change;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.api.ChangeOutcome.Reason;
import io.raftboot.api.Outcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.api.TransferOutcome;
import io.raftboot.raft.ConfigurationReplay;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.replica.duty.Links;
import io.raftboot.replica.machine.ChangeLedger;
import io.raftboot.replica.machine.SystemMachine;
import io.raftboot.replica.membership.GroupCommands;
import io.raftboot.replica.proto.BeginChange;
import io.raftboot.replica.proto.CancelRequest;
import io.raftboot.replica.proto.ChangeRecord;
import io.raftboot.replica.proto.ChangeRefusal;
import io.raftboot.replica.proto.ChangeRefusalReason;
import io.raftboot.replica.proto.ChangeRequest;
import io.raftboot.replica.proto.ChangeResult;
import io.raftboot.replica.proto.ChangeState;
import io.raftboot.replica.proto.ChangeStep;
import io.raftboot.replica.proto.EndChange;
import io.raftboot.replica.proto.JoinAnswer;
import io.raftboot.replica.proto.MemberRecord;
import io.raftboot.replica.proto.MembershipAnswer;
import io.raftboot.replica.proto.MembershipRequest;
import io.raftboot.replica.proto.PlannedSteps;
import io.raftboot.replica.proto.SystemCommand;
import io.raftboot.replica.proto.TransferResult;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where the leader answers what is asked about the members: says how they are, plans changes and has the group begin them. Owned by
 * the raft stage.
 */
public final class MembershipDesk {
    /**
     * Where all is as wanted, nothing is written, and nothing that was done is forgotten over it. One that has been given a key is
     * remembered all the same: asked again later, when others have changed the members, it must not undo that.
     */
    private static final ChangeRecord NOTHING_TO_DO =
            ChangeRecord.newBuilder().setState(ChangeState.CHANGE_DONE).build();

    private final Links links;
    private final SystemMachine system;
    private final LeaderSeat seat;
    private final Joiners joiners;
    private final MembershipReport report;
    private final GroupCommands group;
    private final ChangeSupport support;

    public MembershipDesk(
            Links links,
            SystemMachine system,
            LeaderSeat seat,
            Joiners joiners,
            MembershipReport report,
            GroupCommands group,
            ChangeSupport support) {
        this.links = links;
        this.system = system;
        this.seat = seat;
        this.joiners = joiners;
        this.report = report;
        this.group = group;
        this.support = support;
    }

    /**
     * Answers what is asked; what is asked of a member that does not lead, by saying so.
     *
     * @param respond called once, on any thread
     */
    public void answer(MembershipRequest request, Consumer<MembershipAnswer> respond) {
        // What is applied comes into force a moment later: until then version and members would not belong together.
        boolean behind = links.inForce().now().index() < system.configurationIndex();
        if (!seat.ready() || behind) {
            respond.accept(MembershipAnswer.getDefaultInstance());
            return;
        }
        switch (request.getRequestCase()) {
            // Who asks a leader that does not know yet how the others are asks again a moment later.
            case VIEW -> respond.accept(report.isKnown() ? answer().build() : MembershipAnswer.getDefaultInstance());
            case CHANGE -> change(request.getChange(), respond);
            case CANCEL -> cancel(request.getCancel(), respond);
            case TRANSFER -> transfer(request.getTransfer().getTarget(), respond);
            case REQUEST_NOT_SET ->
                respond.accept(refused(
                        Reason.REFUSED,
                        "the leader, node " + links.self().nodeId() + ", does not know the request; update it"));
        }
    }

    /** A process that belongs to no configuration says who it is. */
    public JoinAnswer joins(MemberRecord joiner) {
        if (!seat.ready()) {
            return JoinAnswer.getDefaultInstance();
        }
        joiners.heard(joiner);
        return JoinAnswer.newBuilder()
                .setHeard(true)
                .setWaitsFor(report.joinerWaitsFor(joiner))
                .build();
    }

    private void change(ChangeRequest request, Consumer<MembershipAnswer> respond) {
        var before = system.changes().byKey(request.getKey());
        if (before.isPresent() && !request.getDryRun()) {
            boolean same = before.get().getRequest().equals(content(request));
            respond.accept(
                    same
                            ? answer().setAccepted(before.get()).build()
                            : refused(Reason.REFUSED, ChangeLedger.KEY_REUSED));
            return;
        }
        var refusal = refusal(request);
        if (refusal != null) {
            respond.accept(refused(refusal.reason(), refusal.message()));
            return;
        }
        var situation = report.situation();
        var plan = new ChangePlanner(situation).plan(request);
        if (plan instanceof ChangePlanner.Plan.Refusal no) {
            boolean early = no.reason() == Reason.MAJORITY || no.reason() == Reason.LAGGING;
            // As above.
            respond.accept(
                    early && !report.isSettled()
                            ? MembershipAnswer.getDefaultInstance()
                            : refused(no.reason(), no.message()));
        } else if (plan instanceof ChangePlanner.Plan.Steps planned) {
            if (request.getDryRun()) {
                respond.accept(answer().setPlanned(PlannedSteps.newBuilder().addAllSteps(planned.steps()))
                        .build());
                return;
            }
            begin(request, situation, planned.steps(), respond);
        }
    }

    private void begin(
            ChangeRequest request, Situation situation, List<ChangeStep> steps, Consumer<MembershipAnswer> respond) {
        int wanted = wantedVoters(request, situation, steps);
        if (steps.isEmpty() && request.getUnnamed() && isWantedAlready(wanted, situation)) {
            respond.accept(answer().setAccepted(NOTHING_TO_DO).build());
            return;
        }
        var begin = BeginChange.newBuilder()
                .setKey(request.getKey())
                .setConfiguration(situation.configuration())
                .addAllSteps(steps)
                .setBy(request.getBy())
                .setRequest(content(request))
                .setWantedVoters(wanted);
        submit(SystemCommand.newBuilder().setBeginChange(begin), respond);
    }

    private boolean isWantedAlready(int wanted, Situation situation) {
        int before = system.changes().wantedVoters();
        int known = before == WantedVoters.AS_BEFORE ? situation.configuration().getVotersCount() : before;
        return wanted == WantedVoters.AS_BEFORE || wanted == known;
    }

    /** What is wanted, whoever asks, and however often. */
    private static ByteString content(ChangeRequest request) {
        return request.toBuilder()
                .clearKey()
                .clearVersion()
                .clearBy()
                .clearDryRun()
                .clearUnnamed()
                .build()
                .toByteString();
    }

    /** How many voters are wanted from now on. Whoever says who is to be there, as a whole, says that too. */
    private int wantedVoters(ChangeRequest request, Situation situation, List<ChangeStep> steps) {
        int before = situation.configuration().getVotersCount();
        int after = votersAfter(situation, steps);
        return request.hasTarget()
                ? after
                : WantedVoters.behind(before, after, system.changes().wantedVoters());
    }

    private static int votersAfter(Situation situation, List<ChangeStep> steps) {
        var replay = new ConfigurationReplay(situation.configuration());
        for (ChangeStep step : steps) {
            String unused = replay.apply(ChangePlanner.change(step));
            if (replay.confState().getVotersOutgoingCount() > 0) {
                unused = replay.apply(ConfChangeV2.getDefaultInstance());
            }
        }
        return replay.confState().getVotersCount();
    }

    private ChangePlanner.Plan.@Nullable Refusal refusal(ChangeRequest request) {
        var running = system.changes().running();
        if (running != null) {
            return new ChangePlanner.Plan.Refusal(
                    Reason.CHANGE_RUNNING,
                    "change " + running.getId() + " is under way; wait until it has ended, or cancel it");
        }
        if (request.hasVersion() && request.getVersion() != system.configurationIndex()) {
            return new ChangePlanner.Plan.Refusal(
                    Reason.STALE,
                    "the change was made for version " + request.getVersion()
                            + " of the configuration, and the present one is " + system.configurationIndex()
                            + ": look at it, and decide again");
        }
        String lacking = support.lacking();
        return lacking == null
                ? ChangePlanner.notNow(report.situation())
                : new ChangePlanner.Plan.Refusal(Reason.REFUSED, lacking);
    }

    private void cancel(CancelRequest request, Consumer<MembershipAnswer> respond) {
        var known = system.changes().byId(request.getChangeId());
        if (known.isEmpty()) {
            respond.accept(refused(Reason.UNKNOWN, "there is no change " + request.getChangeId()));
        } else if (known.get().getState() == ChangeState.CHANGE_CANCELLED) {
            respond.accept(answer().setAccepted(known.get()).build());
        } else if (known.get().getState() != ChangeState.CHANGE_RUNNING) {
            respond.accept(refused(Reason.REFUSED, "change " + request.getChangeId() + " has ended already"));
        } else if (known.get().getDone() >= known.get().getStepsCount()) {
            respond.accept(refused(
                    Reason.REFUSED,
                    "all steps of change " + request.getChangeId()
                            + " have been taken, and it ends once both sets of voters have agreed on the last: nothing is left to be"
                            + " cancelled"));
        } else {
            var end = EndChange.newBuilder()
                    .setChangeId(request.getChangeId())
                    .setState(ChangeState.CHANGE_CANCELLED)
                    .setWhy("it was cancelled" + (request.getBy().isEmpty() ? "" : " by " + request.getBy()));
            submit(
                    SystemCommand.newBuilder().setEndChange(end),
                    answer -> respond.accept(cancelled(answer, request.getChangeId())));
        }
    }

    /** Its last step may have been done, or it may have failed, before the end that was asked for was applied. */
    private MembershipAnswer cancelled(MembershipAnswer answer, long id) {
        boolean late = answer.hasAccepted() && answer.getAccepted().getState() != ChangeState.CHANGE_CANCELLED;
        return late ? refused(Reason.REFUSED, "change " + id + " has ended already") : answer;
    }

    private void transfer(long target, Consumer<MembershipAnswer> respond) {
        var outcome = new CompletableFuture<TransferOutcome>();
        seat.transfer(target == 0 ? null : target, outcome);
        var unused = outcome.whenComplete((result, failure) -> links.tasks()
                .execute(() ->
                        respond.accept(answer().setTransfer(asResult(result)).build())));
    }

    private static TransferResult asResult(@Nullable TransferOutcome outcome) {
        var result = TransferResult.newBuilder();
        if (outcome instanceof TransferOutcome.Transferred done) {
            result.setLeader(done.leaderId()).setTerm(done.term());
        } else if (outcome instanceof TransferOutcome.InvalidTarget invalid) {
            result.setInvalid(true).setMessage(invalid.message());
        } else if (outcome instanceof TransferOutcome.TimedOut late) {
            result.setMessage(late.message());
        } else {
            result.setMessage("the member that was asked does not lead any more");
        }
        return result.build();
    }

    /** What comes of it is known when it is applied here. */
    private void submit(SystemCommand.Builder command, Consumer<MembershipAnswer> respond) {
        var unused = group.submit(command.build().toByteArray())
                .whenComplete((outcome, failure) -> links.tasks().execute(() -> respond.accept(applied(outcome))));
    }

    private MembershipAnswer applied(@Nullable Outcome outcome) {
        if (outcome instanceof Outcome.Applied applied) {
            try {
                var result = ChangeResult.parseFrom(applied.value());
                return result.hasChange()
                        ? answer().setAccepted(result.getChange()).build()
                        : refused(reason(result.getReason()), result.getRefusal());
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException("the group's own state machine gave a result that can't be read", e);
            }
        }
        if (outcome instanceof Outcome.Refused refused) {
            // What passes is asked again, under the same key, by whoever has asked; members have to be updated first
            // for the rest.
            boolean passes = refused.reason().retryable() && refused.reason() != RefusalReason.NOT_KNOWN_BY_ALL;
            return passes ? MembershipAnswer.getDefaultInstance() : refused(Reason.REFUSED, refused.message());
        }
        return answer().setUndecided("the leader lost its office, or its majority, while the change was to begin")
                .build();
    }

    private static Reason reason(ChangeRefusalReason reason) {
        return switch (reason) {
            case CHANGE_REFUSAL_RUNNING -> Reason.CHANGE_RUNNING;
            case CHANGE_REFUSAL_STALE -> Reason.STALE;
            case CHANGE_REFUSAL_UNKNOWN -> Reason.UNKNOWN;
            case CHANGE_REFUSAL_OTHER, UNRECOGNIZED -> Reason.REFUSED;
        };
    }

    private MembershipAnswer refused(Reason reason, String message) {
        return answer().setRefused(
                        ChangeRefusal.newBuilder().setReason(reason.name()).setMessage(message))
                .build();
    }

    private MembershipAnswer.Builder answer() {
        var answer = MembershipAnswer.newBuilder().setLeads(true);
        // Who has lost the office meanwhile knows nothing of the others any more, and who has just taken it nothing
        // yet.
        return seat.ready() && report.isKnown() ? answer.setState(report.state()) : answer;
    }
}
