package io.raftboot.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.faults.MemberProcess.Faults;
import io.raftboot.faults.MemberProcess.Settings;
import io.raftboot.raft.testing.Seeds;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forces and writes that fail under a member at work: libfiu stands between the virtual machine and the C library, and is told what
 * to fail while commands are written. After the first failure the member has stopped, and nothing that was not forced
 * had been acknowledged, which an image of its disk shows, as after a loss of power.
 */
@Tag("faults")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FailedOperationTests {
    private static final Logger log = LoggerFactory.getLogger(FailedOperationTests.class);
    private static final String SEED = "raft.faults.seed";

    private static final int REPETITIONS = 3;
    private static final int DISK_MIB = 48;
    private static final int MAX_WRITES_BEFORE = 500;
    private static final int WRITES_OF_THE_OTHERS = 200;

    private static final String DISK = "disk";
    private static final String COPY = "copy";

    private final long seed = Long.getLong(SEED, System.nanoTime());
    private final RandomGenerator random = Seeds.generator(seed);

    private int stops;
    private int certainlyOne;
    private long checked;

    /** What is made to fail. {@code once} is the worst: whoever tries again succeeds, and has lost what failed. */
    enum Fault {
        FORCE_ONCE("enable name=posix/io/sync/fdatasync,failinfo=5,onetime", "Input/output error"),
        FORCE_ALWAYS("enable name=posix/io/sync/fdatasync,failinfo=5", "Input/output error"),
        FORCE_SOMETIMES("enable_random name=posix/io/sync/fdatasync,failinfo=5,probability=0.05", "Input/output error"),
        DIRECTORY_FORCE_ONCE("enable name=posix/io/sync/fsync,failinfo=5,onetime", "Input/output error"),
        WRITE_ONCE("enable name=posix/io/rw/pwrite,failinfo=5,onetime", "Input/output error"),
        WRITE_SOMETIMES("enable_random name=posix/io/rw/pwrite,failinfo=5,probability=0.05", "Input/output error"),
        NO_SPACE_ONCE("enable name=posix/io/rw/pwrite,failinfo=28,onetime", "No space left on device"),
        NO_SPACE_ALWAYS("enable name=posix/io/rw/pwrite,failinfo=28", "No space left on device");

        private final String rule;
        private final String message;

        Fault(String rule, String message) {
            this.rule = rule;
            this.message = message;
        }

        boolean firesOnce() {
            return rule.endsWith("onetime");
        }
    }

    @BeforeEach
    void assumeFaultsCanBeMade() {
        Shell.assumeFaultsCanBeMade("fiu-run", "fiu-ctrl", "mkfs.ext4", "losetup", "mount", "umount", "cp");
    }

    @AfterAll
    void report() {
        if (stops > 0) {
            log.info(
                    "failed operations: {} members stopped, each at its first failure, {} of them at the one injection there was;"
                            + " {} acknowledgements checked, 0 missing; seed {}",
                    stops,
                    certainlyOne,
                    checked,
                    seed);
        }
    }

    static Stream<Arguments> faults() {
        return Stream.of(Fault.values()).flatMap(fault -> Stream.iterate(1, i -> i + 1)
                .limit(REPETITIONS)
                .map(repetition -> Arguments.of(fault, repetition)));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void memberStopsAtTheFirstFailureAndLosesNothing(Fault fault, int repetition) {
        try (var directory = new FaultDirectory("failed-" + fault + "-" + repetition)) {
            var data = directory.newExt4(DISK, DISK_MIB).resolve("data");
            var settings = Settings.alone("member", data);
            var member = directory.start(settings.with(Faults.ON_COMMAND));
            member.ask("write 0 " + random.nextLong());
            awaitReserve(data);
            member.awaitApplied(1 + random.nextInt(MAX_WRITES_BEFORE));
            member.inject(fault.rule);
            assertStopped(member, fault);
            directory.copyImage(DISK, COPY);

            var told = member.outcomes();
            var copy = directory.mount(COPY);
            assertThat(Recovered.from(copy.resolve("data"))
                            .missing(told.applied())
                            .cardinality())
                    .as("acknowledged and not forced, -D%s=%d", SEED, seed)
                    .isZero();
            Recovered.from(data).assertAsTold(told);
            checked += 2L * told.applied().cardinality();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FORCE_ONCE", "FORCE_ALWAYS", "WRITE_ONCE", "NO_SPACE_ALWAYS"})
    void othersGoOnWithoutTheirLeader(Fault fault) throws IOException {
        othersGoOn(fault, true);
    }

    @ParameterizedTest
    @EnumSource(names = {"FORCE_ONCE", "FORCE_ALWAYS", "WRITE_ONCE", "NO_SPACE_ALWAYS"})
    void othersGoOnWithoutAFollower(Fault fault) throws IOException {
        othersGoOn(fault, false);
    }

    private void othersGoOn(Fault fault, boolean ofTheLeader) throws IOException {
        try (var directory = new FaultDirectory("others-" + fault + (ofTheLeader ? "-leader" : "-follower"))) {
            var peers = freePeers();
            var members = LongStream.rangeClosed(1, 3)
                    .mapToObj(id -> new Settings(
                            "member-" + id,
                            id,
                            peers,
                            directory.resolve("data-" + id),
                            "none",
                            Integer.MAX_VALUE,
                            Faults.ON_COMMAND))
                    .map(directory::start)
                    .collect(Collectors.toCollection(ArrayList::new));
            await().atMost(MemberProcess.PATIENCE).until(() -> leaders(members) == 1);
            var faulty = members.stream()
                    .filter(member -> leads(member) == ofTheLeader)
                    .findFirst()
                    .orElseThrow();
            var writing = members.stream()
                    .filter(member -> member != faulty)
                    .findFirst()
                    .orElseThrow();
            writing.ask("write 0 " + random.nextLong());
            awaitReserve(faulty.settings().dir());
            writing.awaitApplied(1 + random.nextInt(MAX_WRITES_BEFORE));
            faulty.inject(fault.rule);
            assertStopped(faulty, fault);
            writing.awaitApplied(WRITES_OF_THE_OTHERS);

            members.remove(faulty);
            members.add(directory.start(faulty.settings().with(Faults.NONE)));
            writing.awaitApplied(WRITES_OF_THE_OTHERS);
            writing.ask("stop-writing");
            var told = writing.outcomes();
            for (var member : members) {
                await().atMost(MemberProcess.PATIENCE)
                        .until(() -> member.ask("read").equals("answered"));
                new Recovered(member.numbers(), 0).assertAsTold(told);
                checked += told.applied().cardinality();
            }
        }
    }

    private void assertStopped(MemberProcess member, Fault fault) {
        assertThat(member.awaitEnd()).isEqualTo(WritingMember.STOPPED_BY_ITSELF);
        assertThat(Objects.requireNonNull(member.outcomes().failure())).contains(fault.message);
        stops++;
        certainlyOne += fault.firesOnce() ? 1 : 0;
    }

    /** The reserve for a full disk is not of the log: that it can't be filled stops no member. */
    private static void awaitReserve(Path data) {
        await().atMost(MemberProcess.PATIENCE)
                .ignoreExceptions()
                .until(() -> Files.size(data.resolve("reserve")) == WritingMember.SEGMENT_SIZE_BYTES);
    }

    private static long leaders(List<MemberProcess> members) {
        return members.stream().filter(FailedOperationTests::leads).count();
    }

    private static boolean leads(MemberProcess member) {
        return Boolean.parseBoolean(member.ask("leads"));
    }

    private static String freePeers() throws IOException {
        var sockets = new ArrayList<ServerSocket>();
        try {
            for (int i = 0; i < 3; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return LongStream.rangeClosed(1, 3)
                    .mapToObj(
                            id -> id + "@127.0.0.1:" + sockets.get((int) id - 1).getLocalPort())
                    .collect(Collectors.joining(","));
        } finally {
            for (var socket : sockets) {
                socket.close();
            }
        }
    }
}
