package io.raftboot.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A state far larger than the heap moves to a member that is far behind. Members are processes of their own. */
class LargeStateTests {
    private static final long MIB = 1024 * 1024;
    private static final int COMMANDS = 2_000;

    @TempDir
    Path dir;

    private final Map<Long, MemberProcess> processes = new TreeMap<>();
    private final List<String> peers = MemberProcess.freePeers(3);

    LargeStateTests() throws IOException {}

    @AfterEach
    void kill() {
        processes.values().forEach(MemberProcess::kill);
    }

    /** A fortieth of the large one: the heap can't be as small, but is far smaller than the state. */
    @Test
    void stateOfAHundredMebibytesMovesWithAHeapOfThirtyTwo() throws IOException {
        move(100 * MIB, 32, 2 * MIB, Duration.ofMinutes(2));
    }

    @Test
    @Tag("large")
    void stateOfFourGibibytesMovesWithAHeapOfTwoHundredFiftySix() throws IOException {
        move(4096 * MIB, 256, 64 * MIB, Duration.ofMinutes(20));
    }

    private void move(long stateBytes, int heapMib, long cacheBytes, Duration patience) throws IOException {
        for (long id = 1; id <= 3; id++) {
            start(id, stateBytes, heapMib, cacheBytes);
        }
        await().atMost(TestCluster.PATIENCE).until(() -> processes.keySet().stream()
                .anyMatch(id -> status(id).leads()));
        long leader = processes.keySet().stream()
                .filter(id -> status(id).leads())
                .findFirst()
                .orElseThrow();
        long behind = leader % 3 + 1;
        process(behind).kill();
        assertThat(process(leader).ask("fill " + COMMANDS)).isEqualTo("" + COMMANDS);

        long start = System.nanoTime();
        assertThat(process(leader).ask("snapshot")).startsWith("Taken");
        long taken = System.nanoTime();
        await().atMost(TestCluster.PATIENCE).until(() -> status(leader).firstIndex() > COMMANDS);

        start(behind, stateBytes, heapMib, cacheBytes);
        // Commands go on meanwhile.
        assertThat(process(leader).ask("fill " + COMMANDS)).isEqualTo("" + COMMANDS);
        await().atMost(patience).until(() -> status(behind).commands() == 2 * COMMANDS);
        long moved = System.nanoTime();

        assertThat(status(behind).restoredBytes()).isEqualTo(stateBytes);
        report(stateBytes, taken - start, moved - taken, status(leader), status(behind));
    }

    private static void report(
            long stateBytes,
            long takingNanos,
            long movingNanos,
            MemberProcess.Status sender,
            MemberProcess.Status receiver) {
        LoggerFactory.getLogger(LargeStateTests.class)
                .info(
                        "state of {} MiB: taken in {} ms, moved and restored in {} ms; heap at its peak: sender {} of {} MiB,"
                                + " receiver {} of {} MiB",
                        stateBytes / MIB,
                        TimeUnit.NANOSECONDS.toMillis(takingNanos),
                        TimeUnit.NANOSECONDS.toMillis(movingNanos),
                        sender.peakHeapBytes() / MIB,
                        sender.maxHeapBytes() / MIB,
                        receiver.peakHeapBytes() / MIB,
                        receiver.maxHeapBytes() / MIB);
    }

    private void start(long id, long stateBytes, int heapMib, long cacheBytes) throws IOException {
        processes.put(id, MemberProcess.start(dir, id, peers, heapMib, stateBytes, cacheBytes, "snapshots"));
    }

    private MemberProcess process(long id) {
        return Objects.requireNonNull(processes.get(id));
    }

    private MemberProcess.Status status(long id) {
        return MemberProcess.Status.of(process(id).ask("status"));
    }
}
