package io.raftboot.replica.snapshot;

import io.raftboot.api.SnapshotOutcome;
import io.raftboot.notice.QuietLogger;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.replica.duty.Applied;
import io.raftboot.replica.machine.Machines;
import io.raftboot.storage.snapshot.SnapshotStore;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The snapshots of this member's state: brings the state machines to one, and takes one when it is due. The state is captured here
 * and written by the {@link SnapshotMaker}. Owned by the apply stage, but for what says any thread.
 */
public final class Snapshots {
    private final Logger log = QuietLogger.of(Snapshots.class);

    private final Machines machines;
    private final SnapshotStore store;
    private final SnapshotMaker maker;
    private final SnapshotTrigger trigger;

    public Snapshots(Machines machines, SnapshotStore store, SnapshotMaker maker, SnapshotTrigger trigger) {
        this.machines = machines;
        this.store = store;
        this.maker = maker;
        this.trigger = trigger;
    }

    /** Before the stage runs: nothing is applied behind this index. */
    public void begin(long index, ConfState configuration) {
        trigger.machines(machines.byName().values());
        trigger.configured(configuration);
        trigger.applied(machines.system().position(index));
    }

    /** The configuration as of what is applied. */
    public void configured(ConfState configuration) {
        trigger.configured(configuration);
    }

    /** Entries were applied up to here. */
    public void applied(long index) {
        trigger.applied(machines.system().position(index));
    }

    /**
     * Brings the state machines to a snapshot; one that keeps its state itself and is further already stays as it is.
     *
     * @throws IOException if it can't be read; machines may be half changed
     */
    public void restore(Snapshot snapshot) throws IOException {
        SnapshotSections.restore(store, snapshot, machines.system(), machines.byName());
    }

    /** The state is that of the snapshot. */
    public void restored(Snapshot snapshot) throws IOException {
        var kind = SnapshotStore.isLocal(snapshot) ? SnapshotKind.LOCAL : SnapshotKind.COMPLETE;
        trigger.restoredAt(
                machines.system().position(snapshot.getMetadata().getIndex()), kind, SnapshotStore.sizeBytes(snapshot));
    }

    /** A snapshot of another member has taken the place of the log: older ones may go. */
    public void installed() {
        maker.installed();
    }

    /** A snapshot is to be sent that covers this index. */
    public void wanted(long index) {
        trigger.wanted(index);
    }

    /** The log takes too much room, whether or not a snapshot is due. */
    public void early() {
        trigger.early();
    }

    /** Somebody asks for a snapshot of all that is applied. */
    public void requested(CompletableFuture<SnapshotOutcome> request) {
        trigger.requested(request);
    }

    /** Any thread: whether time alone has made one due, so that the stage has to be woken. */
    public boolean dueByTime() {
        return trigger.dueByTime();
    }

    /** What is to be captured now; null if nothing is. */
    public SnapshotTrigger.@Nullable Due due() {
        return trigger.due();
    }

    /**
     * Captures what is due, and has it written.
     *
     * @param onApplyStage runs what is to be done on this stage once it is written
     */
    public void take(
            SnapshotTrigger.Due due, Applied applied, ConfState configuration, Consumer<Runnable> onApplyStage) {
        SnapshotSections.Captured captured;
        try {
            captured = SnapshotSections.capture(due.kind(), machines.system(), machines.byName());
        } catch (Throwable e) {
            // An Error too: to be captured changes no state, and the log is as it was.
            log.warn("the state at index {} could not be captured; it is tried again later", applied.index(), e);
            String why = SnapshotMaker.reason(e);
            trigger.failed(why);
            due.requests().forEach(request -> request.complete(new SnapshotOutcome.NotTaken(why)));
            return;
        }
        maker.make(
                new SnapshotMaker.Task(captured, applied.index(), applied.term(), configuration, due.requests()),
                new SnapshotMaker.Done() {
                    @Override
                    public void written(SnapshotKind kind, long index, long sizeBytes) {
                        onApplyStage.accept(() -> trigger.written(kind, index, sizeBytes));
                    }

                    @Override
                    public void failed(String why) {
                        onApplyStage.accept(() -> trigger.failed(why));
                    }

                    @Override
                    public void givenUp() {
                        onApplyStage.accept(trigger::givenUp);
                    }
                });
    }

    /** The stage ends: nobody waits any more. */
    public void end(String why) {
        trigger.end(why);
    }
}
