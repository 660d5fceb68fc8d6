package io.raftboot.replica.change;

import io.raftboot.replica.proto.ChangeStep;
import io.raftboot.replica.proto.MemberRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A change of the members that the leader begins without being asked, because its configuration says so. Owned by the raft stage. */
interface Initiative {
    /**
     * What it comes to.
     *
     * @param steps of the change
     * @param by the property for which it is done
     * @param why for the log
     * @param wantedVoters voters that the group is to have from then on; 0 to leave that as it was
     */
    record Wish(List<ChangeStep> steps, String by, String why, int wantedVoters) {}

    /** What is to be done now, each by itself, the first one first. */
    List<Wish> wishes(Situation present, long nowNanos);

    /** Why a process that announces itself is not added by this one now, or that it is about to be; null if that is not its business. */
    default @Nullable String joinerWaitsFor(MemberRecord joiner, Situation present, long nowNanos) {
        return null;
    }
}
