package io.raftboot.replica.change;

import io.raftboot.api.ChangeOptions;
import io.raftboot.api.ChangeOutcome;
import io.raftboot.api.MemberChange;
import io.raftboot.api.MembershipView;
import io.raftboot.api.TransferOutcome;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.replica.duty.Voters;
import io.raftboot.replica.proto.AddMember;
import io.raftboot.replica.proto.ChangeRecord;
import io.raftboot.replica.proto.ChangeRequest;
import io.raftboot.replica.proto.ChangeState;
import io.raftboot.replica.proto.MemberAddress;
import io.raftboot.replica.proto.MemberState;
import io.raftboot.replica.proto.MembershipAnswer;
import io.raftboot.replica.proto.MembershipState;
import io.raftboot.replica.proto.ReplaceMembers;
import io.raftboot.replica.proto.TransferResult;
import io.raftboot.replica.proto.WantedMember;
import io.raftboot.replica.proto.WantedMembers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What is asked and said about the members, as callers know it and as members send it to each other. */
final class MembershipFormat {
    private MembershipFormat() {}

    static ChangeRequest request(MemberChange change, ChangeOptions options, String key, boolean dryRun) {
        var request = ChangeRequest.newBuilder()
                .setKey(key)
                .setUnnamed(options.idempotencyKey() == null)
                .setBy(options.by())
                .setDryRun(dryRun);
        Long version = options.version();
        if (version != null) {
            request.setVersion(version);
        }
        if (change instanceof MemberChange.Add add) {
            request.setAdd(AddMember.newBuilder()
                    .setMember(address(add.member()))
                    .setPromote(add.promotion() == MemberChange.Promotion.AUTO));
        } else if (change instanceof MemberChange.Promote promote) {
            request.setPromote(promote.id());
        } else if (change instanceof MemberChange.Demote demote) {
            request.setDemote(demote.id());
        } else if (change instanceof MemberChange.Remove remove) {
            request.setRemove(remove.id());
        } else if (change instanceof MemberChange.Move move) {
            request.setMove(address(move.member()));
        } else if (change instanceof MemberChange.Replace replace) {
            var members = ReplaceMembers.newBuilder().addAllOut(replace.out());
            replace.in().forEach(member -> members.addIn(address(member)));
            request.setReplace(members);
        } else if (change instanceof MemberChange.Target target) {
            var members = WantedMembers.newBuilder();
            target.members()
                    .forEach(wanted -> members.addMembers(WantedMember.newBuilder()
                            .setId(wanted.id())
                            .setAddress(wanted.address() == null ? "" : wanted.address())
                            .setVoter(wanted.voter())));
            request.setTarget(members);
        }
        return request.build();
    }

    private static MemberAddress address(MemberChange.Address member) {
        return MemberAddress.newBuilder()
                .setId(member.id())
                .setAddress(member.address())
                .build();
    }

    /** @param present the members as they are, for one who is refused */
    static ChangeOutcome outcome(MembershipAnswer answer, MembershipView present) {
        var state = answer.getState();
        return switch (answer.getOutcomeCase()) {
            case ACCEPTED -> new ChangeOutcome.Accepted(change(answer.getAccepted(), state.getWaitsFor()));
            case PLANNED ->
                new ChangeOutcome.Planned(answer.getPlanned().getStepsList().stream()
                        .map(step -> new MembershipView.Step(StepText.of(step), MembershipView.StepState.PENDING))
                        .toList());
            case REFUSED ->
                new ChangeOutcome.Refused(
                        reason(answer.getRefused().getReason()),
                        answer.getRefused().getMessage(),
                        present);
            case UNDECIDED -> new ChangeOutcome.Undecided(answer.getUndecided());
            case TRANSFER, OUTCOME_NOT_SET ->
                new ChangeOutcome.Undecided("the leader answered what this version of the replica does not know");
        };
    }

    private static ChangeOutcome.Reason reason(String name) {
        for (var reason : ChangeOutcome.Reason.values()) {
            if (reason.name().equals(name)) {
                return reason;
            }
        }
        return ChangeOutcome.Reason.REFUSED;
    }

