package io.raftboot.replica.watch;

import io.raftboot.agent.AgentActivity;
import io.raftboot.agent.Clock;
import io.raftboot.api.event.EventSeverity;
import io.raftboot.notice.Conditions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Looks whether each stage of a member comes on with its work. Owned by the {@link DeadlineKeeper}, which samples; what
 * hangs may be asked by any thread. It is logged by the ticker, since a log that blocks must not hold up who keeps the
 * deadlines.
 */
public final class StageWatch {
    private final Clock clock;
    private final Conditions conditions;
    private final List<Watched> stages = new ArrayList<>();
    private volatile List<Hang> hangs = List.of();

    private Told told = (stage, severity, text) -> {};

    /** Owned by the ticker. */
    private Set<String> reported = Set.of();

    /** Who is told when a stage comes on no more, and when it does again. On the ticker. */
    @FunctionalInterface
    public interface Told {
        /**
         * It is so from now on.
         *
         * @param text a sentence
         */
        void said(String stage, EventSeverity severity, String text);
    }

    /**
     * A stage that has not come on for longer than it may.
     *
     * @param stage its name
     * @param what it is at, a sentence that ends before "for so long"
     * @param sinceNanos when it was first seen there
     * @param steps the count of its steps, by which this hang is told from others
     */
    public record Hang(String stage, String what, long sinceNanos, long steps) {}

    private static final class Watched {
        private final String name;
        private final AgentActivity activity;
        private final long limitNanos;
        private final Supplier<String> what;
        private long seenSteps;
        private long seenSinceNanos;

        Watched(String name, AgentActivity activity, long limitNanos, Supplier<String> what) {
            this.name = name;
            this.activity = activity;
            this.limitNanos = limitNanos;
            this.what = what;
        }

        @Nullable
        Hang sample(long nowNanos) {
            long steps = activity.steps();
            if (steps != seenSteps) {
                seenSteps = steps;
                seenSinceNanos = nowNanos;
            }
            if (!AgentActivity.isWorking(steps) || nowNanos - seenSinceNanos <= limitNanos) {
                return null;
            }
            return new Hang(name, what.get(), seenSinceNanos, steps);
        }
    }

    public StageWatch(Clock clock) {
        this(clock, Runnable::run);
    }

    /** @param writer runs what logs: the log may be on the very disk that hangs */
    public StageWatch(Clock clock, Executor writer) {
        this.clock = clock;
        this.conditions = new Conditions(LoggerFactory.getLogger(StageWatch.class), clock::nanoTime, writer);
    }

    /** Before the first look: this one is told from then on. */
    public void tell(Told newTold) {
        told = newTold;
    }

    /**
     * Before the first look.
     *
     * @param limitNanos for how long one piece of its work may take
     * @param what says what it is at; any thread, must not block
     */
    public void watch(String name, AgentActivity activity, long limitNanos, Supplier<String> what) {
        stages.add(new Watched(name, activity, limitNanos, what));
    }

    /** On the keeper's thread, again and again. */
    void sample(long nowNanos) {
        var found = new ArrayList<Hang>(0);
        for (var stage : stages) {
            var hang = stage.sample(nowNanos);
            if (hang != null) {
                found.add(hang);
            }
        }
        hangs = List.copyOf(found);
    }

    /** Any thread: the stages that hang, as of the last look. */
    public List<Hang> hangs() {
        return hangs;
    }

    /** Any thread: whether this stage hangs. */
    public boolean hangs(String stage) {
        return hang(stage) != null;
    }

    /** Any thread: the hang of this stage, or null. */
    @Nullable
    public Hang hang(String stage) {
        for (var hang : hangs) {
            if (hang.stage().equals(stage)) {
                return hang;
            }
        }
        return null;
    }

    /** Any thread: a hang in words. */
    public String describe(Hang hang) {
        return hang.what() + " for " + millis(hang) + " ms";
    }

    public long millis(Hang hang) {
        return (clock.nanoTime() - hang.sinceNanos()) / 1_000_000;
    }

    /** Any thread: why something did not end; an empty text if nothing hangs. */
    String explanation() {
        var text = new StringBuilder();
        for (var hang : hangs) {
            text.append("; ").append(describe(hang));
        }
        return text.toString();
    }

    /** On the ticker: says that a stage hangs, once a minute as long as it does, and once that it goes on. */
    public void report() {
        var present = hangs;
        conditions.tick();
        if (present.isEmpty() && reported.isEmpty()) {
            return;
        }
        var names = new HashSet<String>();
        for (var hang : present) {
            names.add(hang.stage());
            String text = describe(hang) + "; calls that wait for it end when their time is up";
            conditions.trouble(Level.WARN, hang.stage(), "hangs", text);
            if (!reported.contains(hang.stage())) {
                told.said(hang.stage(), EventSeverity.WARNING, text);
            }
        }
        for (var name : reported) {
            if (!names.contains(name)) {
                String text = "the " + name + " goes on";
                conditions.over(name, text);
                told.said(name, EventSeverity.INFO, text);
            }
        }
        reported = names;
    }
}
