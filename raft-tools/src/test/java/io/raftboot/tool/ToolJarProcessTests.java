package io.raftboot.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar by itself, as it was built. */
class ToolJarProcessTests {
    private static final Path JAR = Path.of("target", "raft-tools.jar");

    @TempDir
    Path temp;

    @Test
    void jarVerifiesAndFindsDamage() throws Exception {
        var dir = temp.resolve("node");
        Directories.ofOne(dir, 10);
        assertThat(run(0, "log", "verify", dir.toString())).startsWith("whole: entries 2 to ");
        assertThat(run(0, "log", "dump", dir.toString(), "--from", "3", "--to", "4"))
                .hasLineCount(2);
        assertThat(run(0, "snapshot", "verify", dir.toString())).startsWith("whole: ");
        var segment = Directories.first(dir.resolve("wal"), ".wal");
        long batch = Directories.batch(segment, 5);
        Directories.flip(segment, batch + 40);
        assertThat(run(1, "log", "verify", dir.toString())).startsWith("DAMAGED " + segment + " at offset " + batch);
        assertThat(run(2, "log")).contains("Usage");
    }

    /** Both outputs; nothing but the command's own words is in them. */
    private String run(int exitCode, String... arguments) throws Exception {
        var command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", JAR.toString()));
        command.addAll(List.of(arguments));
        var output = temp.resolve("output");
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        var text = Files.readString(output, StandardCharsets.UTF_8);
        assertThat(process.exitValue()).as(text).isEqualTo(exitCode);
        return text;
    }
}
