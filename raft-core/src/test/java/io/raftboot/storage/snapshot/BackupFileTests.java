package io.raftboot.storage.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftboot.raft.proto.ConfState;
import io.raftboot.storage.disk.Checksum;
import io.raftboot.storage.disk.CorruptionException;
import io.raftboot.storage.disk.MemoryDisk;
import io.raftboot.storage.disk.RandomIds;
import io.raftboot.storage.disk.UnsupportedFormatException;
import io.raftboot.storage.proto.AncestorRecord;
import io.raftboot.storage.proto.BackupHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Backup files that are whole, and all the others. */
class BackupFileTests {
    private static final Path STORE = Path.of("/store");
    private static final Path FILE = Path.of("/backup");

    private final MemoryDisk disk = new MemoryDisk();
    private byte[] whole = new byte[0];

    @BeforeEach
    void write() throws IOException {
        disk.createDirectories(STORE);
        var store = SnapshotStore.open(disk, STORE, new RandomIds(new Random(1)));
        try (var file = store.create(
                7, 2, ConfState.newBuilder().addVoters(1).addVoters(2).build())) {
            try (var section = file.section("words")) {
                section.write("a b c".getBytes(UTF_8));
            }
            file.commit();
        }
        var pinned = Objects.requireNonNull(store.pinNewestComplete(7));
        var header = BackupFormat.header(BackupHeader.newBuilder()
                .setClusterName("orders")
                .setGroup("default")
                .setClusterId(77)
                .setNodeId(2)
                .addAncestors(AncestorRecord.newBuilder()
                        .setClusterId(66)
                        .setSharedIndex(4)
                        .setForkIndex(5))
                .setSnapshot(pinned.snapshot())
                .build());
        var bytes = ByteBuffer.allocate(header.length + (int) pinned.pin().length());
        bytes.put(header);
        pinned.pin().read(0, bytes);
        pinned.pin().close();
        whole = bytes.array();
    }

    private BackupFile opened(byte[] bytes) throws IOException {
        disk.delete(FILE);
        try (var file = disk.create(FILE)) {
            file.write(ByteBuffer.wrap(bytes), 0);
        }
        return BackupFile.open(disk, FILE);
    }

    @Test
    void wholeOneIsRead() throws IOException {
        try (var backup = opened(whole)) {
            assertThat(backup.clusterName()).isEqualTo("orders");
            assertThat(backup.ancestors()).hasSize(1);
            assertThat(backup.contents().snapshot().getMetadata().getIndex()).isEqualTo(7);
            try (var section = Objects.requireNonNull(backup.contents().section("words"))) {
                assertThat(section.readAllBytes()).asString(UTF_8).isEqualTo("a b c");
            }
        }
        assertThat(BackupFile.isBackup(disk, FILE)).isTrue();
    }

    @Test
    void cutAnywhereItIsRefused() {
        for (int length = 0; length < whole.length; length++) {
            var cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> opened(cut)).as("%d bytes", length).isInstanceOf(CorruptionException.class);
        }
        assertThatThrownBy(() -> opened(Arrays.copyOf(whole, whole.length - 1)))
                .hasMessageContaining("was cut: it has " + (whole.length - 1) + " bytes, and had " + whole.length);
    }

    @Test
    void withAnyByteFlippedItIsRefused() {
        for (int at = 0; at < whole.length; at++) {
            var flipped = whole.clone();
            flipped[at] ^= 1;
            assertThatThrownBy(() -> opened(flipped)).as("byte %d", at).isInstanceOf(CorruptionException.class);
        }
    }

    @Test
    void withSomethingBehindItIsRefused() {
        assertThatThrownBy(() -> opened(Arrays.copyOf(whole, whole.length + 1)))
                .isInstanceOf(CorruptionException.class)
                .hasMessageContaining("appended");
    }

    @Test
    void newerFormatIsCalledThat() {
        var newer = whole.clone();
        newer[8] = 2;
        int payload = ByteBuffer.wrap(newer).order(ByteOrder.LITTLE_ENDIAN).getInt(12);
        var bytes = ByteBuffer.wrap(newer).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(16 + payload, Checksum.of(bytes, 16 + payload));
        assertThatExceptionOfType(UnsupportedFormatException.class)
                .isThrownBy(() -> opened(newer))
                .withMessageContaining("format version 2");
    }

    @Test
    void snapshotIsNoBackup() throws IOException {
        try (var names = disk.list(STORE).stream()) {
            var snapshot = STORE.resolve(names.findFirst().orElseThrow());
            assertThat(BackupFile.isBackup(disk, snapshot)).isFalse();
            assertThatThrownBy(() -> BackupFile.open(disk, snapshot)).hasMessageContaining("this is not a backup");
        }
    }
}
