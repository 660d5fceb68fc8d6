package io.raftboot.replica.read;

import java.util.List;

/** Answers reads from what is applied. Any thread. */
public interface AppliedReads {
    /** Takes reads that may be answered once the index is applied. */
    void answer(List<PendingRead> reads, long index);

    /** The time is this: whoever waits for longer than he wanted gets his answer. */
    void expire(long nowNanos);
}
