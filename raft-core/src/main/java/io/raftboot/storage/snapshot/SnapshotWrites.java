package io.raftboot.storage.snapshot;

import io.raftboot.agent.Deadline;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The files of a {@link SnapshotStore} that are being written or received, and how they end with the member: each asks
 * before a write whether it may go on. Safe for use by several threads.
 */
public final class SnapshotWrites {
    /** The threads by what they write. */
    private final Map<Object, Thread> underWay = new HashMap<>();

    private volatile boolean ended;

    SnapshotWrites() {}

    /** From now on nothing begins, and what is under way ends at its next write, which throws. */
    public void endAll() {
        ended = true;
    }

    /** Whether the member ends: whatever fails from then on says nothing of what was written. */
    public boolean haveEnded() {
        return ended;
    }

    void checkNotEnded() throws InterruptedIOException {
        if (ended) {
            throw new InterruptedIOException("the member ends, and gives the snapshot up");
        }
    }

    synchronized void begins(Object write) throws InterruptedIOException {
        checkNotEnded();
        underWay.put(write, Thread.currentThread());
    }

    synchronized void ends(Object write) {
        underWay.remove(write);
        notifyAll();
    }

    /** The threads that write or receive a file now. */
    public synchronized Set<Thread> threads() {
        return Set.copyOf(underWay.values());
    }

    /** Waits until nothing is being written or received, after {@link #endAll}; returns whether that is so. */
    public synchronized boolean awaitNone(Duration patience) throws InterruptedException {
        var deadline = Deadline.after(patience);
        while (!underWay.isEmpty()) {
            if (deadline.isOver()) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, deadline.leftNanos());
        }
        return true;
    }
}
