package io.raftboot.storage.snapshot;

import java.io.InterruptedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * The files of a {@link SnapshotStore} that are being written or received, and how they end with the member: each asks
 * before a write whether it may go on. Safe for use by several threads.
 */
public final class SnapshotWrites {
    /** The threads by what they write. */
    private final Map<Object, Thread> underWay = new HashMap<>();

    /** Done once nothing is under way; a new one takes its place when something is again and somebody asks. */
    private CompletableFuture<Void> none = CompletableFuture.completedFuture(null);

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
        if (underWay.isEmpty()) {
            none.complete(null);
        }
    }

    /** The threads that write or receive a file now. */
    public synchronized Set<Thread> threads() {
        return Set.copyOf(underWay.values());
    }

    /** Done once nothing is being written or received, where nothing begins any more: after {@link #endAll}. */
    public synchronized CompletableFuture<Void> none() {
        if (none.isDone() && !underWay.isEmpty()) {
            none = new CompletableFuture<>();
        }
        return none;
    }
}
