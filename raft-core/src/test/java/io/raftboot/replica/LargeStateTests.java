package io.raftboot.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
    private final List<String> peers = freePeers();

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

    private static void report(long stateBytes, long takingNanos, long movingNanos, Status sender, Status receiver) {
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
        var command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heapMib + "m",
                "-cp",
                System.getProperty("java.class.path"),
                LargeStateMember.class.getName(),
                String.valueOf(id),
                String.join(",", peers),
                dir.resolve("node" + id).toString(),
                String.valueOf(stateBytes),
                String.valueOf(cacheBytes));
        var log = dir.resolve("node" + id + ".log");
        processes.put(id, new MemberProcess(command, log));
    }

    private MemberProcess process(long id) {
        return Objects.requireNonNull(processes.get(id));
    }

    private Status status(long id) {
        return Status.of(process(id).ask("status"));
    }

    private static List<String> freePeers() throws IOException {
        var sockets = new ArrayList<ServerSocket>();
        try {
            for (int i = 0; i < 3; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return IntStream.range(0, 3)
                    .mapToObj(i -> (i + 1) + "@127.0.0.1:" + sockets.get(i).getLocalPort())
                    .toList();
        } finally {
            for (var socket : sockets) {
                socket.close();
            }
        }
    }

    private record Status(
            boolean leads, long commands, long firstIndex, long restoredBytes, long peakHeapBytes, long maxHeapBytes) {
        static Status of(String line) {
            var words = line.split(" ", -1);
            return new Status(
                    Boolean.parseBoolean(words[0]),
                    Long.parseLong(words[1]),
                    Long.parseLong(words[2]),
                    Long.parseLong(words[3]),
                    Long.parseLong(words[4]),
                    Long.parseLong(words[5]));
        }
    }

    /** A {@link LargeStateMember}; what it logs goes to a file, what it answers to its output. */
    private static final class MemberProcess {
        private final Process process;
        private final Path log;
        private final BufferedReader answers;
        private final BufferedWriter questions;

        MemberProcess(List<String> command, Path log) throws IOException {
            this.log = log;
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            questions = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
            expect("started");
        }

        String ask(String question) {
            try {
                questions.write(question);
                questions.newLine();
                questions.flush();
                return answer();
            } catch (IOException e) {
                throw new UncheckedIOException(tail(), e);
            }
        }

        void kill() {
            process.destroyForcibly();
            process.onExit().join();
        }

        private void expect(String answer) throws IOException {
            assertThat(answer()).isEqualTo(answer);
        }

        /** Lines that are log rather than answer are passed over. */
        private String answer() throws IOException {
            for (String line = answers.readLine(); line != null; line = answers.readLine()) {
                if (!line.matches("\\d\\d:\\d\\d:.*|\\s.*|[a-z.]+\\.[A-Z].*")) {
                    return line;
                }
            }
            throw new IOException("the member ended: " + tail());
        }

        private String tail() {
            try (var lines = Files.lines(log)) {
                return lines.collect(Collectors.joining("\n"));
            } catch (IOException e) {
                return e.toString();
            }
        }
    }
}
