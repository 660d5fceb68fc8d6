package io.raftboot.storage.snapshot;

import io.raftboot.fuzz.FuzzTarget;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.raft.proto.SnapshotMetadata;
import io.raftboot.storage.disk.BytesDisk;
import io.raftboot.storage.disk.CorruptionException;
import io.raftboot.storage.disk.UnsupportedFormatException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/** The file of a snapshot: its header, and all sections. */
public final class SnapshotTarget implements FuzzTarget {
    private static final Path PATH = Path.of("file.snap");
    private static final int HEAD_BYTES = 16;
    private static final int LENGTH_AT = 12;

    /** Each section that is read has a buffer for a frame of full size; a section takes 5 bytes at least. */
    private static final long BYTES_OF_A_SECTION = SnapshotFormat.MAX_FRAME_BODY_BYTES + 24 * 1024L;

    private static final int FIXED_BYTES = 64 * 1024;

    /** Sections that are read: of one that is there all are like it. */
    private static final int SECTIONS_READ = 4;

    private record Read(Snapshot snapshot, Map<String, String> sections) {}

    @Override
    public String name() {
        return "snapshot";
    }

    @Override
    public List<byte[]> seeds() {
        var sections = new LinkedHashMap<String, String>();
        sections.put("$system", "0801");
        sections.put("orders", "00".repeat(300));
        sections.put("$sessions/orders", "");
        return List.of(file(metadata(), false, sections), file(metadata(), true, Map.of()));
    }

    private static SnapshotMetadata metadata() {
        return SnapshotMetadata.newBuilder()
                .setIndex(100)
                .setTerm(4)
                .setConfState(ConfState.newBuilder().addVoters(1).addLearners(2))
                .build();
    }

    private static byte[] file(SnapshotMetadata metadata, boolean local, Map<String, String> sections) {
        var out = new ByteArrayOutputStream();
        out.writeBytes(SnapshotFormat.header(7, metadata, local));
        sections.forEach((name, hex) -> {
            frame(out, SnapshotFormat.SECTION, name.getBytes(StandardCharsets.UTF_8));
            byte[] all = HexFormat.of().parseHex(hex);
            for (int at = 0; at < all.length; at += SnapshotFormat.MAX_FRAME_BODY_BYTES) {
                int length = Math.min(SnapshotFormat.MAX_FRAME_BODY_BYTES, all.length - at);
                byte[] body = new byte[length];
                System.arraycopy(all, at, body, 0, length);
                frame(out, SnapshotFormat.DATA, body);
            }
            frame(out, SnapshotFormat.SECTION_END, new byte[0]);
        });
        frame(out, SnapshotFormat.END, new byte[0]);
        out.writeBytes(new byte[SnapshotFormat.CHECKSUM_SIZE]);
        return withChecksum(out.toByteArray());
    }

    private static void frame(ByteArrayOutputStream out, byte type, byte[] body) {
        out.write(type);
        out.writeBytes(
                SnapshotFormat.little(Integer.BYTES).putInt(0, body.length).array());
        out.writeBytes(body);
    }

    private static byte[] withChecksum(byte[] file) {
        var crc = new CRC32C();
        int end = file.length - SnapshotFormat.CHECKSUM_SIZE;
        crc.update(file, 0, end);
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(end, (int) crc.getValue());
        return file;
    }

    @Override
    public Read decode(byte[] input) throws Exception {
        var file = BytesDisk.file(input);
        // As the store finds it when it opens its directory; the log, or another member, says the same of it.
        var snapshot = SnapshotFormat.describe(file, PATH);
        var sections = new LinkedHashMap<String, String>();
        try (var reader = new SnapshotFile.Reader(file, PATH, snapshot)) {
            for (String section : reader.sections()) {
                if (sections.size() == SECTIONS_READ) {
                    break;
                }
                try (var in = reader.section(section)) {
                    sections.put(section, in == null ? "" : HexFormat.of().formatHex(in.readAllBytes()));
                }
            }
        }
        return new Read(snapshot, sections);
    }

    @Override
    public boolean isDeclared(Throwable thrown) {
        return thrown instanceof CorruptionException || thrown instanceof UnsupportedFormatException;
    }

    @Override
    public void check(Object decoded) throws Exception {
        var read = (Read) decoded;
        byte[] again = file(
                read.snapshot().getMetadata(),
                SnapshotFormat.descriptor(read.snapshot()).getLocal(),
                read.sections());
        var second = decode(again);
        if (!second.sections().equals(read.sections())
                || !second.snapshot().getMetadata().equals(read.snapshot().getMetadata())) {
            throw new IllegalStateException(read + " comes back as " + second);
        }
    }

    @Override
    public String describe(Object decoded) {
        var sections = ((Read) decoded).sections();
        return sections.size() + " sections, "
                + sections.values().stream().filter(String::isEmpty).count() + " empty";
    }

    @Override
    public byte[] repair(byte[] input) {
        if (input.length < SnapshotFormat.MIN_FILE_BYTES) {
            return input;
        }
        var bytes = ByteBuffer.wrap(input).order(ByteOrder.LITTLE_ENDIAN);
        byte[] head = SnapshotFormat.header(7, metadata(), false);
        System.arraycopy(head, 0, input, 0, LENGTH_AT);
        int room = input.length - SnapshotFormat.MIN_FILE_BYTES;
        int length = bytes.getInt(LENGTH_AT);
        if (length < 0 || length > room) {
            length = Math.min(room, head.length - HEAD_BYTES - SnapshotFormat.CHECKSUM_SIZE);
            bytes.putInt(LENGTH_AT, length);
        }
        var crc = new CRC32C();
        crc.update(input, 0, HEAD_BYTES + length);
        bytes.putInt(HEAD_BYTES + length, (int) crc.getValue());
        return withChecksum(input);
    }

    @Override
    public int costs() {
        return 20;
    }

    @Override
    public long allowedBytes(int inputBytes) {
        return FIXED_BYTES
                + 64L * inputBytes
                + SECTIONS_READ * BYTES_OF_A_SECTION
                // Each section has its name in a buffer, which may be told larger than the file is.
                + (long) inputBytes / SnapshotFormat.FRAME_HEADER_SIZE * 256;
    }
}
