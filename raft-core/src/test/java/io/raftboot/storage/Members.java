package io.raftboot.storage;

import com.google.protobuf.ByteString;
import io.raftboot.raft.Peer;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.EntryType;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.raft.proto.SnapshotMetadata;
import io.raftboot.storage.disk.Disk;
import io.raftboot.storage.log.LogWrite;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Short ways to what the tests of this package need again and again. */
public final class Members {
    public static final Path DIRECTORY = Path.of("/member");

    public static final List<Peer> PEERS = List.of(Peer.of(1, "a:1"), Peer.of(2, "b:2"), Peer.of(3, "c:3"));

    static final IdentityRequest ALONE = new IdentityRequest("raft", "default", 1, List.of(), false);

    public static final IdentityRequest FIRST_OF_THREE = new IdentityRequest("raft", "default", 1, PEERS, false);

    private Members() {}

    /** Small segments, and no threads: what runs in the background runs at once. */
    public static StorageOptions smallOptions(long seed) {
        return StorageOptions.defaults()
                .withSegmentSizeBytes(StorageOptions.MIN_SEGMENT_SIZE_BYTES)
                .withCacheSizeBytes(2048)
                .withBackground(Runnable::run)
                .withRandom(new Random(seed));
    }

    public static MemberStorage open(Disk disk) throws IOException, StorageOpenException {
        return MemberStorage.open(disk, DIRECTORY, FIRST_OF_THREE, smallOptions(1));
    }

    public static Entry entry(long term, long index, int dataSizeBytes) {
        var data = new byte[dataSizeBytes];
        new Random(term * 31 + index).nextBytes(data);
        return Entry.newBuilder()
                .setType(EntryType.ENTRY_NORMAL)
                .setTerm(term)
                .setIndex(index)
                .setData(ByteString.copyFrom(data))
                .build();
    }

    public static List<Entry> entries(long term, long first, int count, int dataSizeBytes) {
        var entries = new ArrayList<Entry>();
        for (int i = 0; i < count; i++) {
            entries.add(entry(term, first + i, dataSizeBytes));
        }
        return entries;
    }

    public static HardState hardState(long term, long vote, long commit) {
        return HardState.newBuilder()
                .setTerm(term)
                .setVote(vote)
                .setCommit(commit)
                .build();
    }

    /** A snapshot without a file. */
    public static Snapshot marker(long index, long term) {
        return Snapshot.newBuilder()
                .setMetadata(SnapshotMetadata.newBuilder()
                        .setIndex(index)
                        .setTerm(term)
                        .setConfState(voters()))
                .build();
    }

    public static ConfState voters() {
        return ConfState.newBuilder().addAllVoters(List.of(1L, 2L, 3L)).build();
    }

    /** Appends and lets the reader see it, as a replica does. */
    public static void append(MemberStorage storage, LogWrite... writes) throws IOException {
        storage.reader().advance(storage.writer().append(List.of(writes)));
    }

    public static void append(MemberStorage storage, List<Entry> entries) throws IOException {
        append(storage, LogWrite.entries(null, entries));
    }

    /** Takes a snapshot of some bytes at an index, with file and marker. */
    public static Snapshot takeSnapshot(MemberStorage storage, long index, long term, byte[] state) throws IOException {
        Snapshot snapshot;
        try (var writer = storage.snapshots().create(index, term, voters())) {
            try (var section = writer.section("state")) {
                section.write(state);
            }
            snapshot = writer.commit();
        }
        append(storage, LogWrite.taken(snapshot));
        storage.reader().snapshotTaken(snapshot);
        return snapshot;
    }
}
