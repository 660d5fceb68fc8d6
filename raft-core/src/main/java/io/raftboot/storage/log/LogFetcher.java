package io.raftboot.storage.log;

import io.raftboot.agent.Clock;
import io.raftboot.notice.QuietLogger;
import io.raftboot.raft.proto.Entry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Reads spans of entries from the segments on a thread that may wait for the disk. Owns its files and buffers: they are used
 * in its tasks alone.
 */
public final class LogFetcher {
    private final Logger log = QuietLogger.of(LogFetcher.class);

    private final SegmentReader segments;
    private final Executor executor;

    private final Clock clock;

    /** When the read that is under way began; 0 if none is. */
    private volatile long underWaySinceNanos;

    /** Told what came of a fetch, on the fetcher's thread. */
    @FunctionalInterface
    interface Fetched {
        /**
         * The read has ended.
         *
         * @param entries entries from the first of the span on, as many as fit
         * @param failure null if they were read
         */
        void fetched(List<Entry> entries, @Nullable IOException failure);
    }

    /** @param executor one thread at a time */
    public LogFetcher(SegmentReader segments, Executor executor, Clock clock) {
        this.segments = segments;
        this.executor = executor;
        this.clock = clock;
    }

    /** Any thread: for how long the read that is under way has been so; 0 if none is. */
    long underWayNanos() {
        long since = underWaySinceNanos;
        return since == 0 ? 0 : Math.max(1, clock.nanoTime() - since);
    }

    /** Any thread. */
    void fetch(LogReader.Span span, long limitBytes, Fetched told) {
        try {
            executor.execute(() -> read(span, limitBytes, told));
        } catch (RejectedExecutionException e) {
            if (e.getCause() instanceof OutOfMemoryError) {
                // Without an answer the core would wait for these entries for ever.
                told.fetched(List.of(), new IOException("entries can't be read back: " + e.getMessage(), e));
            } else {
                log.debug("Too late: the member is stopping", e);
            }
        }
    }

    private void read(LogReader.Span span, long limitBytes, Fetched told) {
        var result = new LogReader.LimitedEntries(limitBytes, EntryCache.OVERHEAD_BYTES);
        IOException failure = null;
        // Never 0, which says that nothing is under way.
        underWaySinceNanos = clock.nanoTime() | 1;
        try {
            read(span, result);
        } catch (IOException e) {
            failure = e;
        } catch (RuntimeException | Error e) {
            failure = new IOException("reading entries from " + span.low() + " on failed: " + e, e);
        } finally {
            underWaySinceNanos = 0;
        }
        told.fetched(result.toList(), failure);
    }

    /** Any thread: what is open may be about to be deleted. */
    void closeFiles() {
        try {
            executor.execute(() -> {
                try {
                    segments.close();
                } catch (UncheckedIOException e) {
                    log.warn("A segment that was read could not be closed", e);
                }
            });
        } catch (RejectedExecutionException e) {
            // With the next window, or at the end.
            log.debug("A segment that was read stays open for a while", e);
        }
    }

    /** When the executor has ended. */
    public void close() {
        segments.close();
    }

    private void read(LogReader.Span span, LogReader.LimitedEntries result) throws IOException {
        long next = span.low();
        segments.forget();
        for (var piece : span.pieces()) {
            if (result.isFull()) {
                return;
            }
            segments.read(piece.segment(), piece.offset(), next, piece.endIndex(), result);
            next = piece.endIndex();
        }
    }
}
