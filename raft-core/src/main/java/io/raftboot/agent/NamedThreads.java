package io.raftboot.agent;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Daemon threads of one name, numbered from the second on, with room for values of the application that are nested deeply. */
final class NamedThreads implements ThreadFactory {
    private final String name;
    private final @Nullable ThreadGuard guard;
    private final AtomicInteger count = new AtomicInteger();
    private final Set<Thread> running = ConcurrentHashMap.newKeySet();

    NamedThreads(String name) {
        this(name, null);
    }

    /** @param guard told what ends a thread, beside the tasks: a pool may fail to wait, for want of memory */
    NamedThreads(String name, @Nullable ThreadGuard guard) {
        this.name = name;
        this.guard = guard;
    }

    @Override
    public Thread newThread(Runnable task) {
        int number = count.incrementAndGet();
        var thread =
                new Thread(null, () -> run(task), number == 1 ? name : name + "-" + number, CarryingThread.STACK_BYTES);
        thread.setDaemon(true);
        running.add(thread);
        return thread;
    }

    private void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            if (guard == null) {
                throw e;
            }
            guard.failed(e);
        } finally {
            running.remove(Thread.currentThread());
        }
    }

    /** Any thread: those that were made and have not ended. */
    Set<Thread> running() {
        return running;
    }
}
