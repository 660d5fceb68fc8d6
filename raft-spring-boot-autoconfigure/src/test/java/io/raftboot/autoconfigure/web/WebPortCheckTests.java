package io.raftboot.autoconfigure.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.raftboot.autoconfigure.InvalidRaftPropertyException;
import io.raftboot.spring.RaftCommand;
import io.raftboot.spring.RaftStateMachine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

class WebPortCheckTests {
    @TempDir
    private Path directory;

    @Test
    void takenPortFailsTheStartBeforeAnythingIsWritten() throws IOException {
        try (var taken = new ServerSocket(0)) {
            int port = taken.getLocalPort();
            assertThatExceptionOfType(Exception.class)
                    .isThrownBy(() -> start("--server.port=" + port))
                    .satisfies(e -> assertThat(Stream.<Throwable>iterate(e, Objects::nonNull, Throwable::getCause))
                            .hasAtLeastOneElementOfType(PortInUseException.class));
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void portTakenOnAnotherAddressIsNone() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.2"))) {
            int port = taken.getLocalPort();
            try (var application = start("--server.address=127.0.0.1", "--server.port=" + port)) {
                assertThat(application.isRunning()).isTrue();
            }
        }
    }

    @Test
    void anyPortIsNoneThatCouldBeTaken() {
        try (var application = start("--server.port=0")) {
            assertThat(application.getBean(Counter.class).increment()).isEqualTo(1);
        }
    }

    @Test
    void contextThatIsStartedAgainDoesNotStandInItsOwnWay() throws IOException {
        int port;
        try (var free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        try (var application = start("--server.port=" + port)) {
            application.stop();
            application.start();
            assertThat(application.getBean(Counter.class).increment()).isEqualTo(1);
        }
    }

    @Test
    void applicationWithoutAWebServerNeedsNone() throws IOException {
        try (var taken = new ServerSocket(0);
                var application = new SpringApplicationBuilder(Application.class)
                        .web(WebApplicationType.NONE)
                        .run("--server.port=" + taken.getLocalPort(), dataDirectory())) {
            assertThat(application.getBeansOfType(WebPortCheck.class)).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "server.port, raft.peers, 1@127.0.0.1:PORT",
        "management.server.port, raft.peers, 1@127.0.0.1:PORT",
        "server.port, raft.transport.port, PORT"
    })
    void portOfTheMemberIsNoneForAWebServer(String web, String member, String written) throws IOException {
        int port;
        try (var free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        String value = written.replace("PORT", String.valueOf(port));
        assertThatExceptionOfType(Exception.class)
                .isThrownBy(() -> start(
                        "--" + web + "=" + port,
                        "--" + member + "=" + value,
                        member.equals("raft.peers") ? "--raft.node-id=1" : "--raft.storage=wal"))
                .satisfies(e -> assertThat(Stream.<Throwable>iterate(e, Objects::nonNull, Throwable::getCause))
                        .anySatisfy(cause -> {
                            assertThat(cause).isInstanceOf(InvalidRaftPropertyException.class);
                            var refused = (InvalidRaftPropertyException) cause;
                            assertThat(refused.property()).isEqualTo(member);
                            assertThat(refused).hasMessageContaining(web).hasMessageContaining("port " + port);
                            assertThat(refused.action()).contains("another port into " + web);
                            assertThat(refused.others()).containsExactly(web);
                        }));
        assertThat(directory).isEmptyDirectory();
    }

    private ConfigurableApplicationContext start(String... arguments) {
        return new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.SERVLET)
                .run(Stream.concat(Stream.of(arguments), Stream.of(dataDirectory()))
                        .toArray(String[]::new));
    }

    private String dataDirectory() {
        return "--raft.data-dir=" + directory.resolve("raft");
    }

    @EnableAutoConfiguration
    @Configuration(proxyBeanMethods = false)
    @Import(Counter.class)
    static class Application {}

    @RaftStateMachine
    static class Counter {
        private int value;

        @RaftCommand
        int increment() {
            return ++value;
        }
    }
}
