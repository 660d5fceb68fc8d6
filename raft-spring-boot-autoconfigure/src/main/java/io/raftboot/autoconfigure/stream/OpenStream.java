package io.raftboot.autoconfigure.stream;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;

/** A stream with a reader, and what waits to be written to it. The sender offers, the server takes. */
abstract class OpenStream {
    private final StreamFeed feed;
    private final long openedNanos;
    private final Queue<byte[]> waiting = new ArrayBlockingQueue<>(StreamFeed.MOST_WAITING);

    /** Frames that the server has taken so far. */
    private volatile long taken;

    private volatile boolean over;

    // Owned by the sender's thread.

    private long seenTaken;
    private long movedNanos;
    private long saidNanos;

    /** @param nowNanos by the sender's clock */
    OpenStream(StreamFeed feed, long nowNanos) {
        this.feed = feed;
        this.openedNanos = nowNanos;
        this.movedNanos = nowNanos;
        this.saidNanos = nowNanos;
    }

    /** Adds a frame to what waits. On the sender's thread. */
    abstract void put(byte[] frame);

    /** Has the server take what waits, as much as it may without waiting for the reader. On the sender's thread. */
    abstract void write();

    /** Ends it in order, with what waits. */
    abstract void complete();

    /** Ends it without what waits: its reader takes nothing. */
    abstract void abort();

    /** Any thread: the reader is gone, or all has been written. */
    final void isOverNow() {
        over = true;
    }

    final boolean isOver() {
        return over;
    }

    final Queue<byte[]> waiting() {
        return waiting;
    }

    /** On one thread at a time, which the server decides: a frame was taken out of the queue. */
    @SuppressWarnings("NonAtomicVolatileUpdate")
    final void tookOne() {
        taken++;
    }

    /** Whether it has gone on for long enough. */
    final boolean isOld(long nowNanos) {
        return nowNanos - openedNanos >= feed.lifeNanos();
    }

    /** On the sender's thread: what is new, or a heartbeat if there has been nothing for so long. */
    final void say(long nowNanos, long heartbeatNanos) {
        int room = StreamFeed.MOST_WAITING - waiting.size();
        List<byte[]> frames = room > 0 ? feed.next(room) : List.of();
        if (frames.isEmpty() && waiting.isEmpty() && nowNanos - saidNanos >= heartbeatNanos) {
            frames = List.of(SseFrame.heartbeat());
        }
        if (!frames.isEmpty()) {
            frames.forEach(this::put);
            saidNanos = nowNanos;
            write();
        }
    }

    /** On the sender's thread: whether nothing of what waits has been taken for so long. */
    final boolean isStuck(long nowNanos, long patienceNanos) {
        long present = taken;
        if (present != seenTaken || waiting.isEmpty()) {
            seenTaken = present;
            movedNanos = nowNanos;
        }
        return nowNanos - movedNanos >= patienceNanos;
    }
}
