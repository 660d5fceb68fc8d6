package io.raftboot.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.raftboot.demo.playground.Playground;
import io.raftboot.testing.FreePorts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Requests to three members, followed by a tracer that keeps all spans in memory. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DemoTraceTests {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String CALLERS_SPAN = "b7ad6b7169203331";

    private final HttpClient client = HttpClient.newHttpClient();
    private List<Integer> http = List.of();
    private @Nullable Playground demo;
    private int traces;

    @BeforeAll
    void start(@TempDir Path data) throws Exception {
        List<Integer> ports = FreePorts.some(6);
        http = ports.subList(0, 3);
        demo = new DemoMembers(http, ports.subList(3, 6), data)
                .start("--raft.storage=memory", "--" + RecordedSpans.PROPERTY + "=true");
        for (int port : http) {
            await().atMost(LIMIT)
                    .until(() -> send(port, "GET", "/actuator/health/readiness", null, null)
                                    .statusCode()
                            == 200);
        }
    }

    @AfterAll
    void stop() {
        if (demo != null) {
            demo.close();
        }
    }

    private String newTraceId() {
        return String.format("%032x", 0xabc0000 + ++traces);
    }

    private HttpResponse<String> send(
            int port, String method, String path, @Nullable String traceparent, @Nullable String key)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, HttpRequest.BodyPublishers.ofString(method.equals("PUT") ? "value" : ""));
        if (traceparent != null) {
            request.header("traceparent", traceparent);
        }
        if (key != null) {
            request.header("Idempotency-Key", key);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> sampled(int port, String method, String path, String traceId, @Nullable String key)
            throws IOException, InterruptedException {
        return send(port, method, path, "00-" + traceId + "-" + CALLERS_SPAN + "-01", key);
    }

    private static List<SpanData> named(String traceId, String name) {
        return RecordedSpans.of(traceId).stream()
                .filter(span -> span.getName().equals(name))
                .toList();
    }

    private static SpanData only(String traceId, String name) {
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(named(traceId, name)).hasSize(1));
        return named(traceId, name).get(0);
    }

    private static @Nullable String value(SpanData span, String key) {
        return span.getAttributes().get(AttributeKey.stringKey(key));
    }

    private static void awaitApplied(String traceId) {
        await().atMost(LIMIT).untilAsserted(() -> assertThat(named(traceId, "raft apply kv"))
                .extracting(span -> value(span, "node"))
                .containsExactlyInAnyOrder("1", "2", "3"));
    }

    /** Whichever member is asked: two of them have to hand the command on. */
    @Test
    void commandIsOneTraceFromTheRequestOverTheLeaderToEachMember() throws Exception {
        String leader = null;
        for (int asked = 1; asked <= 3; asked++) {
            String traceId = newTraceId();
            assertThat(sampled(http.get(asked - 1), "PUT", "/kv/traced", traceId, null)
                            .statusCode())
                    .isEqualTo(200);
            SpanData request = only(traceId, "http put /kv/{key}");
            assertThat(request.getKind()).isEqualTo(SpanKind.SERVER);
            assertThat(request.getParentSpanId()).isEqualTo(CALLERS_SPAN);
            SpanData command = only(traceId, "raft command kv.put");
            assertThat(command.getParentSpanId()).isEqualTo(request.getSpanId());
            assertThat(command.getKind()).isEqualTo(SpanKind.PRODUCER);
            assertThat(value(command, "node")).isEqualTo(Integer.toString(asked));
            assertThat(value(command, "outcome")).isEqualTo("applied");
            assertThat(value(command, "group")).isEqualTo("default");

            awaitApplied(traceId);
            SpanData append = only(traceId, "raft append kv");
            for (SpanData step : List.of(
                    append,
                    named(traceId, "raft apply kv").get(0),
                    named(traceId, "raft apply kv").get(1),
                    named(traceId, "raft apply kv").get(2))) {
                assertThat(step.getParentSpanId()).isEqualTo(command.getSpanId());
                assertThat(step.getKind()).isEqualTo(SpanKind.CONSUMER);
                assertThat(step.getStatus()).isEqualTo(StatusData.unset());
                assertThat(value(step, "index")).isEqualTo(value(command, "index"));
                assertThat(value(step, "term")).isNotNull();
            }
            assertThat(RecordedSpans.of(traceId)).hasSize(6);
            // The leader alone appends, and there is one.
            leader = leader == null ? value(append, "node") : leader;
            assertThat(value(append, "node")).isEqualTo(leader);
        }
    }

    @Test
    void queryIsASpanOfItsRequest() throws Exception {
        String traceId = newTraceId();
        assertThat(sampled(http.get(1), "GET", "/kv/none", traceId, null).statusCode())
                .isEqualTo(404);
        SpanData query = only(traceId, "raft query kv.get");
        assertThat(query.getParentSpanId())
                .isEqualTo(only(traceId, "http get /kv/{key}").getSpanId());
        assertThat(value(query, "consistency")).isEqualTo("linearizable");
        assertThat(value(query, "outcome")).isEqualTo("answered");
    }

    @Test
    void retryByKeyUnderAnotherTraceIsAnsweredAsTheSameCommand() throws Exception {
        String first = newTraceId();
        String second = newTraceId();
        HttpResponse<String> answer = sampled(http.get(0), "PUT", "/kv/once", first, "key-1");
        HttpResponse<String> again = sampled(http.get(1), "PUT", "/kv/once", second, "key-1");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(again.body()).isEqualTo(answer.body());
        awaitApplied(first);
        awaitApplied(second);
        assertThat(value(only(second, "raft command kv.put"), "index"))
                .isEqualTo(value(only(first, "raft command kv.put"), "index"));
    }

    @Test
    void traceThatIsNotRecordedLeavesNothing() throws Exception {
        String traceId = newTraceId();
        String later = newTraceId();
        int port = http.get(0);
        assertThat(send(port, "PUT", "/kv/untraced", "00-" + traceId + "-" + CALLERS_SPAN + "-00", null)
                        .statusCode())
                .isEqualTo(200);
        assertThat(sampled(port, "PUT", "/kv/traced", later, null).statusCode()).isEqualTo(200);
        awaitApplied(later);
        assertThat(RecordedSpans.of(traceId)).isEmpty();
    }
}
