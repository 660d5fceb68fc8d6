package io.raftboot.agent;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Daemon threads of one name, numbered from the second on, with room for values of the application that are nested deeply. */
final class NamedThreads implements ThreadFactory {
    private final String name;
    private final AtomicInteger count = new AtomicInteger();
    private final Set<Thread> running = ConcurrentHashMap.newKeySet();

    NamedThreads(String name) {
        this.name = name;
    }

    @Override
    public Thread newThread(Runnable task) {
        int number = count.incrementAndGet();
        var thread =
                new Thread(null, () -> run(task), number == 1 ? name : name + "-" + number, AgentThread.STACK_BYTES);
        thread.setDaemon(true);
        running.add(thread);
        return thread;
    }

    private void run(Runnable task) {
        try {
            task.run();
        } finally {
            running.remove(Thread.currentThread());
        }
    }

    /** Any thread: those that were made and have not ended. */
    Set<Thread> running() {
        return running;
    }
}
