package io.raftboot.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RealDiskTests {
    private final RealDisk disk = new RealDisk();

    @TempDir
    Path dir;

    @Test
    void failureNamesOperationAndFile() throws IOException {
        var full = Path.of("/dev/full");
        assumeTrue(Files.isWritable(full), "this system has no /dev/full");
        try (var file = disk.open(full)) {
            assertThatThrownBy(() -> file.write(ByteBuffer.allocate(512), 1024))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("write at offset 1024 of /dev/full failed: ");
        }
    }

    @Test
    void tellsHowMuchRoomThereIs() throws IOException {
        var space = disk.space(dir);
        assertThat(space.usableBytes()).isBetween(0L, space.totalBytes());
        assertThat(space.totalBytes()).isPositive();
        assertThatThrownBy(() -> disk.space(dir.resolve("missing"))).isInstanceOf(IOException.class);
    }

    @Test
    void whatIsWrittenToAMappedFileIsInTheFileAtOnce() throws IOException {
        var path = dir.resolve("small");
        Files.write(path, new byte[100]);
        try (var mapped = disk.openMapped(path);
                var plain = disk.open(path)) {
            var source = ByteBuffer.wrap(new byte[] {1, 2, 3, 4}).position(1);
            mapped.write(source, 97);
            assertThat(source.hasRemaining()).isFalse();
            var read = ByteBuffer.allocate(10);
            assertThat(plain.read(read, 96)).isEqualTo(4);
            assertThat(read.array()).startsWith(0, 2, 3, 4);
            assertThat(mapped.read(read.clear(), 97)).isEqualTo(3);
            assertThat(read.array()).startsWith(2, 3, 4);
            mapped.writeZeros(98, 2);
            assertThat(mapped.read(read.clear().limit(2), 97)).isEqualTo(2);
            assertThat(read.array()).startsWith(2, 0);
            assertThat(mapped.read(read.clear(), 200)).isZero();
            mapped.force();
        }
        assertThat(Files.readAllBytes(path)).hasSize(100).endsWith(2, 0, 0);
    }

    @Test
    void mappedFileDoesNotGrow() throws IOException {
        var path = dir.resolve("small");
        Files.write(path, new byte[100]);
        try (var mapped = disk.openMapped(path)) {
            assertThatThrownBy(() -> mapped.write(ByteBuffer.allocate(4), 97))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("offset 97");
            assertThatThrownBy(() -> mapped.truncate(10)).isInstanceOf(UnsupportedOperationException.class);
            assertThat(mapped.size()).isEqualTo(100);
        }
        assertThatThrownBy(() -> disk.openMapped(dir.resolve("missing"))).isInstanceOf(IOException.class);
    }

    /** The slots of the log's end are mapped. */
    @Test
    void slotsThatWereCutAreMadeWholeAgain() throws Exception {
        var member = dir.resolve("member");
        var request = new IdentityRequest("cluster", "default", 1, List.of(), false);
        var slots = member.resolve("wal").resolve(ForcedSlots.NAME);
        MemberStorage.open(disk, member, request, StorageOptions.defaults()).close();
        // A start writes both.
        MemberStorage.open(disk, member, request, StorageOptions.defaults()).close();
        byte[] whole = Files.readAllBytes(slots);
        try (var file = disk.open(slots)) {
            file.truncate(ForcedSlots.SLOT_DISTANCE);
        }
        MemberStorage.open(disk, member, request, StorageOptions.defaults()).close();
        assertThat(Files.size(slots)).isEqualTo(whole.length);
    }
}
