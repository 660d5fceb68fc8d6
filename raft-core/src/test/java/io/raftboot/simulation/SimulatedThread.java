package io.raftboot.simulation;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A real thread that runs in lock step with a {@link Simulation}: of all of them exactly one runs, and the others stand where they
 * gave up control. Whatever happens as an event of a simulation runs on one, and may wait in simulated time in the midst of it:
 * another thread takes over the events meanwhile, and gives control back at the event that ends the wait. What does not wait costs
 * nothing; a wait costs two hand-overs from thread to thread.
 *
 * <p>A thread that waits for a process ({@link SimulatedHost#sleep}, {@link SimulatedHost#await}) goes on when that does: not while
 * it stands still, and never when it dies, which the wait ends by throwing a {@link ProcessDeath}.
 */
final class SimulatedThread {
    /** Longer than any simulation: for whoever waits for ever. */
    private static final long FOR_EVER_NANOS = Duration.ofDays(10_000).toNanos();

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Control control;
    private final Queue<Runnable> owed = new ArrayDeque<>(0);
    private boolean diskTimeLater;
    private @Nullable Thread real;
    private volatile boolean hasControl;
    private volatile boolean stands;

    /** Whether it was interrupted while it stood, for which the real thread can't keep its flag: it could not stand any more. */
    private volatile boolean interruptedInWait;

    /** The process for which it does what it does now; null for none, which is that of the simulation itself. */
    private @Nullable SimulatedHost host;

    /** The wait that is under way; null while there is none. What comes for an older one comes too late. */
    private @Nullable Wait wait;

    /** One wait. It ends once. */
    private static final class Wait {
        private final boolean interruptible;

        Wait(boolean interruptible) {
            this.interruptible = interruptible;
        }
    }

    SimulatedThread(Control control) {
        this.control = control;
    }

    void begin() {
        real = Thread.currentThread();
        hasControl = true;
    }

    boolean isReal(Thread thread) {
        return real == thread;
    }

    @Nullable
    Thread real() {
        return real;
    }

    @Nullable
    SimulatedHost host() {
        return host;
    }

    /** Does something for a process, or for none; whatever it waits for meanwhile, it waits for that one. */
    void runFor(@Nullable SimulatedHost newHost, Runnable action) {
        var before = host;
        host = newHost;
        try {
            action.run();
        } finally {
            host = before;
        }
    }

    /** Waits for so long, of true time; an interrupt does not end it, and is kept. */
    void sleep(SimulatedHost process, long nanos) {
        waitUntil(false, process, wake -> process.after(Math.min(nanos, FOR_EVER_NANOS), "goes on", wake));
    }

    /** As {@link #sleep}, and no longer than until something is over. */
    void stand(SimulatedHost process, CompletableFuture<Void> over, long nanos) {
        waitUntil(false, process, wake -> {
            var unused = over.whenComplete((value, failure) -> process.after(0, "goes on", wake));
            process.after(Math.min(nanos, FOR_EVER_NANOS), "goes on", wake);
        });
    }

    /** What it does now takes the disk's time at its end. */
    void takesDiskTimeLater() {
        diskTimeLater = true;
    }

    /**
     * Takes time for the disk: now, or with {@link #takeTimeOwed} if it holds a monitor. Who waits for one of those waits for real, and
     * the simulation with it.
     */
    void takeDiskTime(Runnable waiting) {
        if (diskTimeLater || holdsMonitor()) {
            owed.add(waiting);
        } else {
            takeTimeOwed();
            waiting.run();
        }
    }

    void takeTimeOwed() {
        diskTimeLater = false;
        for (var waiting = owed.poll(); waiting != null; waiting = owed.poll()) {
            try {
                waiting.run();
            } catch (ProcessDeath death) {
                // Who was at the disk of another process is not dead with that one, as the network that had brought
                // something.
                if (host == null || host.isCrashed()) {
                    throw death;
                }
            }
        }
    }

    /** What it did is over, in whatever way. */
    void owesNothing() {
        diskTimeLater = false;
        owed.clear();
    }

    private static boolean holdsMonitor() {
        long[] self = {Thread.currentThread().getId()};
        return THREADS.getThreadInfo(self, true, false)[0].getLockedMonitors().length > 0;
    }

    /** As {@link CompletableFuture#get(long, java.util.concurrent.TimeUnit)}, in the time of the process. */
    <T extends @Nullable Object> T await(SimulatedHost process, CompletableFuture<T> future, Duration patience)
            throws InterruptedException, ExecutionException, TimeoutException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (!future.isDone()) {
            waitUntil(true, process, wake -> {
                var unused = future.whenComplete((value, failure) -> process.after(0, "has what it waits for", wake));
                if (patience.compareTo(Duration.ofNanos(FOR_EVER_NANOS)) < 0) {
                    process.after(process.trueNanos(patience), "waits no longer", wake);
                }
            });
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        if (!future.isDone()) {
            throw new TimeoutException("not done within " + patience);
        }
        return future.get();
    }

    private void waitUntil(boolean interruptible, SimulatedHost process, Consumer<Runnable> wakes) {
        var begun = new Wait(interruptible);
        wait = begun;
        wakes.accept(() -> end(begun));
        runFor(process, () -> {
            control.giveUp(this);
            stand();
        });
        if (interruptedInWait) {
            interruptedInWait = false;
            Thread.currentThread().interrupt();
        }
        process.checkAlive();
    }

    private void end(Wait ended) {
        if (wait == ended) {
            wait = null;
            control.next(this);
        }
    }

    /** Ends the wait that is under way, as its process is dead. */
    void endWait() {
        var present = wait;
        if (present != null) {
            end(present);
        }
    }

    /** Ends a wait that can be interrupted, if the thread was. */
    void endIfInterrupted() {
        var present = wait;
        // In this order: the thread that stands notes the interrupt before it gives up its flag.
        if (present != null
                && present.interruptible
                && ((real != null && real.isInterrupted()) || interruptedInWait)
                && host != null) {
            wait = new Wait(false);
            var last = wait;
            host.after(0, "is interrupted", () -> end(last));
        }
    }

    /** Gives it control; the caller has none from now on. */
    void giveControl() {
        hasControl = true;
        LockSupport.unpark(real);
    }

    void loseControl() {
        hasControl = false;
    }

    /** Whether it has not come on since it was told to wait; it may have been given control meanwhile. */
    boolean stands() {
        return stands;
    }

    private void stand() {
        stands = true;
        while (!hasControl) {
            LockSupport.park(this);
            if (Thread.currentThread().isInterrupted()) {
                interruptedInWait = true;
                var unused = Thread.interrupted();
            }
        }
        stands = false;
    }
}
