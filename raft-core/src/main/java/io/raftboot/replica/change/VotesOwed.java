package io.raftboot.replica.change;

import io.raftboot.api.MemberChange.Promotion;
import io.raftboot.raft.proto.ConfChangeSingle;
import io.raftboot.raft.proto.ConfChangeType;
import io.raftboot.replica.config.MembershipPolicy;
import io.raftboot.replica.machine.SystemMachine;
import io.raftboot.replica.proto.ChangeRecord;
import io.raftboot.replica.proto.ChangeState;
import java.util.List;
import java.util.Optional;

/**
 * Gives those their votes that a change of the leader's own had taken in as learners, when it ended without its last step: they were not
 * heard of for long, while others waited. A voter that is wiped again before it has its vote back is among them.
 */
final class VotesOwed implements Initiative {
    private final StepConditions conditions;
    private final SystemMachine system;
    private final MembershipPolicy policy;

    VotesOwed(StepConditions conditions, SystemMachine system, MembershipPolicy policy) {
        this.conditions = conditions;
        this.system = system;
        this.policy = policy;
    }

    @Override
    public List<Wish> wishes(Situation present, long nowNanos) {
        int voters = present.configuration().getVotersCount();
        return voters >= policy.maxVoters()
                ? List.of()
                : present.configuration().getLearnersList().stream()
                        .map(this::changeFor)
                        .flatMap(Optional::stream)
                        .map(change -> wish(change, voters))
                        .filter(wish -> conditions.objection(wish.steps().get(0), present, nowNanos) == null)
                        .toList();
    }

    private Wish wish(ChangeRecord ended, int voters) {
        var last = ended.getSteps(ended.getDone());
        return new Wish(
                List.of(last),
                ended.getBy(),
                "it was to " + StepText.of(last) + " when that was silent for long, and it keeps up again",
                Math.max(voters + 1, system.changes().wantedVoters()));
    }

    /** Whether a learner would have a vote, had the change that took it in come to its end. */
    boolean isOwed(long id) {
        return changeFor(id).isPresent();
    }

    /** The newest change about it, if that is one that owes it a vote. If another one came behind, somebody wants it to be as it is. */
    private Optional<ChangeRecord> changeFor(long id) {
        return system.changes().past().stream()
                .filter(ended -> ended.getStepsList().stream()
                        .flatMap(step -> step.getChangesList().stream())
                        .anyMatch(change -> change.getNodeId() == id))
                .reduce((earlier, later) -> later)
                .filter(newest -> owes(newest, id));
    }

    private boolean owes(ChangeRecord ended, long id) {
        boolean isOwn = ended.getBy().equals(WipedReplaced.PROPERTY)
                || (ended.getBy().equals(JoinsAccepted.PROPERTY) && policy.promote() == Promotion.AUTO);
        // What somebody has asked for says what that was.
        return isOwn
                && ended.getRequest().isEmpty()
                && ended.getState() == ChangeState.CHANGE_FAILED
                && ended.getDone() == ended.getStepsCount() - 1
                && ended.getSteps(ended.getDone()).getChangesList().stream().allMatch(change -> givesVote(change, id));
    }

    private static boolean givesVote(ConfChangeSingle change, long id) {
        return change.getType() == ConfChangeType.CONF_CHANGE_ADD_NODE && change.getNodeId() == id;
    }
}
