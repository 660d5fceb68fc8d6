package io.raftboot.replica.change;

import io.raftboot.api.MemberChange.Promotion;
import io.raftboot.replica.config.MembershipPolicy;
import io.raftboot.replica.machine.SystemMachine;
import io.raftboot.replica.proto.AddMember;
import io.raftboot.replica.proto.ChangeRequest;
import io.raftboot.replica.proto.MemberAddress;
import io.raftboot.replica.proto.MemberRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Adds processes that announce themselves, and gives them their votes. One whose id was removed waits for an operator all the same:
 * somebody did not want it.
 */
final class JoinsAccepted implements Initiative {
    static final String PROPERTY = "raft.membership.accept-joins";

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
        return conditions.isPossible(planned.steps().get(0), present, nowNanos)
                ? new Wish(
                        planned.steps(),
                        PROPERTY,
                        "node " + joiner.getId() + " announces itself at " + joiner.getAddress() + ", and is added",
                        votes ? Math.max(voters + 1, system.changes().wantedVoters()) : 0)
                : null;
    }
}
