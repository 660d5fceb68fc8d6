package io.raftboot.storage.log;

import com.google.protobuf.ByteString;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.EntryType;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.raft.proto.SnapshotMetadata;
import io.raftboot.storage.disk.Checksum;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** Bytes of a log as it is on the disk, made by what writes it, and mended where a mutation has broken what is checked first. */
final class LogImages {
    static final long SALT = 0x5A17;

    private LogImages() {}

    /** Batches as they follow each other in a segment, behind its header. */
    static List<byte[]> batches() throws IOException {
        var opening = new BatchBuilder();
        opening.opening(new BatchBuilder.Opening(
                LogPosition.START, Snapshot.getDefaultInstance(), HardState.getDefaultInstance()));
        opening.addAll(entries(1, 3, 1), size(entries(1, 3, 1)));
        opening.hardState(
                HardState.newBuilder().setTerm(1).setVote(1).setCommit(2).build());
        var cut = new BatchBuilder();
        cut.cutBehind(new LogPosition(2, 1));
        cut.addAll(entries(3, 5, 2), size(entries(3, 5, 2)));
        var taken = new BatchBuilder();
        taken.taken(snapshot(4, 2));
        taken.hardState(HardState.newBuilder().setTerm(2).setCommit(4).build());
        var installed = new BatchBuilder();
        installed.installed(snapshot(20, 3));
        installed.addAll(entries(21, 22, 4), size(entries(21, 22, 4)));
        var images = new ArrayList<byte[]>();
        images.add(image(opening));
        images.add(image(opening, cut));
        images.add(image(opening, cut, taken));
        images.add(image(opening, cut, taken, installed));
        return images;
    }

    private static Snapshot snapshot(long index, long term) {
        return Snapshot.newBuilder()
                .setMetadata(SnapshotMetadata.newBuilder()
                        .setIndex(index)
                        .setTerm(term)
                        .setConfState(ConfState.newBuilder().addVoters(1).addVoters(2)))
                .build();
    }

    private static List<Entry> entries(long from, long to, long term) {
        var entries = new ArrayList<Entry>();
        for (long index = from; index <= to; index++) {
            boolean change = index == 2;
            entries.add(Entry.newBuilder()
                    .setType(change ? EntryType.ENTRY_CONF_CHANGE_V2 : EntryType.ENTRY_NORMAL)
                    .setTerm(term)
                    .setIndex(index)
                    .setData(
                            change
                                    ? ConfChangeV2.getDefaultInstance().toByteString()
                                    : ByteString.copyFromUtf8("x" + index))
                    .build());
        }
        // One of which the short form would lose something.
        entries.add(Entry.newBuilder().setTerm(term).setIndex(to + 1).build());
        return entries;
    }

    static int size(List<Entry> entries) {
        return entries.stream().mapToInt(EntriesRecord::sizeBytes).sum();
    }

    private static byte[] image(BatchBuilder... builders) throws IOException {
        var encoder = new BatchEncoder();
        var all = new ByteArrayOutputStream();
        int checksum = 0;
        for (int i = 0; i < builders.length; i++) {
            ByteBuffer batch = encoder.encode(builders[i], builders[i].sizeBytes(), SALT, i + 1L, checksum);
            checksum = encoder.checksum();
            byte[] bytes = new byte[batch.remaining()];
            batch.get(bytes);
            all.writeBytes(bytes);
        }
        return all.toByteArray();
    }

    /** The batches with heads that are in order, as far as there are any: what a checksum would hide is tried as well. */
    static byte[] repaired(byte[] batches) {
        var bytes = ByteBuffer.wrap(batches).order(ByteOrder.LITTLE_ENDIAN);
        var crc = new CRC32C();
        int previous = 0;
        long sequence = 1;
        for (int at = 0; at + BatchFormat.HEADER_SIZE <= batches.length; sequence++) {
            int room = batches.length - at - BatchFormat.HEADER_SIZE;
            int length = bytes.getInt(at + BatchFormat.LENGTH_AT);
            if (length < 0 || length > room) {
                length = Math.min(room, BatchFormat.ALIGNMENT - BatchFormat.HEADER_SIZE);
                bytes.putInt(at + BatchFormat.LENGTH_AT, length);
            }
            bytes.putInt(at + BatchFormat.MAGIC_AT, BatchFormat.MAGIC);
            bytes.putLong(at + BatchFormat.SALT_AT, SALT);
            bytes.putLong(at + BatchFormat.SEQUENCE_AT, sequence);
            bytes.putInt(at + BatchFormat.PREVIOUS_CHECKSUM_AT, previous);
            previous = BatchFormat.checksum(crc, bytes, at, length);
            bytes.putInt(at + BatchFormat.CHECKSUM_AT, previous);
            at += BatchFormat.padded(length);
        }
        return batches;
    }

    /** The head of the segment with these batches. */
    static byte[] segment(byte[] batches) {
        var segment = ByteBuffer.allocate(Segment.HEADER_SIZE + batches.length).order(ByteOrder.LITTLE_ENDIAN);
        segment.putLong(0, 0x4745_5345_4c41_5752L)
                .putInt(8, Segment.VERSION)
                .putLong(16, 1)
                .putLong(24, SALT);
        segment.putInt(Segment.HEADER_SIZE - 4, Checksum.of(segment, Segment.HEADER_SIZE - 4));
        segment.position(Segment.HEADER_SIZE).put(batches);
        return segment.array();
    }
}
