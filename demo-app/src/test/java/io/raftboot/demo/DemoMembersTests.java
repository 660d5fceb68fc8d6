package io.raftboot.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.testing.FreePorts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

class DemoMembersTests {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void dataIsInTheModuleWhereverTheDemoIsStarted(@TempDir Path root) throws Exception {
        Path module = Files.createDirectory(root.resolve("demo-app"));
        assertThat(DemoMembers.dataDirectory(root)).isEqualTo(module.resolve("data"));
        assertThat(DemoMembers.dataDirectory(module)).isEqualTo(module.resolve("data"));
        assertThat(DemoMembers.dataDirectory(root.resolve("elsewhere")))
                .isEqualTo(root.resolve("elsewhere/demo-app/data"));
    }

    @Test
    void threeMembersShareWhatOneIsTold(@TempDir Path data) throws Exception {
        List<Integer> ports = FreePorts.some(6);
        List<Integer> http = ports.subList(0, 3);
        List<ConfigurableApplicationContext> members =
                new DemoMembers(http, ports.subList(3, 6), data).start("--raft.command-timeout=2s");
        try {
            for (int port : http) {
                await().atMost(LIMIT).until(() -> status(port, readiness()) == 200);
            }
            assertThat(put(http.get(0), "/kv/a", "1").statusCode()).isEqualTo(200);
            assertThat(get(http.get(1), "/kv/a").body()).isEqualTo("1");
            assertThat(get(http.get(2), "/kv/a").body()).isEqualTo("1");

            members.get(0).close();
            await().atMost(LIMIT).until(() -> put(http.get(1), "/kv/a", "2").statusCode() == 200);
            assertThat(get(http.get(2), "/kv/a").body()).isEqualTo("2");

            members.get(1).close();
            int last = http.get(2);
            await().atMost(LIMIT).until(() -> status(last, readiness()) == 503);
            assertThat(status(last, "/actuator/health/liveness")).isEqualTo(200);
            HttpResponse<String> refused = put(last, "/kv/a", "3");
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).contains("\"outcome\":\"refused\"");
            assertThat(get(last, "/kv/a").statusCode()).isEqualTo(503);
            assertThat(get(last, "/kv/a?consistency=local").body()).isEqualTo("2");
        } finally {
            members.forEach(ConfigurableApplicationContext::close);
        }
    }

    private static String readiness() {
        return "/actuator/health/readiness";
    }

    private int status(int port, String path) throws IOException, InterruptedException {
        return get(port, path).statusCode();
    }

    private HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(uri(port, path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> put(int port, String path, String value) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(uri(port, path))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .PUT(HttpRequest.BodyPublishers.ofString(value))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static URI uri(int port, String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }
}
