package io.raftboot.transport.netty;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much waits, of what is limited in number and in bytes. Any thread; callers that look at the limits at the same moment may
 * together go beyond them, once.
 */
final class Room {
    private final int maxCount;
    private final long maxBytes;
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicLong bytes;

    /** @param bytes of all that shares the limit of them, which is one for memory */
    Room(int maxCount, long maxBytes, AtomicLong bytes) {
        this.maxCount = maxCount;
        this.maxBytes = maxBytes;
        this.bytes = bytes;
    }

    /** Whether nothing of this kind waits. */
    boolean isEmpty() {
        return count.get() == 0;
    }

    /** Whether so many more are within the limits, with so many bytes in all. */
    boolean fits(int moreCount, long moreBytes) {
        return moreCount <= maxCount - count.get() && moreBytes <= maxBytes - bytes.get();
    }

    /** So many more wait, whether they fit or not. */
    void reserve(int moreCount, long moreBytes) {
        count.addAndGet(moreCount);
        bytes.addAndGet(moreBytes);
    }

    /** What was {@linkplain #reserve reserved} waits no longer. */
    void release(int fewerCount, long fewerBytes) {
        count.addAndGet(-fewerCount);
        bytes.addAndGet(-fewerBytes);
    }
}
