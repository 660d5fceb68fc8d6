package io.raftboot.agent;

import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** The queue in front of a stage: any thread puts, the stage's own takes. */
public final class Inbox<T> {
    private final ConcurrentLinkedQueue<T> queue = new ConcurrentLinkedQueue<>();
    private volatile Runnable waker = () -> {};

    public void wakeWith(Runnable newWaker) {
        waker = newWaker;
    }

    /** Any thread: has the stage look, though nothing was put here. */
    public void wake() {
        waker.run();
    }

    public void put(T item) {
        queue.add(item);
        waker.run();
    }

    public void putAll(Collection<T> items) {
        queue.addAll(items);
        waker.run();
    }

    @Nullable
    public T poll() {
        return queue.poll();
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }
}
