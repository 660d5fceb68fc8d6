package io.raftboot.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftboot.storage.disk.DiskFile;
import io.raftboot.storage.disk.ForwardingDisk;
import io.raftboot.storage.disk.MemoryDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a directory comes into being, however often that is interrupted. */
class DataDirectoryTests {
    private static final Path PATH = Path.of("/data");
    private static final Identity IDENTITY =
            new Identity("c", "g", 1, 2, 3, List.of(), false, 0, false, List.of(), null, Identity.FORMAT_VERSION);

    private final MemoryDisk disk = new MemoryDisk();

    /** Its process dies before it has written a new mark in the place of the old one. */
    private static final class DyingAtMark extends ForwardingDisk {
        DyingAtMark(MemoryDisk disk) {
            super(disk);
        }

        @Override
        public DiskFile create(Path file) throws IOException {
            throw new IOException("dies");
        }
    }

    @Test
    void creationThatIsBegunAnewAndInterruptedIsBegunAnewAgain() throws Exception {
        try (var first = DataDirectory.lock(disk, PATH)) {
            first.beginCreation(IDENTITY);
            disk.create(first.log().resolve("1.wal")).close();
        }
        try (var second = DataDirectory.lock(new DyingAtMark(disk), PATH)) {
            assertThat(second.identity()).isNull();
            assertThatThrownBy(() -> second.beginCreation(IDENTITY)).hasMessage("dies");
        }

        try (var third = DataDirectory.lock(disk, PATH)) {
            assertThat(third.identity())
                    .as("there is none yet, and none is missed")
                    .isNull();
        }
    }
}
