package io.raftboot.spring;

import org.jspecify.annotations.Nullable;

/**
 * Names the commands of a thread, so that whatever runs in it may be run again as a whole, on any member, and each of its
 * commands is applied once: a request over HTTP, a message from a queue. The first command gets the key itself, the second
 * {@code key#2} and so on, so the commands must come in the same order when it is run again; one that differs from what it
 * was the first time is refused.
 *
 * <p>In try-with-resources, on one thread.
 */
public final class IdempotencyScope implements AutoCloseable {
    private static final ThreadLocal<@Nullable IdempotencyScope> CURRENT = new ThreadLocal<>();

    private final String key;
    private final @Nullable IdempotencyScope outer;
    private int commands;

    private IdempotencyScope(String key, @Nullable IdempotencyScope outer) {
        this.key = key;
        this.outer = outer;
    }

    /** Until it is closed, commands that this thread calls without a key of their own are named by this one. */
    public static IdempotencyScope open(String key) {
        var scope = new IdempotencyScope(key, CURRENT.get());
        CURRENT.set(scope);
        return scope;
    }

    /** The key of the next command on this thread, or null if it needs none. */
    static @Nullable String nextKey() {
        var scope = CURRENT.get();
        return scope == null ? null : scope.next();
    }

    private String next() {
        commands++;
        return commands == 1 ? key : key + "#" + commands;
    }

    /** Gives the thread back what was there before. */
    @Override
    public void close() {
        if (outer == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(outer);
        }
    }
}
