package io.raftboot.replica.machine;

import io.raftboot.raft.confchange.ConfChanges;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.replica.proto.MemberRecord;
import java.util.Comparator;
import java.util.List;

/** What a change of the configuration does to what the group knows of its members. */
final class MemberChanges {
    /** Removed members that are remembered; of more, those that were removed first are forgotten. */
    private static final int MAX_REMOVED = 1024;

    private MemberChanges() {}

    /**
     * How members are removed.
     *
     * @param atMillis agreed time
     * @param by who asked for it; empty if that is not known
     */
    record Removal(long atMillis, String by) {}

    /**
     * A change of the configuration.
     *
     * @param named who the members are that it adds, or whose address it changes
     */
    record Step(ConfState before, ConfState after, List<MemberRecord> named) {}

    /** The members after the change. Who still has a vote in the half that is being left is one of them. */
    static Members apply(Members members, Step step, Removal removal) {
        var before = ConfChanges.members(step.before());
        var after = ConfChanges.members(step.after());
        var changed = members;
        for (long id : before) {
            changed = after.contains(id) ? changed : removed(changed, id, removal);
        }
        for (long id : after) {
            changed = before.contains(id) ? changed : added(changed, id);
        }
        for (MemberRecord said : step.named()) {
            changed = named(changed, said);
        }
        return changed;
    }

    /**
     * One that had not said yet who it is is remembered all the same: what it still says afterwards must not be taken for what the
     * one says that may come in its place.
     */
    private static Members removed(Members members, long id, Removal removal) {
        var known = members.get(id);
        var removed = known == null ? MemberRecord.newBuilder().setId(id) : known.toBuilder();
        removed.setRemoved(true)
                .clearStateMachines()
                .setRemovedAtMillis(removal.atMillis())
                .setRemovedBy(removal.by());
        return withoutTheOldest(members.with(removed.build()));
    }

    /** Nobody needs the votes of those that were removed any more. */
    static Members settled(Members members, List<Long> ids) {
        var after = members;
        for (long id : ids) {
            var known = after.get(id);
            if (known != null && known.getRemoved()) {
                after = after.with(known.toBuilder().setRemovalSettled(true).build());
            }
        }
        return after;
    }

    private static Members withoutTheOldest(Members members) {
        var removed = members.byId().values().stream()
                .filter(MemberRecord::getRemoved)
                .toList();
        return removed.size() <= MAX_REMOVED
                ? members
                : removed.stream()
                        .min(Comparator.comparingLong(MemberRecord::getRemovedAtMillis)
                                .thenComparingLong(MemberRecord::getId))
                        .map(oldest -> members.without(oldest.getId()))
                        .orElse(members);
    }

    /** Who was removed may come back as another one, once it is added. */
    private static Members added(Members members, long id) {
        var known = members.get(id);
        return known != null && known.getRemoved() ? members.without(id) : members;
    }

    /** The directory by which a member is known from now on, and where it is. */
    private static Members named(Members members, MemberRecord said) {
        var known = members.get(said.getId());
        if (known != null && (said.getIncarnation() == 0 || known.getIncarnation() == said.getIncarnation())) {
            return said.getAddress().isEmpty()
                    ? members
                    : members.with(
                            known.toBuilder().setAddress(said.getAddress()).build());
        }
        return members.with(MemberRecord.newBuilder()
                .setId(said.getId())
                .setAddress(said.getAddress())
                .setIncarnation(said.getIncarnation())
                .build());
    }
}
