package io.raftboot.storage.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
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
}
