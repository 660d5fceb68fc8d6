package io.raftboot.replica.config;

import io.raftboot.api.MemberChange.Promotion;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Rule of how the members of a running group change, {@code raft.membership}; to be set alike on all members, as that of the one
 * that leads counts.
 *
 * @param stableAfter time for which a learner that has caught up must have been healthy before it gets a vote by itself; zero for at
 *     once
 * @param promote whether a member gets its vote by itself where whoever added it did not say
 * @param acceptJoins whether a process that announces itself is added without anybody asking for it; one whose id was removed never is
 * @param replaceWiped whether a voter that comes back with an empty directory takes its own place by itself, as long as all
 *     others are there
 * @param removeDeadAfter time without a word after which a voter is removed, at least {@link #SHORTEST_DEATH}; null for never
 * @param minVoters fewest voters that the removal of dead ones leaves, if that is more than a majority of as many as were wanted last;
 *     never counted from as many as there are
 * @param maxVoters voters beyond which a process that joins by itself stays a learner, and so a spare; who is asked for by name may be
 *     one more
 */
public record MembershipPolicy(
        Duration stableAfter,
        Promotion promote,
        boolean acceptJoins,
        boolean replaceWiped,
        @Nullable Duration removeDeadAfter,
        int minVoters,
        int maxVoters) {
    /** Shortest time after which a member may be taken for dead: a restart, or a machine that is replaced, takes less. */
    public static final Duration SHORTEST_DEATH = Duration.ofHours(1);

    /** Most voters that can be asked for: more than any group has, so that a slip is told. */
    public static final int MAX_VOTERS = 99;

    private static final int DEFAULT_MAX_VOTERS = 7;

    private static final MembershipPolicy DEFAULTS =
            new MembershipPolicy(Duration.ofSeconds(10), Promotion.AUTO, false, false, null, 0, DEFAULT_MAX_VOTERS);

    /** Checks the numbers. */
    public MembershipPolicy {
        check(!stableAfter.isNegative(), "the time for which a learner must be stable can't be negative; 0 is none");
        check(
                removeDeadAfter == null || removeDeadAfter.compareTo(SHORTEST_DEATH) >= 0,
                "the time after which a member is taken for dead is " + removeDeadAfter + "; write " + SHORTEST_DEATH
                        + " or longer, so that no restart costs a member its place");
        check(
                minVoters >= 0 && minVoters <= MAX_VOTERS,
                "the fewest voters that stay are " + minVoters + "; write a number between 1 and " + MAX_VOTERS
                        + ", or 0 for a majority of as many as are wanted");
        check(
                maxVoters >= 1 && maxVoters <= MAX_VOTERS,
                "the most voters that processes join to be are " + maxVoters + "; write a number between 1 and "
                        + MAX_VOTERS);
    }

    /** Learners get their votes by themselves after 10 seconds; else nothing happens that nobody asked for. */
    public static MembershipPolicy defaults() {
        return DEFAULTS;
    }

    public MembershipPolicy withStableAfter(Duration value) {
        return new MembershipPolicy(value, promote, acceptJoins, replaceWiped, removeDeadAfter, minVoters, maxVoters);
    }

    public MembershipPolicy withPromote(Promotion value) {
        return new MembershipPolicy(
                stableAfter, value, acceptJoins, replaceWiped, removeDeadAfter, minVoters, maxVoters);
    }

    public MembershipPolicy withAcceptJoins(boolean value) {
        return new MembershipPolicy(stableAfter, promote, value, replaceWiped, removeDeadAfter, minVoters, maxVoters);
    }

    public MembershipPolicy withReplaceWiped(boolean value) {
        return new MembershipPolicy(stableAfter, promote, acceptJoins, value, removeDeadAfter, minVoters, maxVoters);
    }

    public MembershipPolicy withRemoveDeadAfter(@Nullable Duration value) {
        return new MembershipPolicy(stableAfter, promote, acceptJoins, replaceWiped, value, minVoters, maxVoters);
    }

    public MembershipPolicy withMaxVoters(int value) {
        return new MembershipPolicy(stableAfter, promote, acceptJoins, replaceWiped, removeDeadAfter, minVoters, value);
    }

    public MembershipPolicy withMinVoters(int value) {
        return new MembershipPolicy(stableAfter, promote, acceptJoins, replaceWiped, removeDeadAfter, value, maxVoters);
    }

    private static void check(boolean valid, String message) {
        if (!valid) {
            throw new IllegalArgumentException(message);
        }
    }
}
