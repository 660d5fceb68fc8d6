package io.raftboot.replica.machine;

import io.raftboot.raft.proto.ConfChangeSingle;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.replica.proto.ChangeContext;
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

    /** The members after the change. */
    static Members apply(Members members, ConfChangeV2 change, ChangeContext context, Removal removal) {
        var after = members;
        for (ConfChangeSingle single : change.getChangesList()) {
            long id = single.getNodeId();
            after = switch (single.getType()) {
                case CONF_CHANGE_REMOVE_NODE -> removed(after, id, removal);
                case CONF_CHANGE_ADD_NODE, CONF_CHANGE_ADD_LEARNER_NODE -> added(after, id);
                case CONF_CHANGE_UPDATE_NODE -> after;
            };
        }
        for (MemberRecord said : context.getMembersList()) {
            after = named(after, said);
        }
        return after;
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
