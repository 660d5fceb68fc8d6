package io.raftboot.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.raftboot.demo.playground.Playground;
import io.raftboot.testing.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class DemoMembersTests {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String READINESS = "/actuator/health/readiness";

    @Test
    void dataIsInTheModuleWhereverTheDemoIsStarted(@TempDir Path root) throws Exception {
        Path module = Files.createDirectory(root.resolve("demo-app"));
        assertThat(DemoMembers.dataDirectory(root)).isEqualTo(module.resolve("data"));
        assertThat(DemoMembers.dataDirectory(module)).isEqualTo(module.resolve("data"));
        assertThat(DemoMembers.dataDirectory(root.resolve("elsewhere")))
                .isEqualTo(root.resolve("elsewhere/demo-app/data"));
    }

    @Test
    void threeMembersShareWhatOneIsTold(@TempDir Path data, CapturedOutput output) throws Exception {
        List<Integer> ports = FreePorts.some(6);
        List<DemoCaller> http =
                ports.subList(0, 3).stream().map(DemoCaller::new).toList();
        try (Playground demo =
                new DemoMembers(ports.subList(0, 3), ports.subList(3, 6), data).start("--raft.command-timeout=2s")) {
            assertThat(demo.isServing()).isTrue();
            String log = output.getOut();
            assertThat(log)
                    .containsOnlyOnce("The demo is at http://localhost:" + ports.get(0) + "/")
                    .containsOnlyOnce("Three members run in this process");
            assertThat(log.lastIndexOf("The demo is at"))
                    .as("after all that is said of elections in\n%s", log)
                    .isGreaterThan(log.lastIndexOf("leader of term"));
            for (DemoCaller member : http) {
                await().atMost(LIMIT).until(() -> member.get(READINESS).statusCode() == 200);
            }
            assertThat(http.get(0).put("/kv/a", "1").statusCode()).isEqualTo(200);
            assertThat(http.get(1).get("/kv/a").body()).isEqualTo("1");
            assertThat(http.get(2).get("/kv/a").body()).isEqualTo("1");

            http.get(1).act(1, "stop");
            await().atMost(LIMIT)
                    .ignoreExceptions()
                    .until(() -> http.get(1).put("/kv/a", "2").statusCode() == 200);
            assertThat(http.get(2).get("/kv/a").body()).isEqualTo("2");

            http.get(2).act(2, "stop");
            DemoCaller last = http.get(2);
            await().atMost(LIMIT).until(() -> last.get(READINESS).statusCode() == 503);
            assertThat(last.get("/actuator/health/liveness").statusCode()).isEqualTo(200);
            var refused = last.put("/kv/a", "3");
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).contains("\"outcome\":\"refused\"");
            assertThat(last.get("/kv/a").statusCode()).isEqualTo(503);
            assertThat(last.get("/kv/a?consistency=local").body()).isEqualTo("2");
        }
    }

    @Test
    void failedStartLeavesNothingOpen(@TempDir Path data) throws Exception {
        List<Integer> ports = FreePorts.some(6);
        try (var taken = new ServerSocket(ports.get(2), 1, InetAddress.getLoopbackAddress())) {
            var demo = new DemoMembers(ports.subList(0, 3), ports.subList(3, 6), data);
            assertThatThrownBy(demo::start).hasStackTraceContaining(String.valueOf(taken.getLocalPort()));
            for (int port : ports.subList(0, 2)) {
                assertThatPortIsFree(port);
            }
        }
    }

    private static void assertThatPortIsFree(int port) throws IOException {
        try (var probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThat(probe.isBound()).isTrue();
        }
    }
}
