package io.raftboot.simulation.network;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** A port that is listened on: connections come to be there though the process stands still, and wait until it takes them. */
final class Listener {
    private final int maxWaiting;
    private final Deque<Socket> waiting = new ArrayDeque<>();
    private final Runnable watcher;
    private boolean closed;

    /** @param watcher called when a connection has come */
    Listener(int maxWaiting, Runnable watcher) {
        this.maxWaiting = maxWaiting;
        this.watcher = watcher;
    }

    /** False if it can't be taken. */
    boolean add(Socket socket) {
        if (closed || waiting.size() >= maxWaiting) {
            return false;
        }
        waiting.add(socket);
        watcher.run();
        return true;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    @Nullable
    Socket poll() {
        return waiting.poll();
    }

    /** Whoever waits is turned away. */
    void close() {
        closed = true;
        waiting.forEach(Socket::close);
        waiting.clear();
    }
}
