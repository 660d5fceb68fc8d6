package io.raftboot.replica.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.raftboot.storage.disk.Disk;
import org.junit.jupiter.api.Test;

class DiskMarksTests {
    private static final long MIB = 1024 * 1024;

    @Test
    void defaultsFollowFromTheSizeOfASmallDisk() {
        var marks = DiskMarks.defaults().on(new Disk.Space(50 * MIB, 80 * MIB));
        assertThat(marks).isEqualTo(new DiskMarks.Resolved(8 * MIB, 12 * MIB, 2 * MIB));
    }

    @Test
    void defaultsAreBoundedOnALargeDisk() {
        var marks = DiskMarks.defaults().on(new Disk.Space(50 * MIB, 1_000_000 * MIB));
        assertThat(marks).isEqualTo(new DiskMarks.Resolved(256 * MIB, 384 * MIB, 64 * MIB));
    }

    @Test
    void othersFollowFromTheLowMark() {
        var marks = new DiskMarks(100 * MIB, null, null).on(Disk.Space.UNLIMITED);
        assertThat(marks).isEqualTo(new DiskMarks.Resolved(100 * MIB, 150 * MIB, 25 * MIB));
    }

    @Test
    void marksInTheWrongOrderAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new DiskMarks(100L, 99L, null));
        assertThatIllegalArgumentException().isThrownBy(() -> new DiskMarks(100L, null, 100L));
        assertThatIllegalArgumentException().isThrownBy(() -> new DiskMarks(0L, null, null));
    }
}
