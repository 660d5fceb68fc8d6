package io.raftboot.benchmarks;

import io.raftboot.benchmarks.load.ControlLoop;
import io.raftboot.benchmarks.measure.Measurement;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** A child that runs a {@link ControlLoop}, from its parent's side. One thread at a time. */
final class ControlledProcess {
    /** What a log that is read again, or a long measurement, takes at most; a child that hangs may not keep all others waiting. */
    private static final long ANSWER_TIMEOUT_MINUTES = 15;

    private static final Executor WATCHDOG =
            CompletableFuture.delayedExecutor(ANSWER_TIMEOUT_MINUTES, TimeUnit.MINUTES);

    private final String name;
    private final Process process;
    private final Path errors;
    private final BufferedReader in;
    private final Writer out;

    private ControlledProcess(String name, Process process, Path errors) {
        this.name = name;
        this.process = process;
        this.errors = errors;
        this.in = process.inputReader(StandardCharsets.UTF_8);
        this.out = process.outputWriter(StandardCharsets.UTF_8);
    }

    /**
     * What starts this very jar again, with another command.
     */
    static List<String> thisJar(String command) {
        return List.of("-cp", System.getProperty("java.class.path"), Benchmarks.class.getName(), command);
    }

    /**
     * Starts a JVM. Comes back before the child is ready: the next command waits for it.
     *
     * @param javaOptions for the child's JVM
     * @param arguments what it is to run, and what that is told
     */
    static ControlledProcess start(ProcessGroup group, String name, List<String> javaOptions, List<String> arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(javaOptions);
        command.addAll(arguments);
        var errors = group.directory().resolve(name + ".log");
        return new ControlledProcess(name, group.start(command, errors, null), errors);
    }

    /** Waits for the child's sign that it runs. */
    void awaitStarted() throws IOException {
        answer();
    }

    /** Whether there is a leader and load may be put here. */
    boolean leads() throws IOException {
        return Boolean.parseBoolean(ask(ControlLoop.LEADER).get(0));
    }

    /** Begins a load, of writes or of reads, as the command says. */
    void startLoad(String command, int inFlight) throws IOException {
        ask(command + " " + inFlight);
    }

    void stopLoad() throws IOException {
        ask(ControlLoop.STOP);
    }

    Measurement measure(Duration duration) throws IOException {
        return Measurement.parse(ask(ControlLoop.MEASURE + " " + duration.toMillis()));
    }

    Measurement profile(Duration duration, Path file) throws IOException {
        return Measurement.parse(ask(ControlLoop.PROFILE + " " + duration.toMillis() + " " + file));
    }

    /** On the heap, by all threads that live. */
    long allocatedBytes() throws IOException {
        return Long.parseLong(ask(ControlLoop.ALLOCATED).get(0));
    }

    /** From now on a write is begun every few milliseconds, whatever becomes of those before. */
    void probe() throws IOException {
        ask(ControlLoop.PROBE);
    }

    /** When the first of the probe's writes that were begun since then was acknowledged, in the same clock. */
    OptionalLong acknowledgedSince(long nanos) throws IOException {
        var answer = ask(ControlLoop.ACKNOWLEDGED + " " + nanos);
        return answer.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(answer.get(0)));
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    private List<String> ask(String command) throws IOException {
        out.write(command + "\n");
        out.flush();
        return answer();
    }

    private List<String> answer() throws IOException {
        CompletableFuture<Void> timeout = CompletableFuture.runAsync(process::destroyForcibly, WATCHDOG);
        try {
            return readAnswer();
        } finally {
            timeout.cancel(false);
        }
    }

    private List<String> readAnswer() throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.equals(ControlLoop.END)) {
                return lines;
            }
            if (line.startsWith(ControlLoop.ERROR)) {
                throw failure(line);
            }
            lines.add(line);
        }
        throw failure("it ended");
    }

    private IOException failure(String what) throws IOException {
        return new IOException(name + ": " + what + "\n" + Files.readString(errors));
    }
}
