package io.raftboot.replica;

import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** The queue in front of a stage: any thread puts, the stage's own takes. */
final class Inbox<T> {
    private final ConcurrentLinkedQueue<T> queue = new ConcurrentLinkedQueue<>();
    private volatile Runnable waker = () -> {};

    void wakeWith(Runnable newWaker) {
        waker = newWaker;
    }

    void put(T item) {
        queue.add(item);
        waker.run();
    }

    void putAll(Collection<T> items) {
        queue.addAll(items);
        waker.run();
    }

    @Nullable
    T poll() {
        return queue.poll();
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }
}
