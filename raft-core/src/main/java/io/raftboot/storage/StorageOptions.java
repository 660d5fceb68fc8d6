package io.raftboot.storage;

import io.raftboot.agent.AgentHost;
import io.raftboot.agent.Clock;
import io.raftboot.agent.ThreadedHost;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * How the storage uses memory, disk and threads. What is on disk does not depend on it: any value opens any directory.
 *
 * @param segmentSizeBytes how large a segment of the log becomes; the first ones are smaller, so that a small log stays small
 * @param cacheSizeBytes how much of the newest entries is kept in memory
 * @param maxBatchSizeBytes how much is written under one force; an append of more takes several
 * @param background runs the preparing of the next segment, about once a segment. Nothing depends on when, or that it runs at
 *     all: a segment that is needed and not begun is prepared by the log's own thread
 * @param random for ids and salts; locked by the storage
 * @param clock time by which a read that hangs is noticed
 */
public record StorageOptions(
        long segmentSizeBytes,
        long cacheSizeBytes,
        int maxBatchSizeBytes,
        Executor background,
        RandomGenerator random,
        Clock clock) {
    private static final StorageOptions DEFAULTS = new StorageOptions(
                    64 * 1024 * 1024,
                    32 * 1024 * 1024,
                    4 * 1024 * 1024,
                    Runnable::run,
                    ThreadedHost.SYSTEM.strongRandom(),
                    Clock.SYSTEM)
            .withHost(ThreadedHost.SYSTEM);

    public static final long MIN_SEGMENT_SIZE_BYTES = 4 * 1024;
    static final long MAX_SEGMENT_SIZE_BYTES = 1024 * 1024 * 1024;
    public static final int MIN_BATCH_SIZE_BYTES = 1024;
    static final int MAX_BATCH_SIZE_BYTES = 64 * 1024 * 1024;

    public StorageOptions {
        if (segmentSizeBytes < MIN_SEGMENT_SIZE_BYTES || segmentSizeBytes > MAX_SEGMENT_SIZE_BYTES) {
            throw new IllegalArgumentException("the segment size must lie between " + MIN_SEGMENT_SIZE_BYTES + " and "
                    + MAX_SEGMENT_SIZE_BYTES + " bytes, not " + segmentSizeBytes);
        }
        if (cacheSizeBytes < 0) {
            throw new IllegalArgumentException("the cache size must not be negative, not " + cacheSizeBytes);
        }
        if (maxBatchSizeBytes < MIN_BATCH_SIZE_BYTES || maxBatchSizeBytes > MAX_BATCH_SIZE_BYTES) {
            throw new IllegalArgumentException("the batch size must lie between " + MIN_BATCH_SIZE_BYTES + " and "
                    + MAX_BATCH_SIZE_BYTES + " bytes, not " + maxBatchSizeBytes);
        }
    }

    /** 64 MiB segments, 32 MiB cache, 4 MiB batches, a short-lived daemon thread for each segment, a secure random source. */
    public static StorageOptions defaults() {
        return DEFAULTS;
    }

    public StorageOptions withSegmentSizeBytes(long newSegmentSizeBytes) {
        return new StorageOptions(newSegmentSizeBytes, cacheSizeBytes, maxBatchSizeBytes, background, random, clock);
    }

    public StorageOptions withCacheSizeBytes(long newCacheSizeBytes) {
        return new StorageOptions(segmentSizeBytes, newCacheSizeBytes, maxBatchSizeBytes, background, random, clock);
    }

    public StorageOptions withMaxBatchSizeBytes(int newMaxBatchSizeBytes) {
        return new StorageOptions(segmentSizeBytes, cacheSizeBytes, newMaxBatchSizeBytes, background, random, clock);
    }

    public StorageOptions withBackground(Executor newBackground) {
        return new StorageOptions(segmentSizeBytes, cacheSizeBytes, maxBatchSizeBytes, newBackground, random, clock);
    }

    public StorageOptions withRandom(RandomGenerator newRandom) {
        return new StorageOptions(segmentSizeBytes, cacheSizeBytes, maxBatchSizeBytes, background, newRandom, clock);
    }

    /** The same on the threads, with the random numbers and by the clock of a host. */
    public StorageOptions withHost(AgentHost host) {
        return new StorageOptions(
                segmentSizeBytes,
                cacheSizeBytes,
                maxBatchSizeBytes,
                task -> host.start("raft-storage-background", task),
                host.strongRandom(),
                host.clock());
    }
}
