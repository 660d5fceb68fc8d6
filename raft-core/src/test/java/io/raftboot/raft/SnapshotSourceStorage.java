package io.raftboot.raft;

import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.Snapshot;
import java.util.List;

/** A storage in memory whose snapshots come from elsewhere, as those of a state machine do. */
final class SnapshotSourceStorage implements Storage {
    private final MemoryStorage log;
    private final Source source;

    /** Where the snapshots come from. */
    @FunctionalInterface
    interface Source {
        Snapshot newest() throws SnapshotTemporarilyUnavailableException;
    }

    SnapshotSourceStorage(MemoryStorage log, Source source) {
        this.log = log;
        this.source = source;
    }

    @Override
    public InitialState initialState() {
        return log.initialState();
    }

    @Override
    public List<Entry> entries(long low, long high, long maxSizeBytes) throws CompactedException, UnavailableException {
        return log.entries(low, high, maxSizeBytes);
    }

    @Override
    public long term(long index) throws CompactedException, UnavailableException {
        return log.term(index);
    }

    @Override
    public long firstIndex() {
        return log.firstIndex();
    }

    @Override
    public long lastIndex() {
        return log.lastIndex();
    }

    @Override
    public Snapshot snapshot() throws SnapshotTemporarilyUnavailableException {
        return source.newest();
    }
}
