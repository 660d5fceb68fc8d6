package io.raftboot.raft.simulation;

import com.google.protobuf.ByteString;
import io.raftboot.raft.CompactedException;
import io.raftboot.raft.EntriesTemporarilyUnavailableException;
import io.raftboot.raft.InitialState;
import io.raftboot.raft.MemoryStorage;
import io.raftboot.raft.SnapshotTemporarilyUnavailableException;
import io.raftboot.raft.Storage;
import io.raftboot.raft.StorageException;
import io.raftboot.raft.UnavailableException;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The log of one node. What is written is visible at once and survives a crash only if it was forced, or by luck: of the
 * writes since the last force a crash keeps any number of the first ones.
 */
final class SimulatedDisk implements Storage {
    private static final int SNAPSHOT_UNAVAILABLE_ONE_IN = 8;
    private static final int ENTRIES_UNAVAILABLE_ONE_IN = 8;

    private interface Write {
        void to(MemoryStorage storage) throws StorageException;
    }

    private final RandomGenerator random;
    private final List<Write> forcedWrites = new ArrayList<>();
    private final List<Write> unforcedWrites = new ArrayList<>();
    private MemoryStorage written = new MemoryStorage();
    private final MemoryStorage durable = new MemoryStorage();

    /** What the state machine has kept across restarts, which may be ahead of the snapshot and of the stored commit. */
    private long durablyAppliedIndex;

    private ConfState durablyAppliedConfState = ConfState.getDefaultInstance();

    private final Supplier<Snapshot> freshSnapshot;

    /** Entries were refused, to be fetched. */
    private boolean fetching;

    /**
     * An empty disk.
     *
     * @param freshSnapshot what is sent to others. Not the one on the disk: that may be older than the change that made
     *     the receiver a member, who then refuses it
     */
    SimulatedDisk(RandomGenerator random, Supplier<Snapshot> freshSnapshot) {
        this.random = random;
        this.freshSnapshot = freshSnapshot;
    }

    void writeHardState(HardState hardState) {
        write(storage -> storage.setHardState(hardState));
    }

    void writeEntries(List<Entry> entries) {
        write(storage -> storage.append(entries));
    }

    void writeSnapshot(Snapshot snapshot) {
        write(storage -> storage.applySnapshot(snapshot));
    }

    /** Makes a snapshot and drops the log up to an index at or below it, all of it forced. */
    void takeSnapshot(long index, ConfState confState, ByteString data, long compactIndex) {
        write(storage -> {
            storage.createSnapshot(index, confState, data);
            if (compactIndex >= storage.firstIndex()) {
                storage.compact(compactIndex);
            }
        });
        force();
    }

    private void write(Write write) {
        apply(write, written);
        unforcedWrites.add(write);
    }

    void force() {
        for (Write write : unforcedWrites) {
            apply(write, durable);
        }
        forcedWrites.addAll(unforcedWrites);
        unforcedWrites.clear();
    }

    /** Loses what was not forced, except for some of its beginning. */
    void crash() {
        unforcedWrites
                .subList(random.nextInt(unforcedWrites.size() + 1), unforcedWrites.size())
                .clear();
        force();
        fetching = false;
        written = new MemoryStorage();
        for (Write write : forcedWrites) {
            apply(write, written);
        }
    }

    private static void apply(Write write, MemoryStorage storage) {
        try {
            write.to(storage);
        } catch (StorageException e) {
            throw new AssertionError("a write that the core should not have asked for: " + e.getMessage(), e);
        }
    }

    void rememberApplied(long index, ConfState confState) {
        durablyAppliedIndex = index;
        durablyAppliedConfState = confState;
    }

    /** What would be there after a crash at this moment, at least. */
    MemoryStorage durable() {
        return durable;
    }

    @Override
    public InitialState initialState() {
        InitialState stored = written.initialState();
        long snapshotIndex = written.snapshot().getMetadata().getIndex();
        // What was applied was committed, even if the disk doesn't know it yet.
        long commit = Math.max(stored.hardState().getCommit(), Math.max(durablyAppliedIndex, snapshotIndex));
        HardState hardState = stored.hardState().toBuilder().setCommit(commit).build();
        return new InitialState(
                hardState, durablyAppliedIndex > snapshotIndex ? durablyAppliedConfState : stored.confState());
    }

    @Override
    public List<Entry> entries(long low, long high, long maxSizeBytes)
            throws CompactedException, UnavailableException, EntriesTemporarilyUnavailableException {
        if (low >= written.firstIndex() && random.nextInt(ENTRIES_UNAVAILABLE_ONE_IN) == 0) {
            fetching = true;
            throw new EntriesTemporarilyUnavailableException();
        }
        return written.entries(low, high, maxSizeBytes);
    }

    @Override
    public long term(long index) throws CompactedException, UnavailableException {
        return written.term(index);
    }

    /** The term of an entry that is known to be there. */
    long termOf(long index) {
        try {
            return written.term(index);
        } catch (StorageException e) {
            throw new AssertionError(e);
        }
    }

    long lastTerm() {
        return termOf(lastIndex());
    }

    @Override
    public long firstIndex() {
        return written.firstIndex();
    }

    @Override
    public long lastIndex() {
        return written.lastIndex();
    }

    @Override
    public Snapshot snapshot() throws SnapshotTemporarilyUnavailableException {
        if (random.nextInt(SNAPSHOT_UNAVAILABLE_ONE_IN) == 0) {
            throw new SnapshotTemporarilyUnavailableException();
        }
        return freshSnapshot.get();
    }

    boolean isFetching() {
        return fetching;
    }

    void fetched() {
        fetching = false;
    }

    /** The snapshot as a restart finds it. */
    Snapshot storedSnapshot() {
        return written.snapshot();
    }
}
