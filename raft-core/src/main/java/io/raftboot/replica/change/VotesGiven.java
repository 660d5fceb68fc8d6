package io.raftboot.replica.change;

import io.raftboot.replica.config.MembershipPolicy;
import io.raftboot.replica.machine.SystemMachine;
import io.raftboot.replica.proto.ChangeRecord;
import java.util.List;
import java.util.Optional;

/** Gives learners the votes that they are owed, as soon as they keep up. */
final class VotesGiven implements Initiative {
    private final OwedVotes owed;
    private final StepConditions conditions;
    private final SystemMachine system;
    private final MembershipPolicy policy;

    VotesGiven(OwedVotes owed, StepConditions conditions, SystemMachine system, MembershipPolicy policy) {
        this.owed = owed;
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
                        .map(owed::changeFor)
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
}
