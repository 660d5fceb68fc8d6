package io.raftboot.replica.duty;

import java.util.concurrent.atomic.AtomicLong;

/** A number of bytes that may be held at once. One thing of any size fits when there is nothing else. Any thread. */
public final class ByteBudget {
    private final long limitBytes;
    private final AtomicLong heldBytes = new AtomicLong();

    public ByteBudget(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** Whether there is room; if so, it is taken, and {@link #release} must follow. */
    public boolean reserve(long bytes) {
        long before = heldBytes.getAndAdd(bytes);
        if (before > 0 && bytes > limitBytes - before) {
            heldBytes.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    /** Takes the room whether or not it is there. */
    void take(long bytes) {
        heldBytes.addAndGet(bytes);
    }

    public void release(long bytes) {
        heldBytes.addAndGet(-bytes);
    }

    public long heldBytes() {
        return heldBytes.get();
    }

    public long limitBytes() {
        return limitBytes;
    }
}
