package io.raftboot.spring;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The leadership in which a {@link LeaderOnly} method runs.
 *
 * @param group that is led
 * @param nodeId of this member
 * @param term in which it leads: a fencing token, higher for each later leadership
 */
public record LeaderContext(String group, long nodeId, long term) {
    private static final ThreadLocal<@Nullable LeaderContext> CURRENT = new ThreadLocal<>();

    /**
     * The context of the {@link LeaderOnly} method that runs on this thread.
     *
     * @throws IllegalStateException outside of one
     */
    public static LeaderContext current() {
        LeaderContext context = CURRENT.get();
        if (context == null) {
            throw new IllegalStateException("no @LeaderOnly method was called through its bean on this thread");
        }
        return context;
    }

    /**
     * Runs an action with this context as the {@link #current()} one of the calling thread: for tests of what a
     * {@link LeaderOnly} method does.
     *
     * @throws Exception what the action throws
     */
    public <T extends @Nullable Object> T call(Callable<T> action) throws Exception {
        LeaderContext outer = enter();
        try {
            return action.call();
        } finally {
            leave(outer);
        }
    }

    /** Makes this the current one, and returns the one before it for {@link #leave}. */
    @Nullable
    public LeaderContext enter() {
        LeaderContext outer = CURRENT.get();
        CURRENT.set(this);
        return outer;
    }

    public static void leave(@Nullable LeaderContext outer) {
        if (outer == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(outer);
        }
    }
}
