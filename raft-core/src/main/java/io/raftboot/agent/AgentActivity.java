package io.raftboot.agent;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Whether a stage is at work, and whether it comes on. The stage counts its steps, which costs it next to nothing; others look
 * from time to time whether the count has moved ({@code StageWatch}). Written by the stage's thread alone.
 */
public final class AgentActivity {
    /** Odd while the stage is at work. */
    private final AtomicLong steps = new AtomicLong();

    /** The stage begins a round of work. */
    public void begin() {
        steps.lazySet(steps.getPlain() | 1);
    }

    /** The stage goes on with the next piece of the same round. */
    public void next() {
        steps.lazySet(steps.getPlain() + 2);
    }

    /** The round is over. */
    public void end() {
        steps.lazySet((steps.getPlain() | 1) + 1);
    }

    /** Any thread: the count of steps. */
    public long steps() {
        return steps.get();
    }

    /** Whether a stage with this count of steps is at work. */
    public static boolean isWorking(long steps) {
        return (steps & 1) == 1;
    }

    /** The executor, which runs one task at a time, as a stage. */
    public Executor watching(Executor executor) {
        return task -> executor.execute(() -> {
            begin();
            try {
                task.run();
            } finally {
                end();
            }
        });
    }
}
