package io.raftboot.raft;

import com.google.protobuf.ByteString;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.raft.proto.SnapshotMetadata;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A log in memory, for tests and for groups that need not survive a restart. Not thread-safe: whoever writes to it must
 * be the thread that drives the {@link RawNode}, or keep that one out meanwhile.
 *
 * <p>The entry before the first one is remembered by index and term, as {@link Storage#term} demands.
 */
public final class MemoryStorage implements Storage {
    private HardState hardState = HardState.getDefaultInstance();
    private Snapshot snapshot = Snapshot.getDefaultInstance();
    private long previousIndex;
    private long previousTerm;
    private List<Entry> entries = new ArrayList<>();

    @Override
    public InitialState initialState() {
        return new InitialState(hardState, snapshot.getMetadata().getConfState());
    }

    /** Replaces the hard state. */
    public void setHardState(HardState newHardState) {
        hardState = newHardState;
    }

    @Override
    public List<Entry> entries(long low, long high, long maxSizeBytes) throws CompactedException, UnavailableException {
        if (low <= previousIndex) {
            throw new CompactedException();
        }
        if (high > lastIndex() + 1) {
            throw new UnavailableException();
        }
        var range = entries.subList(position(low), position(high));
        return List.copyOf(range.subList(0, EntrySizes.countWithin(range, maxSizeBytes)));
    }

    @Override
    public long term(long index) throws CompactedException, UnavailableException {
        if (index < previousIndex) {
            throw new CompactedException();
        }
        if (index > lastIndex()) {
            throw new UnavailableException();
        }
        return index == previousIndex
                ? previousTerm
                : entries.get(position(index)).getTerm();
    }

    @Override
    public long firstIndex() {
        return previousIndex + 1;
    }

    @Override
    public long lastIndex() {
        return previousIndex + entries.size();
    }

    @Override
    public Snapshot snapshot() {
        return snapshot;
    }

    /**
     * Replaces the whole log by a snapshot received from a leader. A snapshot of index 0 may replace another of index 0:
     * it brings the first configuration of a group that has no log yet.
     *
     * @throws SnapshotOutOfDateException if the stored snapshot is at the same index or a later one; nothing has changed
     */
    public void applySnapshot(Snapshot newSnapshot) throws SnapshotOutOfDateException {
        long storedIndex = snapshot.getMetadata().getIndex();
        if (storedIndex > 0 && storedIndex >= newSnapshot.getMetadata().getIndex()) {
            throw new SnapshotOutOfDateException();
        }
        snapshot = newSnapshot;
        previousIndex = newSnapshot.getMetadata().getIndex();
        previousTerm = newSnapshot.getMetadata().getTerm();
        entries = new ArrayList<>();
    }

    /**
     * Makes a snapshot of the state machine's data as of an entry; the log is not compacted.
     *
     * @param index the last entry that the data covers
     * @param confState the configuration as of that entry; null to keep that of the previous snapshot
     * @param data whatever the state machine can be restored from
     * @throws SnapshotOutOfDateException if the stored snapshot is at the same index or a later one; nothing has changed
     * @throws IllegalArgumentException if there is no such entry; nothing has changed
     */
    public Snapshot createSnapshot(long index, @Nullable ConfState confState, ByteString data)
            throws SnapshotOutOfDateException {
        if (index <= snapshot.getMetadata().getIndex()) {
            throw new SnapshotOutOfDateException();
        }
        checkStored(index, "snapshot");
        var metadata = SnapshotMetadata.newBuilder(snapshot.getMetadata())
                .setIndex(index)
                .setTerm(
                        index == previousIndex
                                ? previousTerm
                                : entries.get(position(index)).getTerm());
        if (confState != null) {
            metadata.setConfState(confState);
        }
        snapshot = Snapshot.newBuilder().setMetadata(metadata).setData(data).build();
        return snapshot;
    }

    /**
     * Drops the entries up to and including {@code index}.
     *
     * @throws CompactedException if that one is gone already; nothing has changed
     * @throws IllegalArgumentException if it lies behind the last entry; nothing has changed
     */
    public void compact(long index) throws CompactedException {
        if (index <= previousIndex) {
            throw new CompactedException();
        }
        checkStored(index, "compact");
        long term = entries.get(position(index)).getTerm();
        entries = new ArrayList<>(entries.subList(position(index) + 1, entries.size()));
        previousIndex = index;
        previousTerm = term;
    }

    /**
     * Appends entries, replacing all stored ones from the first one's index on. Those before the first index that is
     * kept are skipped.
     *
     * @param newEntries entries without a gap among themselves
     * @throws IllegalArgumentException if there is a gap between the log and the first of them; nothing has changed
     */
    public void append(List<Entry> newEntries) {
        if (newEntries.isEmpty()) {
            return;
        }
        long first = newEntries.get(0).getIndex();
        long last = first + newEntries.size() - 1;
        if (last < firstIndex()) {
            return;
        }
        if (first > lastIndex() + 1) {
            throw new IllegalArgumentException(
                    "missing log entry [last: " + lastIndex() + ", append at: " + first + "]");
        }
        int skipped = (int) Math.max(0, firstIndex() - first);
        entries.subList(position(first + skipped), entries.size()).clear();
        entries.addAll(newEntries.subList(skipped, newEntries.size()));
    }

    private int position(long index) {
        return (int) (index - previousIndex - 1);
    }

    private void checkStored(long index, String what) {
        if (index > lastIndex()) {
            throw new IllegalArgumentException(what + " " + index + " is out of bound lastindex(" + lastIndex() + ")");
        }
    }
}
