package io.raftboot.replica.change;

import io.raftboot.replica.config.MembershipPolicy;
import io.raftboot.replica.machine.SystemMachine;
import io.raftboot.replica.membership.PeerIdentities;
import java.util.ArrayList;
import java.util.List;

/** What a leader does without being asked, as its configuration has it. */
final class Initiatives {
    private Initiatives() {}

    static List<Initiative> of(
            MembershipPolicy policy,
            PeerIdentities identities,
            Joiners joiners,
            MemberHealth health,
            SystemMachine system) {
        var all = new ArrayList<Initiative>();
        if (policy.replaceWiped()) {
            all.add(new WipedReplaced(identities));
        }
        if (policy.acceptJoins()) {
            all.add(new JoinsAccepted(joiners, policy.promote()));
        }
        var deadAfter = policy.removeDeadAfter();
        if (deadAfter != null) {
            all.add(new DeadRemoved(health, system, deadAfter, policy.minVoters()));
        }
        return all;
    }
}
