package io.raftboot.autoconfigure.properties;

import io.raftboot.autoconfigure.InvalidRaftPropertyException;
import io.raftboot.replica.config.SessionPolicy;
import java.time.Duration;
import java.util.List;

/**
 * Whether the durations go together. Of two that don't, the one that somebody wrote is to blame, and not the other one's default.
 * Each check throws an {@link InvalidRaftPropertyException} that says what to write instead.
 */
public final class DurationChecks {
    /** More than a day of millisecond ticks: a slip of the unit, and beyond what the core counts sensibly. */
    private static final long MAX_TICKS = 100_000_000;

    private static final Duration SHORTEST_TICK = Duration.ofMillis(1);
    private static final Duration TICK = Duration.ofMillis(50);
    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration ELECTION_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration SESSION = Duration.ofHours(1);

    private DurationChecks() {}

    /** The intervals are whole multiples of the tick, and the longest is that without word from a leader. */
    public static void intervals(Duration tick, Duration heartbeat, Duration election) {
        positive("raft.tick-interval", tick, "50ms");
        if (tick.compareTo(SHORTEST_TICK) < 0) {
            throw invalid(
                    "raft.tick-interval",
                    "is " + ValueText.of(tick) + ", shorter than " + ValueText.of(SHORTEST_TICK),
                    "Write a longer duration with its unit, for example 50ms.");
        }
        atMost("raft.tick-interval", tick);
        atMost("raft.heartbeat-interval", heartbeat);
        atMost("raft.election-timeout", election);
        multiple("raft.heartbeat-interval", heartbeat, Duration.ofMillis(100), tick);
        multiple("raft.election-timeout", election, ELECTION_TIMEOUT, tick);
        if (election.compareTo(heartbeat) > 0) {
            return;
        }
        if (election.equals(ELECTION_TIMEOUT)) {
            throw invalid(
                    "raft.heartbeat-interval",
                    "is " + ValueText.of(heartbeat) + ", not shorter than raft.election-timeout ("
                            + ValueText.of(election) + ")",
                    "Write a tenth of raft.election-timeout or so, or about ten heartbeats into that, "
                            + ValueText.of(heartbeat.multipliedBy(10)) + ".",
                    "raft.election-timeout");
        }
        throw invalid(
                "raft.election-timeout",
                "is " + ValueText.of(election) + ", not longer than raft.heartbeat-interval (" + ValueText.of(heartbeat)
                        + ")",
                "Write about ten heartbeats, " + ValueText.of(heartbeat.multipliedBy(10)) + ".",
                "raft.heartbeat-interval");
    }

    /**
     * A duration is longer than 0, and not longer than can be computed with.
     *
     * @param example of what could be written
     */
    public static void positive(String property, Duration value, String example) {
        if (value.isNegative() || value.isZero()) {
            throw invalid(
                    property,
                    "is " + ValueText.of(value),
                    "Write a duration longer than 0, for example " + example + ".");
        }
        atMost(property, value);
    }

    /**
     * A duration is 0 or longer, and not longer than can be computed with.
     *
     * @param example of what could be written
     */
    public static void notNegative(String property, Duration value, String example) {
        if (value.isNegative()) {
            throw invalid(
                    property, "is " + ValueText.of(value), "Write a duration, for example " + example + ", or 0.");
        }
        atMost(property, value);
    }

    /** A duration beyond the longest has no sense, and what is computed with it could overflow. */
    private static void atMost(String property, Duration value) {
        if (value.compareTo(SessionPolicy.LONGEST) > 0) {
            throw invalid(
                    property,
                    "is " + ValueText.of(value),
                    "Write a duration of at most " + SessionPolicy.LONGEST.toDays() + "d. Check its unit.");
        }
    }

    /** What rests is tried again with the next tick. */
    public static void longerThanTick(String property, Duration value, Duration tick) {
        if (value.compareTo(tick) <= 0) {
            throw invalid(
                    property,
                    "is " + ValueText.of(value) + ", not longer than raft.tick-interval (" + ValueText.of(tick) + ")",
                    "Write a longer duration with its unit, for example 5s.",
                    "raft.tick-interval");
        }
    }

    /** A session, or a key, must outlive whatever its commands wait for, or it could end between two attempts. */
    public static void outlives(String property, Duration value, Duration commandTimeout) {
        if (SessionPolicy.outlivesRepetition(value, commandTimeout)) {
            return;
        }
        if (value.equals(SESSION) && !commandTimeout.equals(COMMAND_TIMEOUT)) {
            throw invalid(
                    "raft.command-timeout",
                    "is " + ValueText.of(commandTimeout) + ", not less than half of " + property + " ("
                            + ValueText.of(value) + ")",
                    "Write a shorter duration, below " + ValueText.of(value.dividedBy(2)) + ", or a longer one into "
                            + property + ", for example " + ValueText.of(commandTimeout.multipliedBy(10)) + ".",
                    property);
        }
        throw invalid(
                property,
                "is " + ValueText.of(value) + ", not more than twice raft.command-timeout ("
                        + ValueText.of(commandTimeout) + ")",
                "Write a longer duration, for example " + ValueText.of(commandTimeout.multipliedBy(10)) + ".",
                "raft.command-timeout");
    }

    private static void multiple(String property, Duration value, Duration usual, Duration tick) {
        positive(property, value, ValueText.of(tick.multipliedBy(2)));
        Duration remainder = value.minus(tick.multipliedBy(value.dividedBy(tick)));
        if (!remainder.isZero()) {
            throw value.equals(usual) && !tick.equals(TICK)
                    ? noDivisor(property, value, tick)
                    : noMultiple(property, value, tick, remainder);
        }
        if (value.dividedBy(tick) > MAX_TICKS) {
            throw invalid(
                    property,
                    "is " + ValueText.of(value) + ", longer than " + MAX_TICKS + " ticks of raft.tick-interval ("
                            + ValueText.of(tick) + ")",
                    "Write a shorter duration. Check the units of both.",
                    "raft.tick-interval");
        }
    }

    private static InvalidRaftPropertyException noDivisor(String property, Duration value, Duration tick) {
        return invalid(
                "raft.tick-interval",
                "is " + ValueText.of(tick) + ", of which " + property + " (" + ValueText.of(value)
                        + ") is no whole multiple",
                "Write one that divides it, for example 50ms, or write multiples of it into raft.heartbeat-interval and"
                        + " raft.election-timeout, for example " + ValueText.of(tick.multipliedBy(2)) + " and "
                        + ValueText.of(tick.multipliedBy(20)) + ".",
                property);
    }

    private static InvalidRaftPropertyException noMultiple(
            String property, Duration value, Duration tick, Duration remainder) {
        Duration above = value.minus(remainder).plus(tick);
        Duration below = above.minus(tick);
        return invalid(
                property,
                "is " + ValueText.of(value) + ", which is no whole multiple of raft.tick-interval ("
                        + ValueText.of(tick) + ")",
                "Write " + (below.isZero() ? "" : ValueText.of(below) + " or ") + ValueText.of(above)
                        + ", or change raft.tick-interval.",
                "raft.tick-interval");
    }

    private static InvalidRaftPropertyException invalid(
            String property, String reason, String action, String... others) {
        return new InvalidRaftPropertyException(property, reason, action, List.of(others));
    }
}
