package io.raftboot.autoconfigure.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.api.event.EventType;
import io.raftboot.autoconfigure.stream.StreamSender;
import io.raftboot.replica.Replica;
import io.raftboot.replica.duty.EventSink;
import io.raftboot.testing.StreamReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** The events of a member at work, over servers of both kinds. */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class EventsOverHttpTests {
    static Stream<Arguments> servers() {
        return Stream.of(
                Arguments.of(WebApplicationType.SERVLET, ServletAdminTests.Open.class, "server.servlet.context-path"),
                Arguments.of(WebApplicationType.REACTIVE, WebFluxAdminTests.Open.class, "spring.webflux.base-path"));
    }

    private static ConfigurableApplicationContext start(WebApplicationType type, Class<?> application, String... more) {
        var arguments = new ArrayList<>(List.of(more));
        arguments.add("--server.port=0");
        arguments.add("--raft.admin.enabled=true");
        arguments.add("--raft.storage=memory");
        arguments.add("--spring.main.banner-mode=off");
        return new SpringApplicationBuilder(application).web(type).run(arguments.toArray(new String[0]));
    }

    private static int port(ConfigurableApplicationContext application) {
        return Integer.parseInt(
                Objects.requireNonNull(application.getEnvironment().getProperty("local.server.port")));
    }

    private static EventSink events(ConfigurableApplicationContext application) {
        return (EventSink) application.getBean(Replica.class).memberEvents();
    }

    private static int open(ConfigurableApplicationContext application) {
        return application.getBean(StreamSender.class).count();
    }

    @ParameterizedTest
    @MethodSource("servers")
    void streamBringsWhatHappensAndGoesOnWhereItBrokeOff(WebApplicationType type, Class<?> kind, String contextPath)
            throws Exception {
        try (var application = start(type, kind, "--" + contextPath + "=/app")) {
            String path = "/app/raft/admin/events?type=life,disk";
            String id;
            try (var reader = new StreamReader(port(application), path, null)) {
                assertThat(reader.head().get(0)).contains(" 200");
                assertThat(reader.head())
                        .contains("cache-control: no-store", "x-accel-buffering: no")
                        .anyMatch(line -> line.startsWith("content-type: text/event-stream"));
                assertThat(reader.await("event: ")).isEqualTo("event: run");
                reader.await("node 1 has started");
                events(application).warning(EventType.REFUSAL, 2, "not wanted");
                events(application).warning(EventType.DISK, 1, "first");
                id = reader.await("id: ").substring("id: ".length());
                assertThat(reader.await("data: ")).contains("\"text\":\"first\"");
            }
            await().untilAsserted(() -> {
                // A server notices that a reader is gone when it writes.
                events(application).warning(EventType.DISK, 1, "second");
                assertThat(open(application)).isZero();
            });
            try (var reader = new StreamReader(port(application), path, id)) {
                assertThat(reader.await("\"text\":")).contains("second");
            }
            try (var reader = new StreamReader(port(application), path, "other-7")) {
                assertThat(reader.await("\"text\":")).contains("node 1 has started");
            }
            var list = new RawHttp(port(application)).send("GET", path, "");
            assertThat(list.status()).isEqualTo(200);
            assertThat(list.head()).contains("content-type: application/json", "cache-control: no-store");
            assertThat(list.body()).contains("node 1 has started", "first", "second");
        }
    }

    @ParameterizedTest
    @MethodSource("servers")
    void endOfTheApplicationDoesNotWaitForReaders(WebApplicationType type, Class<?> kind, String contextPath)
            throws Exception {
        try (var application = start(type, kind, "--spring.lifecycle.timeout-per-shutdown-phase=60s");
                var first = new StreamReader(port(application), "/raft/admin/events", null);
                var second = new StreamReader(port(application), "/raft/admin/events", null)) {
            first.await("has started");
            second.await("has started");
            var closing = new Thread(application::close);
            closing.start();
            first.awaitEnd();
            second.awaitEnd();
            // Far less than a phase may take, which is how long a server waits for requests that are under way.
            closing.join(Duration.ofSeconds(30).toMillis());
            assertThat(closing.isAlive()).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("servers")
    void moreStreamsThanMayBeOpenAreRefusedUntilOneIsClosed(
            WebApplicationType type, Class<?> kind, String contextPath, CapturedOutput output) throws Exception {
        try (var application = start(type, kind)) {
            var readers = new ArrayList<StreamReader>();
            try {
                for (int i = 0; i < StreamSender.MAX_STREAMS; i++) {
                    var reader = new StreamReader(port(application), "/raft/admin/events", null);
                    readers.add(reader);
                    reader.await("event: run");
                }
                var refused = new RawHttp(port(application))
                        .with("Accept", "text/event-stream")
                        .send("GET", "/raft/admin/events", "");
                assertThat(refused.status()).isEqualTo(503);
                assertThat(refused.head()).contains("retry-after: ", "content-type: application/problem+json");
                assertThat(refused.body()).contains(StreamSender.MAX_STREAMS + " streams");
                readers.get(0).close();
                await().untilAsserted(() -> {
                    events(application).warning(EventType.DISK, 1, "something happens");
                    assertThat(open(application)).isLessThan(StreamSender.MAX_STREAMS);
                });
                try (var another = new StreamReader(port(application), "/raft/admin/events", null)) {
                    another.await("event: run");
                }
            } finally {
                for (var reader : readers) {
                    reader.close();
                }
            }
            await().untilAsserted(() -> {
                events(application).warning(EventType.DISK, 1, "something happens");
                assertThat(open(application)).isZero();
            });
            assertThat(output).doesNotContain("Broken pipe", "Exception");
        }
    }

    @ParameterizedTest
    @MethodSource("servers")
    void readerThatTakesNothingHoldsUpNobodyElse(WebApplicationType type, Class<?> kind, String contextPath)
            throws Exception {
        try (var application = start(type, kind);
                var idle = new StreamReader(port(application), "/raft/admin/events", null);
                var reader = new StreamReader(port(application), "/raft/admin/events", null)) {
            assertThat(idle.head()).isNotEmpty();
            // More than the buffers of a connection hold.
            for (int i = 1; i <= 10_000; i++) {
                events(application).warning(EventType.SNAPSHOT, i, "{}", "x".repeat(990) + i);
            }
            events(application).warning(EventType.DISK, 1, "the last of all");
            reader.await("the last of all");
        }
    }
}
