package io.raftboot.replica;

import java.time.Duration;

/**
 * A failed member is about to be started again.
 *
 * @param attempt how many times it was tried since the member last ran for a while, this one included
 * @param delay from the failure, or the attempt before, to this one
 */
public record PendingRestart(int attempt, Duration delay) {}
