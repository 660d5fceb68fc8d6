package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The course of a seed in another process: there sets of the JDK are salted otherwise, and objects have other identity hashes. */
@ExtendWith(SilentMembers.class)
class WiredMembersProcessTests {
    private static final String ALL_HASHES_ALIKE = "-XX:hashCode=2";

    @Test
    @Timeout(300)
    void anotherProcessTakesTheSameCourse() throws Exception {
        assertThat(linesOf(ALL_HASHES_ALIKE)).contains("1 " + WiredCourse.run(1), "2 " + WiredCourse.run(2));
    }

    private static List<String> linesOf(String option) throws IOException {
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UnlockExperimentalVMOptions",
                        option,
                        "-cp",
                        System.getProperty("java.class.path"),
                        WiredCampaign.class.getName(),
                        "1",
                        "2")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var out = process.getInputStream()) {
            return new String(out.readAllBytes(), UTF_8).lines().toList();
        } finally {
            process.destroyForcibly();
        }
    }
}