    static TransferOutcome transferred(TransferResult result) {
        if (result.getLeader() != 0) {
            return new TransferOutcome.Transferred(result.getLeader(), result.getTerm());
        }
        return result.getInvalid()
                ? new TransferOutcome.InvalidTarget(result.getMessage())
                : new TransferOutcome.TimedOut(result.getMessage());
    }

    /** @param ageMillis time since the leader said so; null if none has, and the state is what this member knows itself */
    static MembershipView view(MembershipState state, @Nullable Long ageMillis) {
        var running = state.getChangesList().stream()
                .filter(change -> change.getState() == ChangeState.CHANGE_RUNNING)
                .map(change -> change(change, state.getWaitsFor()))
                .findFirst();
        var past = new ArrayList<MembershipView.Change>();
        state.getChangesList().stream()
                .filter(change -> change.getState() != ChangeState.CHANGE_RUNNING)
                .forEach(change -> past.add(0, change(change, "")));
        var source = new MembershipView.Source(
                state.getLeader() == 0 ? null : state.getLeader(),
                ageMillis,
                ageMillis == null ? null : state.getFailureTolerance());
        return new MembershipView(
                state.getVersion(),
                source,
                state.getMembersList().stream()
                        .map(member -> member(member, state, ageMillis != null))
                        .toList(),
                Voters.of(state.getConfiguration()).halves(),
                running.orElse(null),
                past,
                joining(state));
    }

    private static List<MembershipView.Joining> joining(MembershipState state) {
        return state.getJoiningList().stream()
                .map(joiner -> new MembershipView.Joining(
                        joiner.getMember().getId(),
                        joiner.getMember().getAddress(),
                        joiner.getMember().getIncarnation(),
                        joiner.getLastContactMillis(),
                        joiner.getWaitsFor()))
                .toList();
    }

    private static MembershipView.Member member(MemberState member, MembershipState state, boolean saidByLeader) {
        long id = member.getMember().getId();
        var contact = new MembershipView.Contact(
                member.getMatchIndex(),
                member.getLagEntries(),
                member.getLagMillis(),
                member.hasLastContactMillis() ? member.getLastContactMillis() : null,
                member.getHealthy(),
                member.getHealthy() ? member.getStableSinceMillis() : null,
                member.getDiskLow());
        return new MembershipView.Member(
                id,
                member.getMember().getAddress(),
                role(id, state).name().toLowerCase(Locale.ROOT),
                isVoter(id, state.getConfiguration()),
                member.getMember().getIncarnation(),
                member.getMember().getFormatVersion(),
                saidByLeader ? contact : null);
    }

    private enum Role {
        LEADER,
        FOLLOWER,
        LEARNER
    }

    private static Role role(long id, MembershipState state) {
        if (id == state.getLeader()) {
            return Role.LEADER;
        }
        return isVoter(id, state.getConfiguration()) ? Role.FOLLOWER : Role.LEARNER;
    }

    private static boolean isVoter(long id, ConfState configuration) {
        return configuration.getVotersList().contains(id)
                || configuration.getVotersOutgoingList().contains(id);
    }

    private static MembershipView.Change change(ChangeRecord change, String waitsFor) {
        var state =
                switch (change.getState()) {
                    case CHANGE_DONE -> MembershipView.State.DONE;
                    case CHANGE_FAILED -> MembershipView.State.FAILED;
                    case CHANGE_CANCELLED -> MembershipView.State.CANCELLED;
                    case CHANGE_RUNNING, UNRECOGNIZED -> MembershipView.State.RUNNING;
                };
        boolean running = state == MembershipView.State.RUNNING;
        var steps = new ArrayList<MembershipView.Step>();
        for (int i = 0; i < change.getStepsCount(); i++) {
            steps.add(new MembershipView.Step(StepText.of(change.getSteps(i)), stepState(i, change, running)));
        }
        return new MembershipView.Change(
                change.getId(),
                state,
                change.getBy(),
                steps,
                running ? waitsFor : change.getWhy(),
                change.getBegunMillis(),
                running ? null : change.getEndedMillis());
    }

    private static MembershipView.StepState stepState(int step, ChangeRecord change, boolean running) {
        if (step < change.getDone()) {
            return MembershipView.StepState.DONE;
        }
        if (!running) {
            return MembershipView.StepState.CANCELLED;
        }
        return step == change.getDone() ? MembershipView.StepState.RUNNING : MembershipView.StepState.PENDING;
    }
}
