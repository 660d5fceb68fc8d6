package io.raftboot.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of the wish to change the members. */
public sealed interface ChangeOutcome {
    /** Why a change was not begun, or not ended. */
    enum Reason {
        /** No leader is known, or none answered in time; or the member does not run. Worth another try. */
        NO_LEADER,
        /** What was written can't be: a malformed address, an id that is named twice. */
        INVALID,
        /** There is no such member, or no such change. */
        UNKNOWN,
        /** Another change is under way. */
        CHANGE_RUNNING,
        /** The id is a member, or is being added, already. */
        EXISTS,
        /** The configuration is another one than the caller has seen. */
        STALE,
        /** The group would lose its last voter, or no majority would be there. */
        MAJORITY,
        /** A member lags, or was not heard of lately. */
        LAGGING,
        /** It can't be done as things are, for another reason. */
        REFUSED
    }

    /** It is carried out, or was before: nothing is to be done where all is as wanted already. */
    record Accepted(MembershipView.Change change) implements ChangeOutcome {}

    /** What would be done; nothing was. */
    record Planned(List<MembershipView.Step> steps) implements ChangeOutcome {
        public Planned {
            steps = List.copyOf(steps);
        }
    }

    /**
     * Nothing was changed.
     *
     * @param message for people
     * @param present the members as they are; null if that is not known
     */
    record Refused(Reason reason, String message, @Nullable MembershipView present) implements ChangeOutcome {}

    /** It may have begun or not; asked for again with the same idempotency key it is the same. */
    record Undecided(String message) implements ChangeOutcome {}
}
