package io.raftboot.replica;

import java.time.Instant;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Where a command stands, alike on all members.
 *
 * @param index      of the command's entry in the log; grows with every command, with gaps
 * @param term       of the entry
 * @param agreedTime stamped by the leader that appended the entry; never decreases from one command to the next
 */
public record CommandContext(long index, long term, Instant agreedTime) {
    /** A random source seeded by the entry: the same numbers on every member. Each call starts anew. */
    public RandomGenerator random() {
        return new SplittableRandom(index * 0x9E3779B97F4A7C15L + term);
    }
}
