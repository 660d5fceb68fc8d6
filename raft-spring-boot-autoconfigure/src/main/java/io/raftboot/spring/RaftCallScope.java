package io.raftboot.spring;

import io.raftboot.spring.call.RaftCallScopeAccessor;
import java.util.concurrent.atomic.AtomicInteger;
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
 * <p>In try-with-resources, on one thread. To others it is carried by {@link #carry}, which is a {@code TaskDecorator} for executors
 * of Spring's, and by Micrometer's context propagation ({@link RaftCallScopeAccessor}).
 */
public final class RaftCallScope implements AutoCloseable {
    private static final ThreadLocal<@Nullable RaftCallScope> CURRENT = new ThreadLocal<>();

    private final RaftCallOptions options;
    private final @Nullable Keys keys;
    private final @Nullable RaftCallScope outer;

    /** The keys made of one. */
    private static final class Keys {
        private final String first;
        private final AtomicInteger commands = new AtomicInteger();

        Keys(String first) {
            this.first = first;
        }

        String next() {
            int command = commands.incrementAndGet();
            return command == 1 ? first : first + "#" + command;
        }
    }

    private RaftCallScope(RaftCallOptions options, @Nullable Keys keys, @Nullable RaftCallScope outer) {
        this.options = outer == null ? options : options.orElse(outer.options);
        this.keys = keys != null || outer == null ? keys : outer.keys;
        this.outer = outer;
    }

    private static @Nullable Keys keys(RaftCallOptions options) {
        String key = options.idempotencyKey();
        return key == null ? null : new Keys(key);
    }

    /** Gives calls of this thread these options where they have none of their own, until it is closed. */
    public static RaftCallScope open(RaftCallOptions options) {
        var scope = new RaftCallScope(options, keys(options), CURRENT.get());
        CURRENT.set(scope);
        return scope;
    }

    /** A scope that no thread is in yet: threads enter it by {@link #run} and {@link #resume}. Need not be closed. */
    public static RaftCallScope detached(RaftCallOptions options) {
        return new RaftCallScope(options, keys(options), null);
    }

    /** The same task, in the scope in which this thread is now, on whichever thread it will run. */
    public static Runnable carry(Runnable task) {
        var scope = CURRENT.get();
        return scope == null ? task : () -> scope.run(task);
    }

    /** Runs an action in this scope instead of the one in which the thread is. Any thread, several at once. */
    public void run(Runnable action) {
        var before = CURRENT.get();
        enter(this);
        try {
            action.run();
        } finally {
            enter(before);
        }
    }

    /** Puts this thread into this scope, where its keys have come to, until what is returned is closed. */
    public RaftCallScope resume() {
        var resumed = new RaftCallScope(options, keys, CURRENT.get());
        enter(resumed);
        return resumed;
    }

    public static @Nullable RaftCallScope current() {
        return CURRENT.get();
    }

    /** Puts this thread into a scope, or into none, whatever it was in. */
    public static void enter(@Nullable RaftCallScope scope) {
        if (scope == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(scope);
        }
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
        enter(outer);
    }
}
