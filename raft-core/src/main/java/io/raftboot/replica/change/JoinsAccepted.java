package io.raftboot.replica.change;

import io.raftboot.api.MemberChange.Promotion;
import io.raftboot.replica.config.MembershipPolicy;
import io.raftboot.replica.machine.SystemMachine;
import io.raftboot.replica.proto.AddMember;
import io.raftboot.replica.proto.ChangeRequest;
import io.raftboot.replica.proto.MemberAddress;
import io.raftboot.replica.proto.MemberRecord;
import java.util.List;
import java.util.Objects;
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
        return joiners.all().stream()
                .map(joiner -> decision(joiner.record(), present, nowNanos))
                .map(Decision::wish)
                .filter(Objects::nonNull)
                .toList();
    }

    @Override
    public String joinerWaitsFor(MemberRecord joiner, Situation present, long nowNanos) {
        String objection = decision(joiner, present, nowNanos).objection();
        return objection == null
                ? "it is about to be added, by " + PROPERTY
                : PROPERTY + " does not add it: " + objection;
    }

    /**
     * What is done about a process that announces itself.
     *
     * @param wish null if nothing is
     * @param objection null if something is
     */
    private record Decision(@Nullable Wish wish, @Nullable String objection) {
        static Decision not(String objection) {
            return new Decision(null, objection);
        }
    }

    /** As if an operator had asked for it: what would be refused, or would have to wait, is not begun. */
    private Decision decision(MemberRecord joiner, Situation present, long nowNanos) {
        var known = present.members().get(joiner.getId());
        if (known != null && known.getRemoved()) {
            return Decision.not("node " + joiner.getId() + " was removed before"
                    + (known.getRemovedBy().isEmpty() ? "" : " by " + known.getRemovedBy())
                    + ", so somebody has to ask for it");
        }
        int voters = present.configuration().getVotersCount();
        boolean votes = policy.promote() == Promotion.AUTO && voters < policy.maxVoters();
        var plan = new ChangePlanner(present).plan(request(joiner, votes));
        if (plan instanceof ChangePlanner.Plan.Refusal refusal) {
            return Decision.not(refusal.message());
        }
        var steps = ((ChangePlanner.Plan.Steps) plan).steps();
        String objection = conditions.objection(steps.get(0), present, nowNanos);
        return objection != null
                ? Decision.not(objection)
                : new Decision(
                        new Wish(
                                steps,
                                PROPERTY,
                                "node " + joiner.getId() + " announces itself at " + joiner.getAddress()
                                        + ", and is added",
                                votes ? Math.max(voters + 1, system.changes().wantedVoters()) : 0),
                        null);
    }

    private static ChangeRequest request(MemberRecord joiner, boolean votes) {
        return ChangeRequest.newBuilder()
                .setAdd(AddMember.newBuilder()
                        .setMember(
                                MemberAddress.newBuilder().setId(joiner.getId()).setAddress(joiner.getAddress()))
                        .setPromote(votes))
                .build();
    }
}
