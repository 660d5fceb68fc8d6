package io.raftboot.agent;

import io.raftboot.notice.QuietLogger;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Completes futures on behalf of threads that must not be held up by what others have attached to them. One thread does
 * it as long as it comes on; where it does not, because something attached blocks, another one goes on with the rest, up to
 * {@value #MAX_WORKERS}. There is none while there is nothing to complete. Any thread.
 */
public final class Completions implements Executor {
    private final Logger log = QuietLogger.of(Completions.class);

    public static final int MAX_WORKERS = 32;

    private final AgentHost host;
    private final String threadName;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger workers = new AtomicInteger();
    private final AtomicInteger started = new AtomicInteger();
    private final AtomicLong taken = new AtomicLong();

    private volatile boolean handsOn = true;

    /** Owned by whoever calls {@link #look}. */
    private long takenAtLastLook;

    public Completions(AgentHost host, String threadName) {
        this.host = host;
        this.threadName = threadName;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (workers.compareAndSet(0, 1)) {
            start();
        }
    }

    /**
     * The call as its caller sees it: what he attaches to a refusal, which may be given by any stage, holds up none of them.
     *
     * @param own outcomes with which the thread that ends the call completes the caller's future itself
     */
    public <T> CompletableFuture<T> handOn(CompletableFuture<T> call, Class<? extends T> own) {
        if (call.isDone()) {
            return call;
        }
        var handedOn = new CompletableFuture<T>();
        var unused = call.whenComplete((outcome, failure) -> {
            if (own.isInstance(outcome) || !handsOn) {
                end(handedOn, outcome, failure);
            } else {
                execute(() -> end(handedOn, outcome, failure));
            }
        });
        return handedOn;
    }

    private static <T> void end(CompletableFuture<T> future, T outcome, @Nullable Throwable failure) {
        if (failure == null) {
            future.complete(outcome);
        } else {
            future.completeExceptionally(failure);
        }
    }

    /** From now on every thread completes what it ends. */
    public void handOnNothing() {
        handsOn = false;
    }

    /** Sends help if nothing was taken since the last look; called by one thread, now and then. */
    public void look() {
        long now = taken.get();
        if (!tasks.isEmpty() && now == takenAtLastLook) {
            int before = workers.getAndUpdate(count -> Math.min(MAX_WORKERS, count + 1));
            if (before < MAX_WORKERS) {
                start();
            }
        }
        takenAtLastLook = now;
    }

    /** When nobody looks any more: does what is left itself, if there was no thread for it. */
    public void finish() {
        if (!tasks.isEmpty() && workers.compareAndSet(0, 1)) {
            work();
        }
    }

    private void start() {
        int number = started.incrementAndGet();
        try {
            host.start(number == 1 ? threadName : threadName + "-" + number, this::work);
        } catch (OutOfMemoryError e) {
            // No thread can be had now. The next look tries again, so nobody has to hear of it.
            workers.decrementAndGet();
        }
    }

    private void work() {
        do {
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                taken.incrementAndGet();
                run(task);
            }
            workers.decrementAndGet();
            // Once more after the announcement: who put something in before it has started nobody.
        } while (!tasks.isEmpty() && workers.compareAndSet(0, 1));
    }

    private void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            log.error("what was attached to the end of a call failed", e);
        }
    }
}
