package io.raftboot.storage.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.raftboot.storage.Members;
import io.raftboot.storage.log.FaultDisk;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class SpaceReserveTests {
    private static final long RESERVE = 64 * 1024;

    private final FaultDisk disk = new FaultDisk(new MemoryDisk());

    @Test
    void logThatFindsNoRoomTakesTheReserveAndEndsWhenThatIsUsedUp() throws Exception {
        long last = 1;
        try (var storage = Members.open(disk)) {
            storage.reserve().keep(RESERVE);
            assertThat(disk.usedBytes()).isGreaterThan(RESERVE);
            disk.limit(disk.usedBytes() + 16 * 1024);
            Throwable thrown = null;
            boolean reserveTaken = false;
            while (thrown == null) {
                long next = last + 1;
                thrown = catchThrowable(() -> Members.append(storage, Members.entries(1, next, 1, 400)));
                last = thrown == null ? next : last;
                boolean takenNow = storage.reserve().sizeBytes() == 0;
                assertThat(thrown == null || takenNow).isTrue();
                reserveTaken |= takenNow && thrown == null;
            }
            assertThat(reserveTaken)
                    .as("the log went on in the place of the reserve")
                    .isTrue();
            assertThat(thrown).isInstanceOf(OutOfSpaceException.class).hasMessageContaining(".wal");
            assertThat(disk.exists(Members.DIRECTORY.resolve(SpaceReserve.NAME)))
                    .isFalse();
        }
        disk.heal();
        try (var storage = Members.open(disk)) {
            assertThat(storage.reader().lastIndex()).isEqualTo(last);
        }
    }

    @Test
    void reserveIsThereAgainAfterARestart() throws Exception {
        try (var storage = Members.open(disk)) {
            storage.reserve().keep(RESERVE);
            storage.reserve().keep(RESERVE / 2);
        }
        try (var storage = Members.open(disk)) {
            assertThat(storage.reserve().sizeBytes()).isEqualTo(RESERVE);
            assertThat(storage.reserve().release()).isTrue();
            assertThat(storage.reserve().release()).isFalse();
        }
    }

    @Test
    void reserveThatFindsNoRoomLeavesNothingBehind() throws Exception {
        try (var storage = Members.open(disk)) {
            long before = disk.usedBytes();
            disk.limit(before + RESERVE - 1);
            assertThatThrownBy(() -> storage.reserve().keep(RESERVE)).isInstanceOf(IOException.class);
            assertThat(storage.reserve().sizeBytes()).isZero();
            assertThat(disk.usedBytes()).isEqualTo(before);
        }
    }
}
