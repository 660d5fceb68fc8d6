package io.raftboot.raft;

import java.util.random.RandomGenerator;

/**
 * Counts ticks up to an election. Drawn anew for each term and role, so that two members seldom campaign at once
 * (dissertation section 3.4). A leader uses the same count, without the random part, for its check-quorum rounds.
 */
final class ElectionTimer {
    private final int electionTicks;
    private final RandomGenerator random;
    private int elapsedTicks;
    private int timeoutTicks;

    ElectionTimer(int electionTicks, RandomGenerator random) {
        this.electionTicks = electionTicks;
        this.random = random;
    }

    void tick() {
        elapsedTicks++;
    }

    void restart() {
        elapsedTicks = 0;
    }

    /** Restarts with a new time-out out of [electionTicks, 2 * electionTicks). */
    void restartWithNewTimeout() {
        elapsedTicks = 0;
        timeoutTicks = electionTicks + random.nextInt(electionTicks);
    }

    /** Whether it is time to campaign. */
    boolean isExpired() {
        return elapsedTicks >= timeoutTicks;
    }

    /** The ticks until the shortest time there can be between two elections is over; 0 or less if it is. */
    int remainingTicks() {
        return electionTicks - elapsedTicks;
    }

    /** Replaces the random time-out until the next one is drawn. */
    void pinTimeout(int ticks) {
        timeoutTicks = ticks;
    }
}
