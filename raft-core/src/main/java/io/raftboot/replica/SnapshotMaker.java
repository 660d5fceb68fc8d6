package io.raftboot.replica;

import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.storage.SnapshotStore;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes snapshot files on a thread of their own, and deletes those that are not needed any more. */
final class SnapshotMaker {
    private static final Logger log = LoggerFactory.getLogger(SnapshotMaker.class);

    private final SnapshotStore store;
    private final int retainedCount;
    private final Executor executor;
    private final Consumer<Snapshot> toLog;

    /**
     * A captured state, and where in the log it is.
     *
     * @param requests of those who are told what became of it
     */
    record Task(
            SnapshotSections.Captured captured,
            long index,
            long term,
            ConfState confState,
            List<CompletableFuture<SnapshotOutcome>> requests) {}

    /** Told, on the thread that writes, what became of a task. */
    interface Done {
        void written(SnapshotKind kind, long index, long sizeBytes);

        void givenUp();
    }

    /**
     * @param executor one thread
     * @param toLog    told of a file that is durable: the log must know it before older entries go
     */
    SnapshotMaker(SnapshotStore store, int retainedCount, Executor executor, Consumer<Snapshot> toLog) {
        this.store = store;
        this.retainedCount = retainedCount;
        this.executor = executor;
        this.toLog = toLog;
    }

    /** Any thread. */
    void make(Task task, Done done) {
        execute(() -> write(task, done));
    }

    /** Any thread: a snapshot came from elsewhere, others may go. */
    void installed() {
        execute(this::retain);
    }

    private void write(Task task, Done done) {
        SnapshotOutcome outcome;
        try {
            var snapshot = task.captured().writeTo(store, task.index(), task.term(), task.confState());
            long sizeBytes = SnapshotStore.sizeBytes(snapshot);
            log.info("took a snapshot at index {}, {} bytes", task.index(), sizeBytes);
            toLog.accept(snapshot);
            done.written(task.captured().kind(), task.index(), sizeBytes);
            outcome = new SnapshotOutcome.Taken(task.index(), sizeBytes);
        } catch (IOException | RuntimeException e) {
            log.warn(
                    "the snapshot at index {} could not be written; the next one is tried in due course",
                    task.index(),
                    e);
            done.givenUp();
            outcome = new SnapshotOutcome.NotTaken("the snapshot could not be written: " + e.getMessage());
        }
        for (var request : task.requests()) {
            request.complete(outcome);
        }
        retain();
    }

    private void retain() {
        try {
            store.retain(retainedCount);
        } catch (IOException e) {
            log.warn("older snapshots could not be deleted; it is tried again with the next one", e);
        }
    }

    private void execute(Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            log.debug("too late: the member is stopping", e);
        }
    }
}
