package io.raftboot.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.testing.FreePorts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.logging.LoggingSystem;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What structured logging shows of two members in one process. */
class StructuredLogTests {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static List<JsonNode> lines(Path file) throws Exception {
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith("{") && line.endsWith("}"))
                .map(line -> JsonMapper.shared().readTree(line))
                .toList();
    }

    private static List<JsonNode> ofMembers(Path file) throws Exception {
        return lines(file).stream()
                .filter(
                        line -> line.at("/log/logger")
                                .asString("")
                                .matches(
                                        "io\\.raftboot\\.((replica|raft|storage|transport)\\..*|autoconfigure\\.RaftNodeLifecycle)"))
                .toList();
    }

    /** An application that another test has left running in this process has set up the log already, and Boot does that once. */
    @BeforeEach
    void haveTheLogSetUpAnew() {
        LoggingSystem.get(getClass().getClassLoader()).cleanUp();
    }

    @Test
    void eachLineOfAMemberSaysNodeGroupAndTerm(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("log.json");
        List<Integer> ports = FreePorts.some(6);
        var demo = new DemoMembers(ports.subList(0, 3), ports.subList(3, 6), directory.resolve("data"))
                .start(
                        "--logging.file.name=" + file,
                        "--logging.structured.format.file=ecs",
                        "--raft.membership.accept-joins=true");
        try {
            await().atMost(LIMIT).untilAsserted(() -> assertThat(ofMembers(file))
                    .filteredOn(line -> line.at("/raft/term").asLong(0) > 0)
                    .extracting(line -> line.at("/raft/node").asString(""))
                    .contains("1", "2", "3"));
        } finally {
            demo.close();
        }
        assertThat(ofMembers(file)).isNotEmpty().allSatisfy(line -> {
            assertThat(line.at("/raft/node").asString("")).as("%s", line).matches("[123]");
            assertThat(line.at("/raft/group").asString("")).as("%s", line).isEqualTo("default");
        });
        assertThat(ofMembers(file))
                .extracting(line -> line.at("/log/logger").asString(""))
                .as("a line of the starter, which warns of who is let in")
                .contains("io.raftboot.autoconfigure.RaftNodeLifecycle");
        // A line that names its own node is that node's.
        assertThat(ofMembers(file))
                .filteredOn(line -> line.get("message").asString().startsWith("node "))
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line.get("message").asString())
                        .startsWith("node " + line.at("/raft/node").asString("") + " "));
    }
}
