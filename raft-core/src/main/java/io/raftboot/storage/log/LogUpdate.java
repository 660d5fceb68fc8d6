package io.raftboot.storage.log;

import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Snapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one {@link LogWriter#append} made durable, on its way to {@link LogReader#advance}. Immutable; updates must be
 * handed over in the order in which they were made, none left out.
 */
public final class LogUpdate {
    private final List<Batch> batches;
    private final HardState hardState;

    LogUpdate(List<Batch> batches, HardState hardState) {
        this.batches = List.copyOf(batches);
        this.hardState = hardState;
    }

    public List<Batch> batches() {
        return batches;
    }

    HardState hardState() {
        return hardState;
    }

    /** A batch with what a reader needs to know of it and where it is. */
    record Batch(BatchPlace place, @Nullable Snapshot installed, List<Entry> entries) {}
}
