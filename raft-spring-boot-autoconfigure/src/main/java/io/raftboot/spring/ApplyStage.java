package io.raftboot.spring;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Knows whether a state machine's method runs on this thread. */
final class ApplyStage {
    private static final ThreadLocal<@Nullable String> RUNNING = new ThreadLocal<>();

    private ApplyStage() {}

    /** @throws Exception what the action throws */
    static <T extends @Nullable Object> T run(String machine, Callable<T> action) throws Exception {
        RUNNING.set(machine);
        try {
            return action.call();
        } finally {
            RUNNING.remove();
        }
    }

    /** @throws IllegalStateException on the apply stage, where waiting for a command would wait for itself for ever */
    static void refuseCalls(String wanted) {
        String machine = RUNNING.get();
        if (machine != null) {
            throw new IllegalStateException("the state machine '" + machine + "' called " + wanted
                    + " while it was applying or answering; a state machine can't wait for what only it can do next."
                    + " Call its own methods directly (this), and other state machines from outside");
        }
    }
}
