package io.raftboot.autoconfigure.stream;

import java.util.List;
import java.util.concurrent.TimeUnit;

/** What one stream tells, as far as it has come. Owned by the sender's thread. */
@FunctionalInterface
public interface StreamFeed {
    /** Frames that may wait for a reader; as many there is room for when it has taken all. */
    int MOST_WAITING = 64;

    /** How long a stream goes on that nobody wants shorter. */
    long LIFE_NANOS = TimeUnit.MINUTES.toNanos(10);

    /**
     * Time after which the stream ends, and its reader comes again, as readers of such streams do by themselves: who may look is asked when
     * one is opened, and somebody may have lost that right.
     */
    default long lifeNanos() {
        return LIFE_NANOS;
    }

    /**
     * What is new since the last call. Whoever has something new {@linkplain StreamSender#wake wakes} the sender; it asks now and then
     * anyhow. Must not block.
     *
     * @param atMost frames that there is room for, at least one; what is beyond it is asked for again
     * @return frames in their order, each made by {@link SseFrame}; empty if nothing is new
     */
    List<byte[]> next(int atMost);
}
