package io.raftboot.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftboot.simulation.SimulatedDisk.Fate;
import io.raftboot.storage.disk.Disk;
import io.raftboot.storage.disk.DiskFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DiskFaultsTests {
    private static final Path DIRECTORY = Path.of("/data");
    private static final Path FILE = DIRECTORY.resolve("file");
    private static final long MILLI = 1_000_000;
    private static final int SECTORS = 64;
    private static final String OLD = "0".repeat(SECTORS * DiskChange.SECTOR_BYTES);
    private static final String NEW = "1".repeat(SECTORS * DiskChange.SECTOR_BYTES);

    private final Simulation simulation = new Simulation(1);
    private final RandomGenerator random = new SplittableRandom(1);
    private final SimulatedDisk machine = new SimulatedDisk(new SplittableRandom(1));
    private final DiskFaults faults = machine.faults();
    private final List<String> done = new ArrayList<>();
    private final SimulatedHost host = simulation.host("host", Pace.EXACT);
    private final Disk disk = machine.mount(host);

    /** What a process does. */
    private interface Work {
        void run() throws IOException;
    }

    @BeforeEach
    void directory() throws IOException {
        disk.createDirectories(DIRECTORY);
    }

    @AfterEach
    void endWhatWaits() {
        simulation.close();
    }

    private void run(int millis) {
        simulation.events().runFor(Duration.ofMillis(millis));
    }

    private void note(String what) {
        done.add(simulation.events().nowNanos() / MILLI + " " + what);
    }

    private void start(String name, Work work) {
        host.after(0, name, () -> {
            try {
                work.run();
                note(name + " is done");
            } catch (IOException e) {
                note(name + ": " + e.getMessage());
            }
        });
    }

    private static void write(DiskFile file, String text) throws IOException {
        file.write(ByteBuffer.wrap(text.getBytes(UTF_8)), 0);
    }

    private String text() {
        return text(machine);
    }

    private static String text(SimulatedDisk read) {
        try {
            var file = read.mount().open(FILE);
            var bytes = ByteBuffer.allocate((int) file.size());
            file.read(bytes, 0);
            return new String(bytes.array(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private DiskFile forced(String text) throws IOException {
        var file = disk.create(FILE);
        write(file, text);
        file.force();
        disk.forceDirectory(DIRECTORY);
        return file;
    }

    /** A process writes over what was forced, and may force it. */
    private void overwrite(boolean forces) throws IOException {
        var file = forced(OLD);
        start("write", () -> {
            write(file, NEW);
            if (forces) {
                file.force();
            }
        });
    }

    @Test
    void slowDiskHoldsUpWhoeverUsesItAndNobodyElse() throws IOException {
        var file = forced("old");
        faults.slow(3 * MILLI, 3 * MILLI);
        start("writer", () -> {
            write(file, "new");
            file.force();
        });
        host.after(MILLI, "other", () -> note("other"));
        run(10);

        assertThat(done).containsExactly("1 other", "6 writer is done");
        assertThat(faults.fired()).containsEntry("slow", 2L);
    }

    @Test
    void timeIsTakenOutsideOfMonitorsAsOthersWouldWaitForThemForReal() throws IOException {
        var file = forced("old");
        faults.slow(3 * MILLI, 3 * MILLI);
        start("holder", () -> {
            synchronized (file) {
                file.force();
                note("holder is at once out of its monitor");
            }
        });
        host.after(MILLI, "other", () -> {
            synchronized (file) {
                note("other");
            }
        });
        run(10);

        assertThat(done).containsExactly("0 holder is at once out of its monitor", "0 holder is done", "1 other");
    }

    @Test
    void diskThatHangsIsBackAfterItsTimeOrWhenItIsToldTo() throws IOException {
        var file = forced("old");
        faults.hang(5 * MILLI);
        start("first", file::force);
        run(6);
        start("second", file::force);
        host.after(MILLI, "go on", faults::goOn);
        host.after(2 * MILLI, "third", () -> start("third", file::force));
        run(10);

        assertThat(done).containsExactly("5 first is done", "7 second is done", "8 third is done");
    }

    @Test
    void processDiesWhileItsDiskHangs() throws IOException {
        var file = forced("old");
        faults.hang(Long.MAX_VALUE);
        start("write", () -> write(file, "new"));
        host.after(MILLI, "kill", () -> {
            host.crash();
            machine.crash(Fate.KEPT, random);
        });
        run(10);
        faults.heal();

        assertThat(done).isEmpty();
        assertThat(text()).isEqualTo("old");
    }

    @Test
    void nobodyOutsideOfTheEventsUsesADiskThatTakesTime() {
        faults.slow(1, 1);

        assertThatThrownBy(() -> disk.create(FILE)).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @EnumSource(
            value = DiskOperation.class,
            names = {"READ", "OPEN", "CREATE", "RENAME", "DELETE", "FORCE_DIRECTORY", "TRUNCATE"})
    void operationThatFailsIsNotDone(DiskOperation kind) throws IOException {
        var file = forced("old");
        var other = DIRECTORY.resolve("other");
        Work work =
                switch (kind) {
                    case READ -> () -> file.read(ByteBuffer.allocate(1), 0);
                    case OPEN -> () -> disk.open(FILE);
                    case CREATE -> () -> disk.create(other);
                    case RENAME -> () -> disk.rename(FILE, other);
                    case DELETE -> () -> disk.delete(FILE);
                    case FORCE_DIRECTORY -> () -> disk.forceDirectory(DIRECTORY);
                    case TRUNCATE -> () -> file.truncate(0);
                    default -> throw new IllegalStateException();
                };
        faults.failNext(kind);

        assertThatThrownBy(work::run)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("failed: Input/output error")
                .satisfies(failure -> assertThat(faults.explains(new IllegalStateException(failure)))
                        .isTrue());
        assertThat(disk.list(DIRECTORY)).containsExactly("file");
        assertThat(text()).isEqualTo("old");
        work.run();
        if (kind == DiskOperation.DELETE) {
            var unused = forced("another");
        }
        faults.failAlways(kind);
        assertThatThrownBy(work::run).isInstanceOf(IOException.class);
        assertThatThrownBy(work::run).isInstanceOf(IOException.class);
        assertThat(faults.explains(new IOException("of something else"))).isFalse();
    }

    @Test
    void writeThatFailsHasDoneAPart() throws IOException {
        var lengths = new HashSet<Integer>();
        var file = forced(OLD);
        for (int i = 0; i < 10; i++) {
            write(file, OLD);
            faults.failNext(DiskOperation.WRITE);
            assertThatThrownBy(() -> write(file, NEW)).isInstanceOf(IOException.class);
            assertThat(text()).matches("1*0*");
            lengths.add(text().indexOf('0'));
        }
        assertThat(lengths).hasSizeGreaterThan(5);
    }

    @Test
    void whatAFailedForceWasForIsSeenAndInPartNeverDurable() throws IOException {
        var file = forced(OLD);
        write(file, NEW);
        faults.failNext(DiskOperation.FORCE);
        assertThatThrownBy(file::force).isInstanceOf(IOException.class);
        file.force();
        assertThat(text()).isEqualTo(NEW);
        machine.crash(Fate.KEPT, random);
        assertThat(text()).isEqualTo(NEW);
        machine.mount().open(FILE).force();
        machine.crash(Fate.LOST, random);

        assertThat(text()).contains("0").contains("1");
    }

    @Test
    void whatIsWrittenAgainAfterAFailedForceIsDurableWithTheNext() throws IOException {
        var file = forced(OLD);
        write(file, NEW);
        faults.failNext(DiskOperation.FORCE);
        assertThatThrownBy(file::force).isInstanceOf(IOException.class);
        write(file, NEW);
        file.force();
        machine.crash(Fate.LOST, random);

        assertThat(text()).isEqualTo(NEW);
    }

    @Test
    void diskThatLiesHasForcedNothing() throws IOException {
        var file = forced(OLD);
        faults.lie();
        write(file, NEW);
        file.force();
        machine.crash(Fate.LOST, random);

        assertThat(text()).isEqualTo(OLD);
    }

    @Test
    void fullDiskTakesWhatThereIsRoomForAndMoreOnceSomeIsFree() throws IOException {
        var file = forced("0123456789");
        var other = disk.create(DIRECTORY.resolve("other"));
        other.writeZeros(0, 100);
        faults.full(5);
        assertThat(disk.space(DIRECTORY)).isEqualTo(new Disk.Space(5, DiskFaults.TOTAL_BYTES));

        write(file, "in place.."); // Needs no room.
        assertThatThrownBy(() -> write(file, "too long for the room"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("No space left");
        assertThat(text()).isEqualTo("too long for th");
        assertThat(disk.space(DIRECTORY).usableBytes()).isZero();
        assertThatThrownBy(() -> file.writeZeros(10, 10)).hasMessageContaining("No space left");

        disk.delete(DIRECTORY.resolve("other"));
        assertThat(disk.space(DIRECTORY).usableBytes()).as("while it is open").isZero();
        other.close();
        assertThat(disk.space(DIRECTORY).usableBytes()).isEqualTo(100);
        write(file, "too long for the room");
        faults.heal();
        assertThat(disk.space(DIRECTORY)).isEqualTo(Disk.Space.UNLIMITED);
        assertThat(faults.fired()).containsEntry("full", 2L);
    }

    @Test
    void roomIsThatOfWhatIsThereAfterACrash() throws IOException {
        var file = forced("0123456789");
        faults.full(100);
        file.writeZeros(10, 50);
        disk.delete(FILE);
        machine.crash(Fate.LOST, random);

        assertThat(machine.mount().space(DIRECTORY).usableBytes()).isEqualTo(100);
    }

    @ParameterizedTest
    @EnumSource(DeathPoint.class)
    void processDiesAtAWriteWithWhatIsDoneOfIt(DeathPoint point) throws IOException {
        overwrite(false);
        faults.dieAt(1, point, Fate.KEPT);
        run(1);

        assertThat(done).isEmpty();
        assertThat(host.isCrashed()).isTrue();
        switch (point) {
            case BEFORE -> assertThat(text()).isEqualTo(OLD);
            case MIDST -> assertThat(text()).matches("1+0+");
            case AFTER -> assertThat(text()).isEqualTo(NEW);
        }
        assertThat(faults.fired()).containsOnlyKeys("death " + point);
    }

    @ParameterizedTest
    @EnumSource(DeathPoint.class)
    void processDiesAtAForceWithWhatIsDurableByThen(DeathPoint point) throws IOException {
        overwrite(true);
        faults.dieAt(2, point, Fate.LOST);
        run(1);

        assertThat(done).isEmpty();
        switch (point) {
            case BEFORE -> assertThat(text()).isEqualTo(OLD);
            case MIDST -> assertThat(text()).containsPattern("[01]");
            case AFTER -> assertThat(text()).isEqualTo(NEW);
        }
    }

    @Test
    void forceInWhoseMidstThePowerFailsHasMadeAPartDurable() throws IOException {
        var durable = new HashSet<Character>();
        for (int i = 0; i < 20; i++) {
            var another = new SimulatedDisk(new SplittableRandom(i));
            another.mount().createDirectories(DIRECTORY);
            var file = another.mount().create(FILE);
            write(file, OLD);
            file.force();
            another.mount().forceDirectory(DIRECTORY);
            write(file, NEW);
            another.faults().dieAt(1, DeathPoint.MIDST, Fate.LOST);
            assertThatThrownBy(file::force).isInstanceOf(ProcessDeath.class);
            text(another).chars().forEach(found -> durable.add((char) found));
        }
        assertThat(durable).containsExactlyInAnyOrder('0', '1');
    }

    @Test
    void nothingThatIsLeftOfADeadProcessReachesTheDisk() throws IOException {
        var file = forced(OLD);
        start("write", () -> {
            try {
                write(file, NEW);
            } finally {
                note("is left");
                write(file, NEW);
            }
        });
        faults.dieAt(1, DeathPoint.BEFORE, Fate.KEPT);
        run(1);

        assertThat(done).containsExactly("0 is left");
        assertThat(text()).isEqualTo(OLD);
        assertThatThrownBy(() -> write(file, NEW)).as("from outside").isInstanceOf(IOException.class);
    }

    @Test
    void processStandsStillInTheMidstOfAStepAndAllOfItWithIt() throws IOException {
        overwrite(true);
        faults.standStillAt(2, 5 * MILLI);
        host.after(MILLI, "other", () -> note("other"));
        run(10);

        assertThat(done).containsExactly("5 write is done", "5 other");
        assertThat(text()).isEqualTo(NEW);
    }

    @Test
    void oneBitOfOneForcedFileRots() throws IOException {
        var unused = forced(OLD);
        var unusedToo = disk.create(DIRECTORY.resolve("other"));
        var rotten = machine.rot(path -> true, 10, random);

        assertThat(rotten).startsWith("byte ").endsWith("of /data/file");
        assertThat(text()).hasSameSizeAs(OLD).isNotEqualTo(OLD).startsWith("0".repeat(10));
        machine.crash(Fate.LOST, random);
        assertThat(text()).isNotEqualTo(OLD);
        write(machine.mount().open(FILE), NEW);
        assertThat(machine.rot(path -> true, 10, random))
                .as("what is not forced")
                .isNull();
    }

    @Test
    void quickDiskCountsItsOperationsAndDrawsNothing() throws IOException {
        var unused = forced(OLD);
        long before = faults.operations();
        start("work", () -> {
            var file = disk.open(FILE);
            write(file, NEW);
            file.force();
            disk.rename(FILE, DIRECTORY.resolve("other"));
            disk.forceDirectory(DIRECTORY);
            disk.delete(DIRECTORY.resolve("other"));
            disk.delete(DIRECTORY.resolve("nothing"));
        });
        run(1);

        assertThat(faults.operations()).isEqualTo(before + 5);
        assertThat(faults.fired()).isEmpty();
        assertThat(done).containsExactly("0 work is done");
    }
}
