package io.raftboot.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the next segment written in advance, so that going on to it costs nothing. Owned by the log's thread; only the
 * writing itself runs on the executor, and the log's thread does it where that has not begun.
 */
final class SegmentPreparer {
    private static final Logger logger = LoggerFactory.getLogger(SegmentPreparer.class);

    private final Disk disk;
    private final Path directory;
    private final Executor executor;
    private final RandomIds ids;
    private volatile boolean closed;
    private @Nullable FutureTask<Segment> task;

    SegmentPreparer(Disk disk, Path directory, Executor executor, RandomIds ids) {
        this.disk = disk;
        this.directory = directory;
        this.executor = executor;
        this.ids = ids;
    }

    /** Takes over a segment that an earlier process has prepared. */
    void prepared(Segment segment) {
        task = new FutureTask<>(() -> segment);
        task.run();
    }

    /** Begins with the next segment, if that has not happened yet. */
    void prepare(long number, long sizeBytes) {
        if (task != null) {
            return;
        }
        var preparing = newTask(number, sizeBytes);
        task = preparing;
        try {
            executor.execute(preparing);
        } catch (RejectedExecutionException e) {
            logger.debug("Segment {} is prepared when it is needed", number, e);
        }
    }

    /**
     * Throws what the writing of the next segment failed with, if it has: a device that fails at that is not to be trusted with
     * the log either.
     */
    void check() throws IOException {
        var preparing = task;
        if (preparing != null && preparing.isDone()) {
            segment(preparing);
        }
    }

    /** The next segment, prepared now if it was not before. */
    Segment take(long number, long sizeBytes) throws IOException {
        var preparing = task;
        task = null;
        if (preparing != null) {
            // Does nothing if it runs or ran elsewhere.
            preparing.run();
            return segment(preparing);
        }
        return Segment.create(disk, directory, number, ids.next(), sizeBytes, () -> false);
    }

    /** Returns when nothing is being written any more. What is prepared stays for the next opening. */
    void close() throws IOException {
        closed = true;
        var preparing = task;
        if (preparing == null) {
            return;
        }
        task = null;
        preparing.run();
        try {
            await(preparing).close();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof CancellationException)) {
                logger.debug("The next segment was not prepared", e);
            }
        }
    }

    private FutureTask<Segment> newTask(long number, long sizeBytes) {
        long salt = ids.next();
        return new FutureTask<>(() -> Segment.create(disk, directory, number, salt, sizeBytes, () -> closed));
    }

    private static Segment segment(FutureTask<Segment> preparing) throws IOException {
        try {
            return await(preparing);
        } catch (ExecutionException e) {
            var cause = e.getCause() == null ? e : e.getCause();
            throw new IOException("The next segment can't be prepared: " + cause.getMessage(), cause);
        }
    }

    /** Not to be interrupted: the files of an interrupted thread close, and the member would stop for no reason. */
    private static Segment await(FutureTask<Segment> preparing) throws ExecutionException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return preparing.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
