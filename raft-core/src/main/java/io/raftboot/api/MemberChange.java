package io.raftboot.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to become of the members of a group. Each is carried out by the leader in one or several steps, one after the other, and
 * goes on under the next leader where one fails.
 */
public sealed interface MemberChange {
    /** Whether a member that was added gets a vote by itself. */
    enum Promotion {
        /** As soon as it has caught up, and has been stable for as long as is configured. */
        AUTO,
        /** When an operator says so. */
        MANUAL
    }

    /**
     * A member that is to be there.
     *
     * @param id positive, and that of nobody else
     * @param address {@code HOST:PORT} at which the others reach it
     */
    record Address(long id, String address) {}

    /**
     * A member of the whole set that is wanted.
     *
     * @param address null for the one that it has
     * @param voter whether it is to have a vote; without one it is a learner
     */
    record Wanted(long id, @Nullable String address, boolean voter) {}

    /** Adds a member as a learner, which waits until its process announces itself; then promotes it, if so asked. */
    record Add(Address member, Promotion promotion) implements MemberChange {}

    /** Gives a learner its vote; refused while it lags. */
    record Promote(long id) implements MemberChange {}

    /** Takes a voter's vote; it goes on as a learner. */
    record Demote(long id) implements MemberChange {}

    /** Removes a member; one that leads hands over first. */
    record Remove(long id) implements MemberChange {}

    /** Says where a member is from now on. */
    record Move(Address member) implements MemberChange {}

    /** Adds members as learners, and once all of them have caught up puts them in the place of others at one moment. */
    record Replace(List<Address> in, List<Long> out) implements MemberChange {
        public Replace {
            in = List.copyOf(in);
            out = List.copyOf(out);
        }
    }

    /** The members as they are wanted, all of them: whoever is not named goes. */
    record Target(List<Wanted> members) implements MemberChange {
        public Target {
            members = List.copyOf(members);
        }
    }
}
