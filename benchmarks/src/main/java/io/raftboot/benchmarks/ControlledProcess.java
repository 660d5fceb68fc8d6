package io.raftboot.benchmarks;

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

/** A child that runs a {@link ControlLoop}, from its parent's side. One thread at a time. */
final class ControlledProcess {
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
     * Starts this very jar again, with another command. Comes back before the child is ready: the next command waits for it.
     *
     * @param javaOptions for the child's JVM
     */
    static ControlledProcess start(ProcessGroup group, String name, List<String> javaOptions, List<String> arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(javaOptions);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(Benchmarks.class.getName());
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

    void startLoad(int inFlight) throws IOException {
        ask(ControlLoop.START + " " + inFlight);
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

    ProcessHandle handle() {
        return process.toHandle();
    }

    private List<String> ask(String command) throws IOException {
        out.write(command + "\n");
        out.flush();
        return answer();
    }

    private List<String> answer() throws IOException {
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
