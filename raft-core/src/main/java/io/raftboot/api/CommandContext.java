package io.raftboot.api;

import java.time.Instant;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Where a command stands, alike on all members.
 *
 * @param index      of the command's entry in the log; grows with every command, with gaps
 * @param term       of the entry
 * @param agreedTime stamped by the leader that appended the entry; never decreases from one command to the next
 */
public record CommandContext(long index, long term, Instant agreedTime) {
    private static final ThreadLocal<@Nullable CommandContext> CURRENT = new ThreadLocal<>();

    /**
     * The context of the command that is being applied on this thread.
     *
     * @throws IllegalStateException outside of a command
     */
    public static CommandContext current() {
        CommandContext context = CURRENT.get();
        if (context == null) {
            throw new IllegalStateException("no command is being applied on this thread; its context, agreed time and"
                    + " random source are there only while a command runs");
        }
        return context;
    }

    /** Whether this thread is applying a command, where no operation of the replica may be waited for. */
    public static boolean isApplying() {
        return CURRENT.get() != null;
    }

    /** A random source seeded by the entry: the same numbers on every member. Each call starts anew. */
    public RandomGenerator random() {
        return new SplittableRandom(index * 0x9E3779B97F4A7C15L + term);
    }

    /**
     * Runs an action with this context as the {@link #current()} one of the calling thread, for those who apply
     * commands, and for tests of what is applied.
     *
     * @throws Exception what the action throws
     */
    public <T extends @Nullable Object> T call(Callable<T> action) throws Exception {
        CommandContext outer = CURRENT.get();
        CURRENT.set(this);
        try {
            return action.call();
        } finally {
            // Not removed where there was none: the next command on this thread would have to make it anew.
            CURRENT.set(outer);
        }
    }
}
