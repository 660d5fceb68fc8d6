package io.raftboot.raft;

import com.google.protobuf.ByteString;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.raft.proto.SnapshotMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Entries and snapshots for tests of the log. */
final class TestEntries {
    private static final int MAX_PAYLOAD = 20;

    private TestEntries() {}

    static Entry entry(long index, long term) {
        return Entry.newBuilder().setIndex(index).setTerm(term).build();
    }

    /** Entries of one term, without a gap. */
    static List<Entry> entries(long firstIndex, int count, long term) {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            entries.add(entry(firstIndex + i, term));
        }
        return entries;
    }

    /** Entries of one term, without a gap, of different sizes. */
    static List<Entry> entries(long firstIndex, int count, long term, RandomGenerator random) {
        return entries(firstIndex, count, term).stream()
                .map(entry -> entry.toBuilder()
                        .setData(ByteString.copyFrom(new byte[random.nextInt(MAX_PAYLOAD)]))
                        .build())
                .toList();
    }

    static Snapshot snapshot(long index, long term) {
        return Snapshot.newBuilder()
                .setMetadata(SnapshotMetadata.newBuilder().setIndex(index).setTerm(term))
                .build();
    }

    /** The first entries that fit, by going through them one by one; at least one. */
    static List<Entry> limited(List<Entry> entries, long maxSizeBytes) {
        List<Entry> fitting = new ArrayList<>();
        long size = 0;
        for (Entry entry : entries) {
            size += entry.getSerializedSize();
            if (!fitting.isEmpty() && size > maxSizeBytes) {
                break;
            }
            fitting.add(entry);
        }
        return fitting;
    }
}
