package io.raftboot.replica.change;

import io.raftboot.raft.confchange.ConfChanges;
import io.raftboot.raft.proto.ConfChangeType;
import io.raftboot.replica.membership.ReturnedMembers;
import io.raftboot.replica.proto.ChangeStep;
import io.raftboot.replica.proto.MemberRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes a member that came back with an empty directory in the place of the one that it was: the old one is removed, the new one is
 * added as a learner under its new directory, and gets the vote when it has caught up. Only while all others are there and keep up: what
 * was committed with its help is then on enough of them to be on one of each majority without it.
 *
 * <p>It is the directory that comes for longer than an election timeout that is taken in. A process that begins as one of the first
 * members is told that the group began before, and comes again with a directory that is made for joining: nobody must wait for the one
 * that it came with first.
 */
final class WipedReplaced implements Initiative {
    static final String PROPERTY = "raft.membership.replace-wiped";

    /** Silence of the member that is known, in election timeouts, before another one takes its place. */
    private static final int SILENT_ELECTION_TIMEOUTS = 10;

    private final ReturnedMembers returned;
    private final MemberHealth health;
    private final OwedVotes owed;
    private final long electionTimeoutNanos;

    WipedReplaced(ReturnedMembers returned, MemberHealth health, OwedVotes owed, long electionTimeoutNanos) {
        this.returned = returned;
        this.health = health;
        this.owed = owed;
        this.electionTimeoutNanos = electionTimeoutNanos;
    }

    @Override
    public List<Wish> wishes(Situation present, long nowNanos) {
        var wishes = new ArrayList<Wish>();
        if (present.noNewcomers() != null) {
            return wishes;
        }
        for (long id : present.ids()) {
            var visit = visit(id, present, nowNanos);
            boolean othersAreThere = present.ids().stream()
                    .allMatch(other -> other == id || present.healthy().test(other));
            if (visit != null && othersAreThere) {
                wishes.add(wish(id, visit.remote().incarnation(), present));
            }
        }
        return wishes;
    }

    /** Who comes where the member was, while nothing is heard of the member itself: not some other process under its id. */
    private ReturnedMembers.@Nullable Visit visit(long id, Situation present, long nowNanos) {
        var known = present.members().get(id);
        if (known == null || known.getRemoved() || known.getIncarnation() == 0) {
            return null;
        }
        var visit = returned.other(id, known.getIncarnation());
        if (visit == null
                || !visit.remote().run().beganEmpty()
                || visit.lastNanos() - visit.firstNanos() < electionTimeoutNanos) {
            return null;
        }
        String where = visit.remote().process().advertisedAddress();
        boolean elsewhere =
                !where.isEmpty() && !known.getAddress().isEmpty() && !where.equalsIgnoreCase(known.getAddress());
        // A leader that was elected while the other one comes has not heard of the member itself, and must not wait for
        // ever.
        boolean gone = health.silentNanos(id, nowNanos) >= SILENT_ELECTION_TIMEOUTS * electionTimeoutNanos
                && !health.wasHeardBehind(id, visit.firstNanos());
        return elsewhere || !gone ? null : visit;
    }

    private Wish wish(long id, long incarnation, Situation present) {
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
        if (present.isVoter(id) || owed.isOwed(id)) {
            steps.add(ChangeStep.newBuilder()
                    .addChanges(ConfChanges.single(ConfChangeType.CONF_CHANGE_ADD_NODE, id))
                    .build());
        }
        return new Wish(
                steps,
                PROPERTY,
                "node " + id
                        + " came back with another data directory, and all others are there: it takes its own place",
                0);
    }
}
