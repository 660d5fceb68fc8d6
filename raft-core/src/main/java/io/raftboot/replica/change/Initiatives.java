package io.raftboot.replica.change;

import io.raftboot.replica.config.MembershipPolicy;
import java.util.ArrayList;
import java.util.List;

/** What a leader does without being asked, as its configuration has it. */
final class Initiatives {
    private Initiatives() {}

    static List<Initiative> of(MembershipPolicy policy, StandingOrders.Observed observed, StandingOrders.Means means) {
        var all = new ArrayList<Initiative>();
        var owed = new OwedVotes(means.system(), policy);
        if (policy.replaceWiped() || policy.acceptJoins()) {
            all.add(new VotesGiven(owed, observed.conditions(), means.system(), policy));
        }
        if (policy.replaceWiped()) {
            all.add(new WipedReplaced(
                    observed.returned(),
                    observed.health(),
                    owed,
                    means.links().self().electionTimeoutNanos()));
        }
        if (policy.acceptJoins()) {
            all.add(new JoinsAccepted(observed.joiners(), observed.conditions(), means.system(), policy));
        }
        var deadAfter = observed.deadAfter();
        if (deadAfter != null) {
            all.add(new DeadRemoved(observed.health(), means.system(), deadAfter, policy));
        }
        return all;
    }
}
