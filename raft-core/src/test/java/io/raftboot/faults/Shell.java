package io.raftboot.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The commands of the machine that these tests need. */
public final class Shell {
    private static final Logger log = LoggerFactory.getLogger(Shell.class);
    private static final long TIMEOUT_SECONDS = 60;

    private Shell() {}

    /** Skips the test, and says why, where it can't make its faults. */
    static void assumeFaultsCanBeMade(String... commands) {
        String missing = missing(commands);
        if (!missing.isEmpty()) {
            log.warn("SKIPPED, real faults can't be made here: {}", missing);
            Assumptions.abort("real faults can't be made here: " + missing);
        }
    }

    private static String missing(String... commands) {
        if (!Files.isDirectory(Path.of("/proc/self"))) {
            return "this is not Linux";
        }
        try {
            if (!Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
                return "this needs root, to mount file systems";
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!Files.exists(Path.of("/dev/loop-control"))) {
            return "there are no loop devices (/dev/loop-control)";
        }
        for (String command : commands) {
            if (!onPath(command)) {
                return "there is no " + command + "; apt-get install fiu-utils e2fsprogs mount procps";
            }
        }
        return missingRights();
    }

    /** Root in a container often has none. */
    private static String missingRights() {
        try {
            var directory = Files.createTempDirectory("faults");
            try {
                run("losetup", "--find");
                run("mount", "-t", "tmpfs", "tmpfs", directory);
                run("umount", directory);
                return "";
            } catch (IllegalStateException e) {
                log.debug("no file system can be mounted", e);
                return "no file system can be mounted: " + e.getMessage();
            } finally {
                Files.delete(directory);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether a command is there. */
    public static boolean onPath(String command) {
        String path = System.getenv().getOrDefault("PATH", "");
        return Arrays.stream(path.split(":", -1))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, command)));
    }

    /**
     * Runs a command to its end.
     *
     * @return what it printed
     * @throws IllegalStateException if it fails
     */
    public static String run(Object... command) {
        var words = List.of(command).stream().map(Object::toString).toList();
        try {
            var output = Files.createTempFile("command", ".out");
            try {
                var process = new ProcessBuilder(words)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
                if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new IllegalStateException(words + " did not end");
                }
                String text = Files.readString(output, StandardCharsets.UTF_8);
                if (process.exitValue() != 0) {
                    throw new IllegalStateException(words + " failed with " + process.exitValue() + ": " + text);
                }
                return text;
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(words + " was interrupted", e);
        }
    }
}
