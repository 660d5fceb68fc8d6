package io.raftboot.api;

import java.time.Instant;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Where a command stands, alike on all members.
 *
 * @param index of the command's entry in the log; grows with every command, with gaps
 * @param term of the entry
 * @param agreedTime stamped by the leader that appended the entry; never decreases from one command to the next
 */
public record CommandContext(long index, long term, Instant agreedTime) {
    private static final ThreadLocal<@Nullable Running> RUNNING = new ThreadLocal<>();

    /**
     * What of a state machine runs on a thread.
     *
     * @param context of the command that is being applied; null if it is something else than a command
     * @param machine name of the state machine, if somebody has said it
     */
    private record Running(@Nullable CommandContext context, @Nullable String machine) {}

    /**
     * The context of the command that is being applied on this thread.
     *
     * @throws IllegalStateException outside of a command
     */
    public static CommandContext current() {
        var running = RUNNING.get();
        if (running == null || running.context == null) {
            throw new IllegalStateException("no command is being applied on this thread; its context, agreed time and"
                    + " random source are there only while a command runs");
        }
        return running.context;
    }

    /** Whether this thread is applying a command, where no operation of the replica may be waited for. */
    public static boolean isApplying() {
        var running = RUNNING.get();
        return running != null && running.context != null;
    }

    /**
     * Name of the state machine whose method runs on this thread, be it for a command, a query or a snapshot; null if none does, or
     * one that does not run {@linkplain #within within} its name. What it would wait for from its own replica could not come.
     */
    public static @Nullable String machine() {
        var running = RUNNING.get();
        return running == null ? null : running.machine;
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
        return run(new Running(this, machine()), action);
    }

    /**
     * Runs a method of a state machine so that {@link #machine()} tells its name, for those who implement state machines by calling
     * something else. A command's context stays the current one.
     *
     * @throws Exception what the action throws
     */
    public static <T extends @Nullable Object> T within(String machine, Callable<T> action) throws Exception {
        var outer = RUNNING.get();
        return run(new Running(outer == null ? null : outer.context, machine), action);
    }

    private static <T extends @Nullable Object> T run(Running running, Callable<T> action) throws Exception {
        var outer = RUNNING.get();
        RUNNING.set(running);
        try {
            return action.call();
        } finally {
            // It is not removed where there was none: the next command on this thread would have to make it anew.
            RUNNING.set(outer);
        }
    }
}
