package io.raftboot.autoconfigure.properties;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A process whose locale knows ASCII only, as in a container without any: other letters have no file names there. */
class DirectoryNamesProcessTests {
    @Test
    void lettersThatTheLocaleDoesNotKnowAreRefusedWithWhatToDo() throws Exception {
        var said = inAsciiLocale("data/U00FCber");
        assertThat(said)
                .contains("raft.data-dir")
                .contains("data/\\u00fcber")
                .contains("encoding is ANSI_X3.4-1968")
                .contains("LC_ALL=C.UTF-8");
    }

    @Test
    void asciiIsTaken() throws Exception {
        assertThat(inAsciiLocale("data/over")).contains("taken");
    }

    private static String inAsciiLocale(String name) throws IOException, InterruptedException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var builder = new ProcessBuilder(
                List.of(java, "-cp", System.getProperty("java.class.path"), DirectoryNames.class.getName(), name));
        builder.redirectErrorStream(true).environment().put("LC_ALL", "C");
        var process = builder.start();
        var said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }
}
