package io.raftboot.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@link WritingMember} as a process; ends with the test at the latest. What it logs goes to a file. */
final class MemberProcess {
    static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(5);

    private final Settings settings;
    private final Path log;
    private final Path control;
    private final Path dump;
    private final Path outcomes;
    private final Process process;
    private final BufferedReader answers;
    private final BufferedWriter questions;

    /**
     * How a member is run.
     *
     * @param name of its files, and of its outcomes, which a later process of the same name adds to
     * @param peers as they are configured; "alone" for none
     * @param marks of the disk, three numbers; "none" for none
     * @param faults whether libfiu is loaded into it, which does nothing before it is told to
     */
    record Settings(
            String name, long id, String peers, Path dir, String marks, long entriesBetweenSnapshots, Faults faults) {
        static Settings alone(String name, Path dir) {
            return new Settings(name, 1, "alone", dir, "none", 1_000_000, Faults.NONE);
        }

        Settings with(Faults newFaults) {
            return new Settings(name, id, peers, dir, marks, entriesBetweenSnapshots, newFaults);
        }

        Settings withMarks(String newMarks) {
            return new Settings(name, id, peers, dir, newMarks, entriesBetweenSnapshots, faults);
        }

        Settings withEntriesBetweenSnapshots(long entries) {
            return new Settings(name, id, peers, dir, marks, entries, faults);
        }
    }

    /** Whether libfiu is loaded into the process. */
    enum Faults {
        NONE,
        ON_COMMAND
    }

    MemberProcess(FaultDirectory directory, Settings settings) {
        this.settings = settings;
        log = directory.resolve(settings.name() + ".log");
        control = directory.resolve(settings.name() + ".control");
        dump = directory.resolve(settings.name() + ".numbers");
        outcomes = directory.resolve(settings.name() + ".outcomes");
        var command = new ArrayList<String>();
        if (settings.faults() == Faults.ON_COMMAND) {
            command.addAll(List.of("fiu-run", "-x", "-f", control.toString()));
        }
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                // Else the virtual machine stalls where the disk of its temporary files does.
                "-XX:+PerfDisableSharedMem",
                "-cp",
                System.getProperty("java.class.path"),
                WritingMember.class.getName(),
                String.valueOf(settings.id()),
                settings.peers(),
                settings.dir().toString(),
                outcomes.toString(),
                settings.marks(),
                String.valueOf(settings.entriesBetweenSnapshots())));
        try {
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        questions = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
    }

    void awaitStarted() {
        assertThat(answer()).isEqualTo("started");
    }

    String ask(String question) {
        try {
            questions.write(question);
            questions.newLine();
            questions.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(tail(), e);
        }
        return answer();
    }

    private String answer() {
        try {
            var line = answers.readLine();
            if (line == null) {
                throw new IllegalStateException("the member has ended: " + tail());
            }
            return line;
        } catch (IOException e) {
            throw new UncheckedIOException(tail(), e);
        }
    }

    /** What its callers were told so far, those of earlier processes of its name included. */
    OutcomeFile.Outcomes outcomes() {
        return OutcomeFile.read(outcomes);
    }

    void awaitApplied(int more) {
        int before = outcomes().applied().cardinality();
        await().atMost(PATIENCE)
                .pollInterval(POLL)
                .until(() -> !process.isAlive() || outcomes().applied().cardinality() >= before + more);
        if (!process.isAlive()) {
            throw new IllegalStateException("the member has ended: " + tail());
        }
    }

    /** The numbers it has applied. */
    BitSet numbers() {
        assertThat(ask("dump " + dump)).isEqualTo("dumped");
        try {
            return BitSet.valueOf(Files.readAllBytes(dump));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Has libfiu fail operations from now on. Its tool waits for an answer, which does not come where the member has ended
     * before.
     */
    void inject(String rule) {
        try {
            var tool = new ProcessBuilder("fiu-ctrl", "-f", control.toString(), "-c", rule, "" + process.pid())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            await().atMost(PATIENCE).pollInterval(POLL).until(() -> !tool.isAlive() || !process.isAlive());
            tool.descendants().forEach(ProcessHandle::destroyForcibly);
            tool.destroyForcibly();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops all its threads where they are, but for what they are doing in the kernel. */
    void pause() {
        Shell.run("kill", "-STOP", process.pid());
        var state = Path.of("/proc", String.valueOf(process.pid()), "stat");
        await().pollInterval(Duration.ofMillis(1)).pollDelay(Duration.ZERO).until(() -> Files.readString(state)
                .replaceAll("(?s).*\\) ", "")
                .startsWith("T"));
    }

    void resume() {
        Shell.run("kill", "-CONT", process.pid());
    }

    boolean hasEnded() {
        return !process.isAlive();
    }

    int awaitEnd() {
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("the member has not ended: " + tail());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return process.exitValue();
    }

    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    Settings settings() {
        return settings;
    }

    private String tail() {
        try {
            return settings.name() + ": " + Files.readString(log, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
