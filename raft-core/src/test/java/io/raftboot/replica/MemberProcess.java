package io.raftboot.replica;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A {@link LargeStateMember}; what it logs goes to a file, what it answers to its output. */
final class MemberProcess {
    private final Process process;
    private final Path log;
    private final BufferedReader answers;
    private final BufferedWriter questions;

    private MemberProcess(List<String> command, Path log) throws IOException {
        this.log = log;
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        questions = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        expect("started");
    }

    /**
     * Starts a member, and waits until it runs.
     *
     * @param snapshots {@code snapshots}, or {@code log} for none, so that all of the log stays
     */
    static MemberProcess start(
            Path dir, long id, List<String> peers, int heapMib, long stateBytes, long cacheBytes, String snapshots)
            throws IOException {
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
                String.valueOf(cacheBytes),
                snapshots);
        return new MemberProcess(command, dir.resolve("node" + id + ".log"));
    }

    /** Entries of peers on ports that nobody listens on. */
    static List<String> freePeers(int count) throws IOException {
        var sockets = new ArrayList<ServerSocket>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return IntStream.range(0, count)
                    .mapToObj(i -> (i + 1) + "@127.0.0.1:" + sockets.get(i).getLocalPort())
                    .toList();
        } finally {
            for (var socket : sockets) {
                socket.close();
            }
        }
    }

    Status status() {
        return Status.of(ask("status"));
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

    /** What it says about itself. */
    record Status(
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
}
