package io.raftboot.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftboot.simulation.SimulatedDisk.Fate;
import io.raftboot.storage.disk.Disk;
import io.raftboot.storage.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SimulatedDiskTests {
    private static final Path DIRECTORY = Path.of("/data");
    private static final Path FILE = DIRECTORY.resolve("file");
    private static final int SECTORS = 64;

    private final SimulatedDisk machine = new SimulatedDisk();
    private final RandomGenerator random = new SplittableRandom(1);

    @BeforeEach
    void directory() throws IOException {
        machine.mount().createDirectories(DIRECTORY);
    }

    private static void write(DiskFile file, String text) throws IOException {
        write(file, text, 0);
    }

    private static void write(DiskFile file, String text, long position) throws IOException {
        file.write(ByteBuffer.wrap(text.getBytes(UTF_8)), position);
    }

    private static String text(Disk disk, Path path) throws IOException {
        var file = disk.open(path);
        var bytes = ByteBuffer.allocate((int) file.size());
        file.read(bytes, 0);
        return new String(bytes.array(), UTF_8);
    }

    private DiskFile forced(Path path, String text) throws IOException {
        var file = machine.mount().create(path);
        write(file, text);
        file.force();
        machine.mount().forceDirectory(DIRECTORY);
        return file;
    }

    @ParameterizedTest
    @EnumSource(Fate.class)
    void whatWasForcedIsThereWhateverHappens(Fate fate) throws IOException {
        var unused = forced(FILE, "forced");
        machine.crash(fate, random);

        assertThat(text(machine.mount(), FILE)).isEqualTo("forced");
    }

    @Test
    void whatWasNotForcedIsLostWithThePowerAndNotWithTheProcess() throws IOException {
        write(forced(FILE, "forced"), "second");
        machine.crash(Fate.KEPT, random);
        assertThat(text(machine.mount(), FILE)).isEqualTo("second");

        machine.crash(Fate.LOST, random);
        assertThat(text(machine.mount(), FILE)).isEqualTo("forced");
    }

    @Test
    void forceMakesDurableWhatAProcessBeforeHasWritten() throws IOException {
        write(forced(FILE, "forced"), "second");
        machine.crash(Fate.KEPT, random);
        machine.mount().open(FILE).force();
        machine.crash(Fate.LOST, random);

        assertThat(text(machine.mount(), FILE)).isEqualTo("second");
    }

    @Test
    void namesThatAProcessHasNotForcedAreLostWithThePowerLater() throws IOException {
        var unused = forced(FILE, "forced");
        machine.mount().rename(FILE, DIRECTORY.resolve("renamed"));
        machine.crash(Fate.KEPT, random);
        assertThat(machine.mount().list(DIRECTORY)).containsExactly("renamed");

        machine.crash(Fate.LOST, random);
        assertThat(machine.mount().list(DIRECTORY)).containsExactly("file");
    }

    @Test
    void fileThatIsCutAndGrowsReadsAsZerosThere() throws IOException {
        var file = forced(FILE, "0123456789".repeat(1_000));
        file.truncate(5);
        write(file, "ab", 9_000);

        assertThat(text(machine.mount(), FILE)).isEqualTo("01234" + "\0".repeat(8_995) + "ab");
        machine.crash(Fate.LOST, random);
        assertThat(text(machine.mount(), FILE)).isEqualTo("0123456789".repeat(1_000));
    }

    @Test
    void deletedFileIsReadByWhoHasItOpen() throws IOException {
        var file = forced(FILE, "forced");
        machine.mount().delete(FILE);

        var bytes = ByteBuffer.allocate(10);
        assertThat(file.read(bytes, 0)).isEqualTo(6);
    }

    @Test
    void ofWhatIsTornSomeSectorsAreThere() throws IOException {
        var file = forced(FILE, "0".repeat(SECTORS * DiskChange.SECTOR_BYTES));
        write(file, "1".repeat(SECTORS * DiskChange.SECTOR_BYTES));
        machine.crash(Fate.TORN, random);

        var text = text(machine.mount(), FILE);
        assertThat(text).contains("0").contains("1");
        for (int at = 0; at < text.length(); at += DiskChange.SECTOR_BYTES) {
            assertThat(text.substring(at, at + DiskChange.SECTOR_BYTES).chars().distinct())
                    .hasSize(1);
        }
    }

    @Test
    void nameIsDurableWithItsDirectoryAndNotWithItsFile() throws IOException {
        var file = machine.mount().create(FILE);
        write(file, "forced");
        file.force();
        machine.crash(Fate.LOST, random);

        assertThat(machine.mount().exists(FILE)).isFalse();
        assertThat(machine.mount().list(DIRECTORY)).isEmpty();
    }

    @Test
    void renamedAndDeletedFilesAreBackWhereThatWasNotForced() throws IOException {
        var other = DIRECTORY.resolve("other");
        var unused = forced(FILE, "one");
        var unusedToo = forced(other, "two");
        machine.mount().rename(FILE, DIRECTORY.resolve("renamed"));
        machine.mount().delete(other);
        assertThat(machine.mount().list(DIRECTORY)).containsExactly("renamed");
        machine.crash(Fate.LOST, random);

        assertThat(machine.mount().list(DIRECTORY)).containsExactly("file", "other");
    }

    @Test
    void processThatIsDeadReachesNothingAndHoldsNothing() throws IOException {
        var before = machine.mount();
        var lock = before.lock(DIRECTORY.resolve("lock"), "the first");
        var file = forced(FILE, "forced");
        machine.crash(Fate.KEPT, random);

        assertThatThrownBy(() -> write(file, "of a dead process")).hasMessageContaining("dead");
        assertThatThrownBy(() -> before.delete(FILE)).hasMessageContaining("dead");
        assertThat(text(machine.mount(), FILE)).isEqualTo("forced");
        machine.mount().lock(DIRECTORY.resolve("lock"), "the second").close();
        lock.close();
    }
}
