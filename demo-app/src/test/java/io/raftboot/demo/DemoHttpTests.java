package io.raftboot.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The answers of the demo, from a cluster of one in memory. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DemoHttpTests {
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final JsonMapper JSON = JsonMapper.shared();

    private final HttpClient client = HttpClient.newHttpClient();
    private ConfigurableApplicationContext application;
    private int port;

    @BeforeAll
    void start() {
        application = SpringApplication.run(
                DemoApplication.class,
                "--raft.node-id=1",
                "--raft.peers=1@127.0.0.1:"
                        + io.raftboot.testing.FreePorts.some(1).get(0),
                "--raft.storage=memory",
                "--raft.admin.enabled=true",
                "--server.port=0",
                "--demo.max-value-size=1KB");
        port = Objects.requireNonNull(((WebServerApplicationContext) application).getWebServer())
                .getPort();
    }

    @AfterAll
    void stop() {
        application.close();
    }

    @Test
    void valueIsTheBodyWhateverItsContentType() throws Exception {
        JsonNode first = json(send("PUT", "/kv/form", "a=1&b=ü", FORM));
        assertThat(first.get("key").asString()).isEqualTo("form");
        assertThat(first.get("value").asString()).isEqualTo("a=1&b=ü");
        assertThat(first.get("previous").isNull()).isTrue();
        assertThat(first.get("index").asLong()).isPositive();
        JsonNode second = json(send("PUT", "/kv/form", "{}", "application/json"));
        assertThat(second.get("previous").asString()).isEqualTo("a=1&b=ü");
        assertThat(second.get("index").asLong())
                .isGreaterThan(first.get("index").asLong());
        assertThat(json(send("PUT", "/kv/form", "", "image/png"))
                        .get("previous")
                        .asString())
                .isEqualTo("{}");
        HttpResponse<String> empty = get("/kv/form");
        assertThat(empty.statusCode()).isEqualTo(200);
        assertThat(empty.body()).isEmpty();
    }

    @Test
    void figuresAreScraped() throws Exception {
        assertThat(send("PUT", "/kv/figures", "1", FORM).statusCode()).isEqualTo(200);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(get("/actuator/prometheus").body())
                        .containsPattern(
                                "raft_commands_seconds_count\\{group=\"default\",machine=\"kv\",outcome=\"applied\"} [1-9]")
                        .containsPattern("raft_up\\{group=\"default\"} 1.0")
                        .containsPattern("raft_failure_tolerance\\{group=\"default\"} 0.0")
                        .containsPattern("raft_member_lag\\{group=\"default\",peer=\"1\"} 0.0")
                        .containsPattern("raft_disk_usable_bytes\\{group=\"default\"}"));
    }

    @Test
    void membersAreLookedAfterByRest() throws Exception {
        JsonNode members = json(get("/raft/admin/members"));
        assertThat(members.at("/members/0/id").asLong()).isEqualTo(1);
        assertThat(members.at("/members/0/role").asString()).isEqualTo("leader");
        HttpResponse<String> last = send("DELETE", "/raft/admin/members/1", "", FORM);
        assertThat(last.statusCode()).isEqualTo(409);
        assertThat(json(last).get("reason").asString()).isEqualTo("MAJORITY");
        HttpResponse<String> added =
                send("POST", "/raft/admin/members", "{\"id\":2,\"address\":\"127.0.0.1:7402\"}", "application/json");
        assertThat(added.statusCode()).isEqualTo(202);
        String change = added.headers().firstValue("Location").orElseThrow();
        assertThat(json(get(change)).get("state").asString()).isEqualTo("running");
        assertThat(json(send("DELETE", change, "", FORM)).get("state").asString())
                .isEqualTo("cancelled");
        assertThat(json(send("POST", "/raft/admin/snapshot", "{}", "application/json"))
                        .get("index")
                        .asLong())
                .isPositive();
    }

    @Test
    void bytesComeBackAsTheyWere() throws Exception {
        byte[] bytes = new byte[256];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        client.send(
                HttpRequest.newBuilder(uri("/kv/bytes"))
                        .PUT(HttpRequest.BodyPublishers.ofByteArray(bytes))
                        .build(),
                HttpResponse.BodyHandlers.discarding());
        HttpResponse<byte[]> response =
                client.send(HttpRequest.newBuilder(uri("/kv/bytes")).build(), HttpResponse.BodyHandlers.ofByteArray());
        assertThat(response.body()).isEqualTo(bytes);
        assertThat(response.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/plain");
    }

    @ParameterizedTest
    @CsvSource({"linearizable", "lease", "local"})
    void readTakesItsConsistency(String consistency) throws Exception {
        send("PUT", "/kv/read", "1", FORM);
        assertThat(get("/kv/read?consistency=" + consistency).body()).isEqualTo("1");
    }

    @Test
    void requestWithAnIdempotencyKeyIsDoneOnce() throws Exception {
        HttpResponse<String> first = keyed("PUT", "/kv/once", "1", "order-1");
        send("PUT", "/kv/once", "2", FORM);
        HttpResponse<String> again = keyed("PUT", "/kv/once", "1", "order-1");
        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(get("/kv/once").body()).isEqualTo("2");
    }

    @Test
    void idempotencyKeyOfAnotherRequestIsRefused() throws Exception {
        keyed("PUT", "/kv/reused", "1", "order-2");
        HttpResponse<String> other = keyed("PUT", "/kv/reused", "2", "order-2");
        assertThat(other.statusCode()).isEqualTo(409);
        assertRefused(other);
        assertThat(get("/kv/reused").body()).isEqualTo("1");
        HttpResponse<String> unusable = keyed("PUT", "/kv/reused", "2", "a b");
        assertThat(unusable.statusCode()).isEqualTo(400);
        assertRefused(unusable);
    }

    @Test
    void deletedKeyIsGone() throws Exception {
        send("PUT", "/kv/gone", "1", FORM);
        JsonNode deleted = json(send("DELETE", "/kv/gone", "", FORM));
        assertThat(deleted.get("previous").asString()).isEqualTo("1");
        assertThat(get("/kv/gone").statusCode()).isEqualTo(404);
        assertThat(json(send("DELETE", "/kv/gone", "", FORM)).get("previous").isNull())
                .isTrue();
    }

    @Test
    void compareAndSetChangesWhatIsExpectedOnly() throws Exception {
        assertThat(compareAndSet("{\"expected\":null,\"update\":\"1\"}"))
                .isEqualTo("{\"swapped\":true,\"current\":\"1\"}");
        assertThat(compareAndSet("{\"expected\":\"2\",\"update\":\"3\"}"))
                .isEqualTo("{\"swapped\":false,\"current\":\"1\"}");
        assertThat(compareAndSet("{\"expected\":\"1\",\"update\":null}"))
                .isEqualTo("{\"swapped\":true,\"current\":null}");
    }

    @Test
    void ledgerMovesMoneyAndRefusesWhatItHasNot() throws Exception {
        assertThat(send("POST", "/accounts", "{\"id\":\"x\",\"balance\":10}", FORM)
                        .statusCode())
                .isEqualTo(200);
        assertThat(send("POST", "/accounts", "{\"id\":\"y\",\"balance\":0}", FORM)
                        .statusCode())
                .isEqualTo(200);
        assertThat(send("POST", "/transfers", "{\"from\":\"x\",\"to\":\"y\",\"amount\":4}", FORM)
                        .statusCode())
                .isEqualTo(200);
        HttpResponse<String> tooMuch = send("POST", "/transfers", "{\"from\":\"x\",\"to\":\"y\",\"amount\":40}", FORM);
        assertThat(tooMuch.statusCode()).isEqualTo(422);
        assertThat(json(tooMuch).get("outcome").asString()).isEqualTo("applied");
        assertThat(get("/accounts/x").body()).isEqualTo("{\"id\":\"x\",\"balance\":6}");
        assertThat(get("/accounts").body()).contains("{\"id\":\"y\",\"balance\":4}");
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "PUT, /kv/, x, 400",
                "PUT, /kv/%20, x, 400",
                "GET, /kv/absent, , 404",
                "GET, /kv/a?consistency=sometimes, , 400",
                "POST, /kv/a/compare-and-set, no json, 400",
                "POST, /kv/a/compare-and-set, `{\"expected\":1,\"update\":null}`, 400",
                "POST, /accounts, `{\"id\":\"\",\"balance\":1}`, 400",
                "POST, /accounts, `{\"id\":\"a\"}`, 400",
                "POST, /accounts, `{\"id\":\"a\",\"balance\":-1}`, 400",
                "POST, /transfers, `{\"from\":\"a\",\"to\":\"a\",\"amount\":1}`, 400",
                "POST, /transfers, `{\"from\":\"a\",\"to\":\"b\",\"amount\":0.5}`, 400",
                "GET, /accounts/absent, , 404",
                "PATCH, /kv/a, x, 405",
                "GET, /nothing, , 404",
                "GET, /kv/a%2Fb, , 400"
            })
    void callersMistakeIsRefusedAsAProblem(String method, String path, String body, int status) throws Exception {
        HttpResponse<String> response = send(method, path, Objects.requireNonNullElse(body, ""), FORM);
        assertThat(response.statusCode()).isEqualTo(status);
        assertRefused(response);
    }

    @Test
    void bodyOverTheLimitIsRefused() throws Exception {
        assertThat(send("PUT", "/kv/large", "x".repeat(1024), FORM).statusCode())
                .isEqualTo(200);
        HttpResponse<String> response = send("PUT", "/kv/large", "y".repeat(1025), FORM);
        assertThat(response.statusCode()).isEqualTo(413);
        assertRefused(response);
        assertThat(get("/kv/large").body()).startsWith("x");
    }

    @Test
    void startPageSaysThatThisIsOneMemberAndThereIsNoPlayground() throws Exception {
        HttpResponse<String> page = get("/");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/html");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .startsWith("default-src 'none';");
        assertThat(page.body()).contains("This process is one member", "/raft/console", "/actuator/health");
        for (String file : List.of("pages.css", "start.js", "members.js", "console.css", "dom.js", "words.js")) {
            assertThat(get("/demo/" + file).statusCode()).as(file).isEqualTo(200);
        }
        assertThat(get("/demo/start.html").statusCode()).isEqualTo(404);
        assertThat(get("/playground").statusCode()).isEqualTo(404);
        assertThat(get("/playground/state").statusCode()).isEqualTo(404);
        for (String action : List.of("stop", "kill", "pause", "cut")) {
            assertThat(send("POST", "/playground/members/1/" + action, "{}", "application/json")
                            .statusCode())
                    .as(action)
                    .isEqualTo(404);
        }
        assertThat(application.getBeanFactory().getSingletonNames()).noneMatch(name -> name.startsWith("playground"));
        assertThat(get("/actuator/raft").statusCode()).isEqualTo(200);
    }

    @Test
    void actuatorShowsTheMemberAndItsErrorsAreProblemsToo() throws Exception {
        assertThat(json(get("/actuator/raft")).get("role").asString()).isEqualTo("leader");
        assertThat(get("/actuator/health/readiness").statusCode()).isEqualTo(200);
        assertThat(get("/actuator/metrics").statusCode()).isEqualTo(200);
        assertThat(get("/actuator/info").statusCode()).isEqualTo(200);
        HttpResponse<String> response = send("POST", "/actuator/raft/transfer-leadership", "{}", FORM);
        assertThat(response.statusCode()).isEqualTo(415);
        assertRefused(response);
    }

    private String compareAndSet(String body) throws IOException, InterruptedException {
        return send("POST", "/kv/swapped/compare-and-set", body, FORM).body();
    }

    private static void assertRefused(HttpResponse<String> response) {
        assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(json(response).get("outcome").asString()).isEqualTo("refused");
    }

    private static JsonNode json(HttpResponse<String> response) {
        return JSON.readTree(response.body());
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send("GET", path, "", FORM);
    }

    private HttpResponse<String> keyed(String method, String path, String body, String idempotencyKey)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(uri(path))
                .header("Content-Type", FORM)
                .header("Idempotency-Key", idempotencyKey)
                .method(method, HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8));
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    }

    private HttpResponse<String> send(String method, String path, String body, String contentType)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(uri(path)).header("Content-Type", contentType);
        request.method(
                method,
                method.equals("GET")
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8));
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }
}
