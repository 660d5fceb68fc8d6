package io.raftboot.replica.snapshot;

import io.raftboot.agent.Clock;
import io.raftboot.api.SnapshotOutcome;
import io.raftboot.api.event.EventType;
import io.raftboot.api.meter.MemberMeter;
import io.raftboot.notice.QuietLogger;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.replica.duty.EventSink;
import io.raftboot.storage.snapshot.SnapshotStore;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;

/** Writes snapshot files and reads them back, on a thread of their own, and deletes those that are not needed any more. */
public final class SnapshotMaker {
    private final Logger log = QuietLogger.of(SnapshotMaker.class);

    private final SnapshotStore store;
    private final int retainedCount;
    private final Executor executor;
    private final SnapshotMark mark;

    private final SnapshotWork work;
    private final Measure measure;

    /** Who is told how long it took, by what clock, and what became of it. */
    public record Measure(Clock clock, MemberMeter meter, EventSink events) {
        /** Of a maker that nobody measures. */
        public static final Measure NONE = new Measure(Clock.SYSTEM, MemberMeter.NONE, EventSink.NONE);
    }

    /**
     * A captured state, and where in the log it is.
     *
     * @param requests of those who are told what became of it
     */
    public record Task(
            SnapshotSections.Captured captured,
            long index,
            long term,
            ConfState confState,
            List<CompletableFuture<SnapshotOutcome>> requests) {}

    /** Told, on the thread that writes, what became of a task. */
    public interface Done {
        void written(SnapshotKind kind, long index, long sizeBytes);

        /**
         * It could not be made.
         *
         * @param why in words
         */
        void failed(String why);

        /** The member stops. */
        void givenUp();
    }

    /**
     * @param executor one thread
     * @param mark told of a file that is durable and was read back: the log must know it before older entries go
     */
    public SnapshotMaker(SnapshotStore store, int retainedCount, Executor executor, SnapshotMark mark) {
        this(store, retainedCount, executor, mark, new SnapshotWork(), Measure.NONE);
    }

    /**
     * @param work what the thread of the executor is at
     * @param measure told of each file that is written
     */
    public SnapshotMaker(
            SnapshotStore store,
            int retainedCount,
            Executor executor,
            SnapshotMark mark,
            SnapshotWork work,
            Measure measure) {
        this.measure = measure;
        this.work = work;
        this.store = store;
        this.retainedCount = retainedCount;
        this.executor = executor;
        this.mark = mark;
    }

    /** Any thread. Whatever becomes of it, it is told and the requests are answered. */
    public void make(Task task, Done done) {
        try {
            executor.execute(() -> write(task, done));
        } catch (RejectedExecutionException e) {
            if (e.getCause() instanceof OutOfMemoryError) {
                failed(task, done, e);
            } else {
                givenUp(task, done, "the member is stopping");
            }
        }
    }

    /** Any thread: a snapshot came from elsewhere, others may go. */
    public void installed() {
        try {
            executor.execute(this::retain);
        } catch (RejectedExecutionException e) {
            log.debug("older snapshots are deleted with the next one: {}", e.getMessage());
        }
    }

    /** Any thread: the member ends, and what a state machine writes or reads back does not. */
    public void interrupt() {
        work.interrupt();
    }

    /** On the ticker: ends what a state machine is at if it does not come on. */
    public void look(long nowNanos) {
        work.look(nowNanos);
    }

    private void write(Task task, Done done) {
        long begunNanos = measure.clock().nanoTime();
        try {
            var snapshot = task.captured().writeTo(store, task.index(), task.term(), task.confState(), work);
            long sizeBytes = SnapshotStore.sizeBytes(snapshot);
            measure.events()
                    .info(
                            log,
                            EventType.SNAPSHOT,
                            EventSink.NO_NODE,
                            "took a snapshot at index {}, {} bytes",
                            task.index(),
                            sizeBytes);
            measure.meter().snapshotTaken(sizeBytes, measure.clock().nanoTime() - begunNanos);
            mark.taken(snapshot);
            done.written(task.captured().kind(), task.index(), sizeBytes);
            answer(task, new SnapshotOutcome.Taken(task.index(), sizeBytes));
        } catch (Throwable e) {
            // An Error too: to write or read a state changes nothing, and the log is as it was.
            // What throws once the member ends says nothing of the state; before that, an interruption is a failure
            // like any.
            if (store.writes().haveEnded()) {
                givenUp(task, done, e instanceof InterruptedIOException ? reason(e) : "the member is stopping");
            } else {
                failed(task, done, e);
            }
        }
        retain();
    }

    private void failed(Task task, Done done, Throwable cause) {
        String why = "no snapshot was taken at index " + task.index() + ": " + reason(cause);
        measure.events()
                .warn(
                        log,
                        EventType.SNAPSHOT,
                        EventSink.NO_NODE,
                        "{}. The log and the snapshot before stay; it is tried again later",
                        why,
                        cause);
        done.failed(why);
        answer(task, new SnapshotOutcome.NotTaken(why));
    }

    private void givenUp(Task task, Done done, String why) {
        measure.events()
                .info(
                        log,
                        EventType.SNAPSHOT,
                        EventSink.NO_NODE,
                        "no snapshot was taken at index {}: {}",
                        task.index(),
                        why);
        done.givenUp();
        answer(task, new SnapshotOutcome.NotTaken(why));
    }

    private static void answer(Task task, SnapshotOutcome outcome) {
        task.requests().forEach(request -> request.complete(outcome));
    }

    /** What is ours says in its message what there is to say. */
    public static String reason(Throwable e) {
        return (e instanceof IOException || e instanceof SnapshotFailedException) && e.getMessage() != null
                ? e.getMessage()
                : e.toString();
    }

    private void retain() {
        try {
            store.retain(retainedCount);
        } catch (IOException | RuntimeException e) {
            log.warn("older snapshots could not be deleted; it is tried again with the next one", e);
        }
    }
}
