package io.raftboot.replica.change;

import io.raftboot.api.MemberChange.Promotion;
import io.raftboot.raft.ConfigurationReplay;
import io.raftboot.raft.proto.ConfChangeSingle;
import io.raftboot.replica.config.MembershipPolicy;
import io.raftboot.replica.machine.SystemMachine;
import io.raftboot.replica.proto.AddMember;
import io.raftboot.replica.proto.ChangeRecord;
import io.raftboot.replica.proto.ChangeRequest;
import io.raftboot.replica.proto.ChangeState;
import io.raftboot.replica.proto.ChangeStep;
import io.raftboot.replica.proto.MemberAddress;
import io.raftboot.replica.proto.MemberRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Adds processes that announce themselves, and gives them their votes. One whose id was removed waits for an operator all the same: somebody did not want it.
 */
final class JoinsAccepted implements Initiative {
    private static final String PROPERTY = "raft.membership.accept-joins";

    private final Joiners joiners;
    private final StepConditions conditions;
    private final SystemMachine system;
    private final MembershipPolicy policy;

    JoinsAccepted(Joiners joiners, StepConditions conditions, SystemMachine system, MembershipPolicy policy) {
        this.joiners = joiners;
        this.conditions = conditions;
        this.system = system;
        this.policy = policy;
    }

    @Override
    public List<Wish> wishes(Situation present, long nowNanos) {
        var wishes = new ArrayList<Wish>();
        for (var ended : system.changes().past()) {
            var wish = vote(ended, present, nowNanos);
            if (wish != null) {
                wishes.add(wish);
            }
        }
        for (var joiner : joiners.all()) {
            var record = joiner.record();
            var known = present.members().get(record.getId());
            var wish = known != null && known.getRemoved() ? null : wish(record, present, nowNanos);
            if (wish != null) {
                wishes.add(wish);
            }
        }
        return wishes;
    }

    /** For one that had come in, was not heard of for long while others waited, and is there again. */
    private @Nullable Wish vote(ChangeRecord ended, Situation present, long nowNanos) {
        boolean isOwn = ended.getBy().equals(PROPERTY)
                && ended.getState() == ChangeState.CHANGE_FAILED
                && ended.getDone() > 0
                && ended.getDone() == ended.getStepsCount() - 1;
        int voters = present.configuration().getVotersCount();
        if (!isOwn || policy.promote() != Promotion.AUTO || voters >= policy.maxVoters()) {
            return null;
        }
        var last = ended.getSteps(ended.getDone());
        boolean waits = last.getChangesList().stream()
                .map(ConfChangeSingle::getNodeId)
                .allMatch(id -> present.isLearner(id) && !isNamedBehind(ended, id));
        return waits && isPossible(last, present, nowNanos)
                ? new Wish(
                        List.of(last),
                        PROPERTY,
                        "it was to " + StepText.of(last) + " when that was silent for long, and it keeps up again",
                        Math.max(voters + 1, system.changes().wantedVoters()))
                : null;
    }

    /** Whether another change has been about it since: then somebody wants it to be as it is. */
    private boolean isNamedBehind(ChangeRecord ended, long id) {
        return system.changes().past().stream()
                .filter(later -> later.getId() > ended.getId())
                .flatMap(later -> later.getStepsList().stream())
                .flatMap(step -> step.getChangesList().stream())
                .anyMatch(change -> change.getNodeId() == id);
    }

    private boolean isPossible(ChangeStep step, Situation present, long nowNanos) {
        var replay = new ConfigurationReplay(present.configuration());
        return replay.apply(ChangePlanner.change(step)) == null
                && conditions.missing(step, present.configuration(), replay.confState(), present.members(), nowNanos)
                        == null;
    }

    /** As if an operator had asked for it: what would be refused, or would have to wait, is not begun. */
    private @Nullable Wish wish(MemberRecord joiner, Situation present, long nowNanos) {
        int voters = present.configuration().getVotersCount();
        boolean votes = policy.promote() == Promotion.AUTO && voters < policy.maxVoters();
        var request = ChangeRequest.newBuilder()
                .setAdd(AddMember.newBuilder()
                        .setMember(
                                MemberAddress.newBuilder().setId(joiner.getId()).setAddress(joiner.getAddress()))
                        .setPromote(votes))
                .build();
        if (!(new ChangePlanner(present).plan(request) instanceof ChangePlanner.Plan.Steps planned)) {
            return null;
        }
        return isPossible(planned.steps().get(0), present, nowNanos)
                ? new Wish(
                        planned.steps(),
                        PROPERTY,
                        "node " + joiner.getId() + " announces itself at " + joiner.getAddress() + ", and is added",
                        votes ? Math.max(voters + 1, system.changes().wantedVoters()) : 0)
                : null;
    }
}
