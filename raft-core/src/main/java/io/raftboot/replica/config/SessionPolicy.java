package io.raftboot.replica.config;

import java.time.Duration;

/**
 * How long, and how many, results are kept for commands that may be sent again. What a member's commands are kept by is
 * said in its entries, so the policies of members may differ.
 *
 * @param timeout agreed time without a command after which a member's session with a state machine ends
 * @param maxSessions sessions a state machine may have
 * @param keyRetention agreed time for which the result of a command with an idempotency key is kept
 * @param maxKeys idempotency keys a state machine may hold
 * @param maxKeyBytes bytes of keys and results it may hold for them
 */
public record SessionPolicy(Duration timeout, int maxSessions, Duration keyRetention, int maxKeys, long maxKeyBytes) {
    /** How long either may be at most: far beyond what anybody wants to keep, and far from what can't be computed with. */
    public static final Duration LONGEST = Duration.ofDays(3650);

    private static final SessionPolicy DEFAULTS = new SessionPolicy(
            Duration.ofHours(1),
            10_000,
            Duration.ofHours(1),
            100_000,
            MemoryBudget.ofThisProcess().keyBytes());

    public SessionPolicy {
        check(!timeout.isNegative() && !timeout.isZero(), "the time-out of a session must be longer than 0");
        check(maxSessions > 0, "the number of sessions must be greater than 0");
        check(!keyRetention.isNegative() && !keyRetention.isZero(), "the retention of keys must be longer than 0");
        check(timeout.compareTo(LONGEST) <= 0, "the time-out of a session must be at most " + LONGEST);
        check(keyRetention.compareTo(LONGEST) <= 0, "the retention of keys must be at most " + LONGEST);
        check(maxKeys > 0, "the number of idempotency keys must be greater than 0");
        check(maxKeyBytes > 0, "the bytes of idempotency keys must be greater than 0");
    }

    /** One hour for sessions and keys, 10,000 sessions, 100,000 keys, and a part of the heap for them, 64 MiB at most. */
    public static SessionPolicy defaults() {
        return DEFAULTS;
    }

    public SessionPolicy withTimeout(Duration value) {
        return new SessionPolicy(value, maxSessions, keyRetention, maxKeys, maxKeyBytes);
    }

    public SessionPolicy withMaxSessions(int value) {
        return new SessionPolicy(timeout, value, keyRetention, maxKeys, maxKeyBytes);
    }

    public SessionPolicy withKeyRetention(Duration value) {
        return new SessionPolicy(timeout, maxSessions, value, maxKeys, maxKeyBytes);
    }

    public SessionPolicy withMaxKeys(int value) {
        return new SessionPolicy(timeout, maxSessions, keyRetention, value, maxKeyBytes);
    }

    public SessionPolicy withMaxKeyBytes(long value) {
        return new SessionPolicy(timeout, maxSessions, keyRetention, maxKeys, value);
    }

    /**
     * Whether what is kept for so long outlives the copies of a command that a member sends within this time: the last of them
     * may be on its way to the log for about as long again.
     */
    public static boolean outlivesRepetition(Duration kept, Duration commandTimeout) {
        return commandTimeout.compareTo(half(kept)) < 0;
    }

    /** Asked with every command: a duration divides itself by way of big decimals, which costs more than all else that a call checks. */
    private static Duration half(Duration whole) {
        long seconds = whole.getSeconds();
        return Duration.ofSeconds(seconds / 2, seconds % 2 * 500_000_000 + whole.getNano() / 2);
    }

    private static void check(boolean right, String trouble) {
        if (!right) {
            throw new IllegalArgumentException(trouble);
        }
    }
}
