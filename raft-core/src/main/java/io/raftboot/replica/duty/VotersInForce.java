package io.raftboot.replica.duty;

/** The voters in force, a moment old. Any thread. */
@FunctionalInterface
public interface VotersInForce {
    Voters voters();
}
