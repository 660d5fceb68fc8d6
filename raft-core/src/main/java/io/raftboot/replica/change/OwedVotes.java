package io.raftboot.replica.change;

import io.raftboot.api.MemberChange.Promotion;
import io.raftboot.raft.proto.ConfChangeSingle;
import io.raftboot.raft.proto.ConfChangeType;
import io.raftboot.replica.config.MembershipPolicy;
import io.raftboot.replica.machine.SystemMachine;
import io.raftboot.replica.proto.ChangeRecord;
import io.raftboot.replica.proto.ChangeState;
import java.util.Optional;

/**
 * Learners that a change of the leader's own had taken in, and that would have a vote, had it come to its end: they were not heard of for
 * long, while others waited. A voter that is wiped again before it has its vote back is among them. Owned by the raft stage.
 */
final class OwedVotes {
    private final SystemMachine system;
    private final MembershipPolicy policy;

    OwedVotes(SystemMachine system, MembershipPolicy policy) {
        this.system = system;
        this.policy = policy;
    }

    boolean isOwed(long id) {
        return changeFor(id).isPresent();
    }

    /** The newest change about a learner, if that is one that owes it a vote. If another one came behind, somebody wants it to be as it is. */
    Optional<ChangeRecord> changeFor(long id) {
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
