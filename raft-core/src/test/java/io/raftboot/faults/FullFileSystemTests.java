package io.raftboot.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.faults.MemberProcess.Settings;
import io.raftboot.raft.testing.Seeds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A small file system that a file fills up while a member writes, and that has room again. */
@Tag("faults")
class FullFileSystemTests {
    private static final Logger log = LoggerFactory.getLogger(FullFileSystemTests.class);
    private static final String SEED = "raft.faults.seed";

    private static final int DISK_MIB = 48;
    private static final long MIB = 1024 * 1024;
    private static final long LOW = 8 * MIB;
    private static final long HIGH = 12 * MIB;
    private static final long STOP = 2 * MIB;
    private static final String MARKS = LOW + "," + HIGH + "," + STOP;

    /** Not so much as to be the last byte after a segment, which is a mark too. */
    private static final long A_SEGMENT_AND_A_HALF = 3 * WritingMember.SEGMENT_SIZE_BYTES / 2;

    private static final int WRITES = 100;
    private static final int REFUSALS = 50;
    private static final int ENTRIES_BETWEEN_SNAPSHOTS = 1500;
    private static final int NO_SNAPSHOTS = 1_000_000;

    /** Beyond those that are written meanwhile. */
    private static final int FIRST_OF_SINGLE_ONES = 10_000_000;

    private final long seed = Long.getLong(SEED, System.nanoTime());
    private final RandomGenerator random = Seeds.generator(seed);
    private int single = FIRST_OF_SINGLE_ONES;

    enum FileSystem {
        EXT4 {
            @Override
            Path mount(FaultDirectory directory) {
                return directory.newExt4("disk", DISK_MIB);
            }
        },
        TMPFS {
            @Override
            Path mount(FaultDirectory directory) {
                return directory.newTmpfs("disk", DISK_MIB);
            }
        };

        abstract Path mount(FaultDirectory directory);
    }

    @BeforeEach
    void assumeFaultsCanBeMade() {
        Shell.assumeFaultsCanBeMade("mkfs.ext4", "losetup", "mount", "umount");
    }

    @ParameterizedTest
    @EnumSource
    void commandsAreRefusedAndReadsAnsweredUntilThereIsRoom(FileSystem fileSystem) {
        try (var directory = new FaultDirectory("full-" + fileSystem)) {
            var disk = fileSystem.mount(directory);
            var settings = settings(disk).withMarks(MARKS);
            var member = directory.start(settings);
            member.ask("write 0 " + random.nextLong());
            member.awaitApplied(WRITES);

            // Taken slowly enough that the member, which looks from time to time, is not full before it has looked.
            leave(disk, LOW - MIB);
            await().atMost(MemberProcess.PATIENCE)
                    .until(() -> member.ask("submit " + single++).equals("NO_SPACE"));
            for (int i = 0; i < REFUSALS; i++) {
                assertThat(member.ask("read")).isEqualTo("answered");
                assertThat(member.ask("submit " + single++)).isEqualTo("NO_SPACE");
            }

            removeBallast(disk);
            await().atMost(MemberProcess.PATIENCE)
                    .until(() -> member.ask("submit " + single++).equals("applied"));
            member.awaitApplied(WRITES);
            member.ask("stop-writing");
            member.kill();
            var told = member.outcomes();
            Recovered.from(settings.dir()).assertAsTold(told);
            log.info(
                    "{} with little room: {} commands applied, {} refused, none of these applied; seed {}",
                    fileSystem,
                    told.applied().cardinality(),
                    told.refused().cardinality(),
                    seed);
        }
    }

    @ParameterizedTest
    @EnumSource
    void memberStopsBelowTheStopMarkAndStartsWhenThereIsRoom(FileSystem fileSystem) {
        stopsAndStarts(fileSystem, settings -> settings.withMarks(MARKS), 0, "DiskExhaustedException");
    }

    /** Where no mark has stopped the member before, and no snapshot makes room: a write says that there is no room. */
    @ParameterizedTest
    @EnumSource
    void memberStopsWhereTheFileSystemIsFullAndStartsWhenThereIsRoom(FileSystem fileSystem) {
        stopsAndStarts(
                fileSystem,
                settings -> settings.withMarks("none").withEntriesBetweenSnapshots(NO_SNAPSHOTS),
                A_SEGMENT_AND_A_HALF,
                "No space left on device");
    }

    private void stopsAndStarts(FileSystem fileSystem, UnaryOperator<Settings> change, long left, String failure) {
        try (var directory = new FaultDirectory("stopped-" + fileSystem + (left == 0 ? "-marks" : ""))) {
            var disk = fileSystem.mount(directory);
            var settings = change.apply(settings(disk));
            var member = directory.start(settings);
            member.ask("write 0 " + random.nextLong());
            member.awaitApplied(WRITES);
            // It makes room itself, with its reserve and a snapshot, which may be enough to stay.
            await().atMost(MemberProcess.PATIENCE).until(() -> {
                leave(disk, left);
                return member.hasEnded();
            });
            assertThat(member.awaitEnd()).isEqualTo(WritingMember.STOPPED_BY_ITSELF);
            var told = member.outcomes();
            assertThat(told.failure()).contains(failure);

            removeBallast(disk);
            var again = directory.start(settings);
            again.ask("write " + (told.next() + WRITES) + " " + random.nextLong());
            again.awaitApplied(WRITES);
            again.ask("stop-writing");
            again.kill();
            var toldAfterwards = again.outcomes();
            Recovered.from(settings.dir()).assertAsTold(toldAfterwards);
            log.info(
                    "{} full, stopped with {}: {} commands applied before, {} after; seed {}",
                    fileSystem,
                    failure,
                    told.applied().cardinality(),
                    toldAfterwards.applied().cardinality() - told.applied().cardinality(),
                    seed);
        }
    }

    private static Settings settings(Path disk) {
        return Settings.alone("member", disk.resolve("data")).withEntriesBetweenSnapshots(ENTRIES_BETWEEN_SNAPSHOTS);
    }

    /** Fills the disk until no more than so many bytes are free. */
    private static void leave(Path disk, long bytes) {
        try (var ballast =
                FileChannel.open(disk.resolve("ballast"), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            var block = ByteBuffer.allocate((int) MIB / 16);
            for (long free = free(disk); free > bytes; free = free(disk)) {
                block.clear().limit((int) Math.min(block.capacity(), free - bytes));
                ballast.write(block);
                ballast.force(false);
            }
        } catch (IOException e) {
            if (free(disk) > bytes) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static long free(Path disk) {
        return disk.toFile().getUsableSpace();
    }

    private static void removeBallast(Path disk) {
        try {
            Files.delete(disk.resolve("ballast"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
