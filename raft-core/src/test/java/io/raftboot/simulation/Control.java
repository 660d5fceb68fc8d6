package io.raftboot.simulation;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Passes the control of a simulation from one {@link SimulatedThread} to the next: whoever has it takes the events. Whoever runs the
 * simulation stands aside meanwhile, as it must be able to go on while something that it began still waits. Of the one thread that
 * has control.
 */
final class Control {
    /** As much as the product gives its own. */
    private static final long STACK_BYTES = 4L * 1024 * 1024;

    /** Between two looks whether the simulation comes on. It never waits for anything but itself. */
    private static final long LOOK_MILLIS = 500;

    /** Looks in which nothing came on, after which it has got stuck: one alone may be that of a machine that stood still itself. */
    private static final int QUIET_LOOKS = 6;

    private static final ExecutorService THREADS = Executors.newCachedThreadPool(Control::thread);

    private final Events events;
    private final Set<SimulatedThread> waiting = new LinkedHashSet<>();
    private volatile @Nullable SimulatedThread current;
    private @Nullable SimulatedThread next;
    private CompletableFuture<Void> over = CompletableFuture.completedFuture(null);
    private final AtomicLong turns = new AtomicLong();

    /** What is to happen. */
    interface Events {
        /** Whether nothing more is to happen in the run that is under way. */
        boolean isOver();

        /** Has the next thing happen. */
        void runNext();

        /** Looks at what has come of it. */
        void look();
    }

    Control(Events events) {
        this.events = events;
    }

    private static Thread thread(Runnable work) {
        var thread = new Thread(null, work, "simulated", STACK_BYTES);
        thread.setDaemon(true);
        return thread;
    }

    /** The one that has control and calls; null for any thread that is not of this simulation. */
    @Nullable
    SimulatedThread current() {
        var present = current;
        return present != null && present.isReal(Thread.currentThread()) ? present : null;
    }

    /** The one that calls, which is about to wait. */
    SimulatedThread waiter() {
        var present = current();
        if (present == null) {
            throw new IllegalStateException(
                    "only what happens as an event of the simulation can wait: put it there with SimulatedHost.after");
        }
        return present;
    }

    /** Refuses whoever is a part of what happens. */
    void checkOutside() {
        if (current != null) {
            throw new IllegalStateException("the simulation runs already, or has got stuck");
        }
    }

    /** Runs the events until they are over, and throws what they throw. From outside of them. */
    void run() {
        var run = new CompletableFuture<Void>();
        over = run;
        start(new SimulatedThread(this), false);
        long seen = -1;
        int quiet = 0;
        while (true) {
            try {
                run.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                return;
            } catch (ExecutionException e) {
                throw Thrown.again(Objects.requireNonNull(e.getCause()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while the simulation ran", e);
            } catch (TimeoutException e) {
                long now = turns.get();
                quiet = now == seen ? quiet + 1 : 0;
                if (quiet >= QUIET_LOOKS) {
                    checkNotStuck();
                }
                seen = now;
            }
        }
    }

    private void start(SimulatedThread thread, boolean looks) {
        current = thread;
        THREADS.execute(() -> {
            thread.begin();
            take(looks);
        });
    }

    /** Takes the events from now on, until they are over, or somebody else has his turn. */
    private void take(boolean looks) {
        try {
            if (looks) {
                events.look();
            }
            while (!events.isOver()) {
                turns.incrementAndGet();
                events.runNext();
                var unused = Thread.interrupted();
                var to = next;
                if (to != null) {
                    next = null;
                    waiting.remove(to);
                    current = to;
                    to.giveControl();
                    return;
                }
                events.look();
                if (!waiting.isEmpty()) {
                    waiting.forEach(SimulatedThread::endIfInterrupted);
                }
            }
            current = null;
            over.complete(null);
        } catch (Throwable e) {
            current = null;
            over.completeExceptionally(e);
        }
    }

    /** The thread that has control is about to stand: another one takes the events. */
    void giveUp(SimulatedThread thread) {
        thread.loseControl();
        waiting.add(thread);
        start(new SimulatedThread(this), true);
    }

    /** Who stands has control once the present event is over. */
    void next(SimulatedThread thread) {
        if (next != null) {
            throw new IllegalStateException("two threads can't go on at one event");
        }
        next = thread;
    }

    /** Those that stand, the one that has stood longest first. */
    List<SimulatedThread> waiting() {
        return new ArrayList<>(waiting);
    }

    /** A thread that stands while another one holds what it waits for would stand for ever, and everything with it. */
    private void checkNotStuck() {
        var present = current;
        if (present == null) {
            return;
        }
        var thread = present.real();
        if (thread == null || thread.getState() == Thread.State.RUNNABLE || present.stands()) {
            return;
        }
        var text = new StringBuilder("the simulation has got stuck: its thread waits for real, in");
        append(text, thread);
        waiting.forEach(other -> {
            if (other.real() != null) {
                append(text.append("\nwhile this one stands at"), other.real());
            }
        });
        throw new AssertionError(text.toString());
    }

    private static void append(StringBuilder text, Thread thread) {
        for (var frame : thread.getStackTrace()) {
            text.append("\n\tat ").append(frame);
        }
    }
}
