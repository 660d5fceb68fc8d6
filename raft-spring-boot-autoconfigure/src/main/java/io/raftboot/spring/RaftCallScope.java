package io.raftboot.spring;

import org.jspecify.annotations.Nullable;

/**
 * Options for all calls of a thread, those of annotated methods too, which have no place for them. What a call's own options
 * say goes first, then the innermost scope, then those around it.
 *
 * <p>An idempotency key names the commands of the thread, so that whatever runs in the scope may be run again as a whole, on any
 * member, and each of its commands is applied once: a request over HTTP, a message from a queue. The first command gets the
 * key itself, the second {@code key#2} and so on, so the commands must come in the same order when it is run again; one that
 * differs from what it was the first time is refused.
 *
 * <p>In try-with-resources, on one thread.
 */
public final class RaftCallScope implements AutoCloseable {
    private static final ThreadLocal<@Nullable RaftCallScope> CURRENT = new ThreadLocal<>();

    private final RaftCallOptions options;
    private final @Nullable Keys keys;
    private final @Nullable RaftCallScope outer;

    /** The keys made of one. */
    private static final class Keys {
        private final String first;
        private int commands;

        Keys(String first) {
            this.first = first;
        }

        String next() {
            commands++;
            return commands == 1 ? first : first + "#" + commands;
        }
    }

    private RaftCallScope(RaftCallOptions options, @Nullable RaftCallScope outer) {
        this.options = outer == null ? options : options.orElse(outer.options);
        this.outer = outer;
        String key = options.idempotencyKey();
        this.keys = key != null ? new Keys(key) : outer == null ? null : outer.keys;
    }

    /** Until it is closed, calls of this thread have these options where they have none of their own. */
    public static RaftCallScope open(RaftCallOptions options) {
        var scope = new RaftCallScope(options, CURRENT.get());
        CURRENT.set(scope);
        return scope;
    }

    /** A call's own options, and the rest from the scopes around it. */
    static RaftCallOptions around(RaftCallOptions own) {
        var scope = CURRENT.get();
        return scope == null ? own : own.orElse(scope.options);
    }

    /** The key of the next command on this thread that has none of its own, or null if it needs none. */
    static @Nullable String nextKey() {
        var scope = CURRENT.get();
        return scope == null || scope.keys == null ? null : scope.keys.next();
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
