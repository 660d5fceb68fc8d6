package io.raftboot.replica.config;

import io.raftboot.raft.RaftConfig;
import java.time.Duration;

/**
 * The times by which a member elects and is heard, to be set alike on all members of a group. The core counts the two longer
 * ones in ticks, so they are whole multiples of a tick.
 *
 * @param tickInterval length of one tick, longer than 0
 * @param electionTimeout time without a leader's word after which a member campaigns; the actual one is drawn anew each time,
 *     and is up to twice as long. Longer than a heartbeat's interval, ten times advised
 * @param heartbeatInterval time between two heartbeats of a leader
 */
public record Timing(Duration tickInterval, Duration electionTimeout, Duration heartbeatInterval) {
    private static final int DEFAULT_ELECTION_TICKS = 20;
    private static final int DEFAULT_HEARTBEAT_TICKS = 2;

    public Timing {
        check(!tickInterval.isNegative() && !tickInterval.isZero(), "the tick interval must be longer than 0");
        checkMultiple("election timeout", electionTimeout, tickInterval);
        checkMultiple("heartbeat interval", heartbeatInterval, tickInterval);
        check(
                electionTimeout.compareTo(heartbeatInterval) > 0,
                "the election timeout is " + electionTimeout
                        + ", and must be longer than the heartbeat interval, which is " + heartbeatInterval
                        + "; write about ten heartbeats, " + heartbeatInterval.multipliedBy(10));
    }

    /** Ticks of 50 ms, an election timeout of a second and a heartbeat every 100 ms. */
    public static Timing defaults() {
        return ofTick(Duration.ofMillis(50));
    }

    /** An election timeout of 20 ticks, and a heartbeat every other tick. */
    public static Timing ofTick(Duration tickInterval) {
        return new Timing(
                tickInterval,
                tickInterval.multipliedBy(DEFAULT_ELECTION_TICKS),
                tickInterval.multipliedBy(DEFAULT_HEARTBEAT_TICKS));
    }

    /** What the core is told by a replica with these times, to be changed where the application wants it otherwise. */
    public RaftConfig.Builder raftConfig() {
        return RaftConfig.forReplica(ticks(electionTimeout), ticks(heartbeatInterval));
    }

    private int ticks(Duration time) {
        return (int) time.dividedBy(tickInterval);
    }

    private static void checkMultiple(String name, Duration value, Duration tick) {
        long ticks = value.isNegative() ? 0 : value.dividedBy(tick);
        check(
                ticks > 0 && tick.multipliedBy(ticks).equals(value),
                "the " + name + " is " + value + ", and must be a whole multiple of the tick interval, which is " + tick
                        + "; write " + tick.multipliedBy(Math.max(1, ticks)));
        check(ticks <= Integer.MAX_VALUE / 2, "the " + name + " is " + value + ", too many ticks of " + tick);
    }

    private static void check(boolean valid, String message) {
        if (!valid) {
            throw new IllegalArgumentException(message);
        }
    }
}
