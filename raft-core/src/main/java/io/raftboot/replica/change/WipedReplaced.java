package io.raftboot.replica.change;

import io.raftboot.raft.confchange.ConfChanges;
import io.raftboot.raft.proto.ConfChangeType;
import io.raftboot.replica.membership.PeerIdentities;
import io.raftboot.replica.proto.ChangeStep;
import io.raftboot.replica.proto.MemberRecord;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Takes a member that came back with an empty directory in the place of the one that it was: the old one is removed, the new one is
 * added as a learner under its new directory, and gets the vote when it has caught up. Only while all others are there and keep up: what
 * was committed with its help is then on enough of them to be on one of each majority without it.
 */
final class WipedReplaced implements Initiative {
    private final PeerIdentities identities;

    WipedReplaced(PeerIdentities identities) {
        this.identities = identities;
    }

    @Override
    public @Nullable Wish next(Situation present, long nowNanos) {
        for (long id : present.ids()) {
            var remote = identities.comesAnew(id);
            boolean othersAreThere = present.ids().stream()
                    .allMatch(other -> other == id || present.healthy().test(other));
            if (remote != null && othersAreThere && !present.healthy().test(id)) {
                return wish(id, remote.incarnation(), present);
            }
        }
        return null;
    }

    private static Wish wish(long id, long incarnation, Situation present) {
        var steps = new ArrayList<ChangeStep>();
        // A member that stays one keeps what the leader knows of its log, which that directory does not have.
        steps.add(ChangeStep.newBuilder()
                .addChanges(ConfChanges.single(ConfChangeType.CONF_CHANGE_REMOVE_NODE, id))
                .build());
        steps.add(ChangeStep.newBuilder()
                .addChanges(ConfChanges.single(ConfChangeType.CONF_CHANGE_ADD_LEARNER_NODE, id))
                .addMembers(MemberRecord.newBuilder()
                        .setId(id)
                        .setAddress(present.address(id))
                        .setIncarnation(incarnation))
                .build());
        if (present.isVoter(id)) {
            steps.add(ChangeStep.newBuilder()
                    .addChanges(ConfChanges.single(ConfChangeType.CONF_CHANGE_ADD_NODE, id))
                    .build());
        }
        return new Wish(
                steps,
                "raft.membership.replace-wiped",
                "node " + id
                        + " came back with another data directory, and all others are there: it takes its own place",
                0);
    }
}
