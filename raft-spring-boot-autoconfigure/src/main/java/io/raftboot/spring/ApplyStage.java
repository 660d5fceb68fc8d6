package io.raftboot.spring;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Knows whether a state machine's method runs on this thread. */
public final class ApplyStage {
    private static final ThreadLocal<@Nullable String> RUNNING = new ThreadLocal<>();

    private ApplyStage() {}

    /**
     * Runs what belongs to a state machine.
     *
     * @throws Exception what the action throws
     */
    public static <T extends @Nullable Object> T run(String machine, Callable<T> action) throws Exception {
        RUNNING.set(machine);
        try {
            return action.call();
        } finally {
            // Not removed: the next command on this thread would have to make it anew.
            RUNNING.set(null);
        }
    }

    /**
     * Says no to a call of a state machine by another, or by itself.
     *
     * @param called    name of the state machine
     * @param operation of it, or null for a call in bytes
     * @throws IllegalStateException on the apply stage, where waiting for a command would wait for itself for ever
     */
    public static void refuseCalls(String called, @Nullable String operation) {
        String machine = RUNNING.get();
        if (machine != null) {
            throw new IllegalStateException("the state machine '" + machine + "' called "
                    + (operation == null ? "'" + called + "'" : called + "." + operation)
                    + " while it was applying or answering; a state machine can't wait for what only it can do next."
                    + " Call its own methods directly (this), and other state machines from outside");
        }
    }
}
