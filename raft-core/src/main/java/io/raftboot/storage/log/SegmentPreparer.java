package io.raftboot.storage.log;

import io.raftboot.notice.QuietLogger;
import io.raftboot.storage.disk.Disk;
import io.raftboot.storage.disk.OutOfSpaceException;
import io.raftboot.storage.disk.RandomIds;
import io.raftboot.storage.disk.SpaceReserve;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Has the next segment written in advance, so that going on to it costs nothing. Owned by the log's thread; only the
 * writing itself runs on the executor, and the log's thread does it where that has not begun.
 */
final class SegmentPreparer {
    private final Logger log = QuietLogger.of(SegmentPreparer.class);

    private final Disk disk;
    private final Path directory;
    private final Executor executor;
    private final RandomIds ids;
    private final SpaceReserve reserve;
    private volatile boolean closed;
    private @Nullable FutureTask<Segment> task;

    SegmentPreparer(LogDirectory target) {
        this.reserve = target.reserve();
        this.disk = target.disk();
        this.directory = target.path();
        this.executor = target.options().background();
        this.ids = target.ids();
    }

    /** Takes over a segment that an earlier process has prepared. */
    void prepared(Segment segment) {
        task = new FutureTask<>(() -> segment);
        task.run();
    }

    boolean hasBegun() {
        return task != null;
    }

    /** Begins with the next segment, which must not have happened yet. */
    void prepare(long number, long sizeBytes) {
        var preparing = newTask(number, sizeBytes);
        task = preparing;
        try {
            executor.execute(preparing);
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            // The latter also where this process gets no more threads for now.
            log.debug("Segment {} is prepared when it is needed", number, e);
        }
    }

    /**
     * Throws what the writing of the next segment failed with, if it has: a device that fails at that is not to be trusted with
     * the log either. That there was no room is another matter: there may be when the segment is needed.
     */
    void check() throws IOException {
        var preparing = task;
        if (preparing != null && preparing.isDone()) {
            try {
                segment(preparing);
            } catch (OutOfSpaceException e) {
                log.debug("Segment to be prepared when it is needed", e);
            }
        }
    }

    /**
     * The next segment, prepared now if it was not before. Where there is no room for it, it is as small as allowed, and takes
     * the place of the reserve.
     */
    Segment take(long number, long sizeBytes, long leastSizeBytes) throws IOException {
        var preparing = task;
        task = null;
        try {
            if (preparing != null) {
                // Does nothing if it runs or ran elsewhere.
                preparing.run();
                return segment(preparing);
            }
            return create(number, ids.next(), sizeBytes);
        } catch (OutOfSpaceException e) {
            log.warn("There is no room for segment {} of the log, trying a small one", number, e);
        }
        try {
            return create(number, ids.next(), leastSizeBytes);
        } catch (OutOfSpaceException e) {
            if (!reserve.release()) {
                throw e;
            }
        }
        return create(number, ids.next(), leastSizeBytes);
    }

    private Segment create(long number, long salt, long sizeBytes) throws IOException {
        try {
            return Segment.create(disk, directory, number, salt, sizeBytes, () -> closed);
        } catch (IOException e) {
            long usableBytes = disk.space(directory).usableBytes();
            Segment.deleteUnfinished(disk, directory, number);
            // Not by the message of the platform, which is in the language of the machine.
            throw usableBytes < sizeBytes
                    ? new OutOfSpaceException(directory.resolve(Segment.name(number)), usableBytes, e)
                    : e;
        }
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
                log.debug("The next segment was not prepared", e);
            }
        }
    }

    private FutureTask<Segment> newTask(long number, long sizeBytes) {
        long salt = ids.next();
        return new FutureTask<>(() -> create(number, salt, sizeBytes));
    }

    private static Segment segment(FutureTask<Segment> preparing) throws IOException {
        try {
            return await(preparing);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof OutOfSpaceException full) {
                throw full;
            }
            var cause = e.getCause() == null ? e : e.getCause();
            throw new IOException("the next segment can't be prepared: " + cause.getMessage(), cause);
        }
    }

    /** Waits without being interrupted: the files of an interrupted thread close, and the member would stop for no reason. */
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
