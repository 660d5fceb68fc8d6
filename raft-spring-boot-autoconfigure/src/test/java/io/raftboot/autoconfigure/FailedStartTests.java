package io.raftboot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;

/** A context that fails to start when its member runs already leaves no thread, no port and no lock. */
class FailedStartTests {
    @TempDir
    private Path directory;

    /** Starts after the member, and does not. */
    static class DoesNotStart implements SmartLifecycle {
        @Override
        public void start() {
            assertThat(threads()).as("the member runs").isNotEmpty();
            throw new IllegalStateException("the queue can't be reached");
        }

        @Override
        public void stop() {}

        @Override
        public boolean isRunning() {
            return false;
        }
    }

    @Test
    void leavesNothingThatTheNextOneNeeds() throws IOException {
        Set<String> before = threads();
        int port = freePort();
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(() -> run(port, DoesNotStart.class))
                    .hasStackTraceContaining("the queue can't be reached");
            try (var socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            }
        }
        // Those for events end by themselves when they have been idle for a while.
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(before).containsAll(threads()));
        try (var context = run(port)) {
            assertThat(context.isRunning()).isTrue();
        }
    }

    private ConfigurableApplicationContext run(int port, Class<?>... more) {
        return new SpringApplicationBuilder(RunningMemberTests.Application.class, RunningMemberTests.Counter.class)
                .sources(more)
                .web(WebApplicationType.NONE)
                .properties(
                        "raft.node-id=1",
                        "raft.peers=1@127.0.0.1:" + port,
                        "raft.data-dir=" + directory.resolve("data"))
                .run();
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Names of the threads that a member has. */
    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("raft-"))
                .collect(Collectors.toSet());
    }
}
