package io.raftboot.replica.watch;

import java.time.Duration;

/**
 * How long the steps of a replica's life may take.
 *
 * @param drain for commands under way, when a member is stopped
 * @param grace for threads that were asked to end, before callers are answered without them and writers of snapshots
 *     interrupted
 * @param patience of whoever calls start or stop, for a run to be closed; it is closed all the same, later
 * @param firstRestart before a failed member is started again for the first time
 * @param longestRestart before it is started again after many attempts; each time twice as long as before up to there
 * @param stable a member that ran for so long begins with the first attempt again
 */
public record LifeTimes(
        Duration drain,
        Duration grace,
        Duration patience,
        Duration firstRestart,
        Duration longestRestart,
        Duration stable) {
    /** As an application wants them. */
    public static final LifeTimes DEFAULT = new LifeTimes(
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ofSeconds(10),
            Duration.ofSeconds(1),
            Duration.ofMinutes(1),
            Duration.ofMinutes(1));

    /** The pause before the attempt with this number, from 1 on: without jitter. */
    public Duration beforeRestart(int attempt) {
        var wait = firstRestart;
        for (int i = 1; i < attempt && wait.compareTo(longestRestart) < 0; i++) {
            wait = wait.multipliedBy(2);
        }
        return wait.compareTo(longestRestart) < 0 ? wait : longestRestart;
    }
}
