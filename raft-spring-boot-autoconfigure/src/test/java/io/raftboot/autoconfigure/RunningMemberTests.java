package io.raftboot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.spring.LeadershipGranted;
import io.raftboot.spring.RaftCommand;
import io.raftboot.spring.RaftStateMachine;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.Order;

/** What a member does to the process and the application that it runs in. */
@ExtendWith(OutputCaptureExtension.class)
class RunningMemberTests {
    @RaftStateMachine("counter")
    static class Counter {
        private int count;

        @RaftCommand
        public int increment() {
            return ++count;
        }
    }

    static class Listeners {
        private final CountDownLatch told = new CountDownLatch(1);

        @EventListener
        @Order(1)
        public void failing(LeadershipGranted event) {
            throw new IllegalStateException("the importer does not start");
        }

        @EventListener
        @Order(2)
        public void next(LeadershipGranted event) {
            told.countDown();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    private static ConfigurableApplicationContext run(Class<?>... more) {
        return new SpringApplicationBuilder(Application.class, Counter.class)
                .sources(more)
                .web(WebApplicationType.NONE)
                .properties("raft.storage=memory")
                .run();
    }

    private static boolean keepsTheProcess() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> !thread.isDaemon() && thread.getName().equals(KeepAlive.THREAD_NAME));
    }

    @Test
    void processLivesAsLongAsTheContextWithoutAWebServer() {
        await().until(() -> !keepsTheProcess());
        try (var context = run()) {
            assertThat(context.isActive()).isTrue();
            assertThat(keepsTheProcess()).isTrue();
        }
        await().until(() -> !keepsTheProcess());
    }

    @Test
    void listenerThatFailsIsNamedAndTheNextIsTold(CapturedOutput output) throws Exception {
        try (var context = run(Listeners.class)) {
            assertThat(context.getBean(Listeners.class).told.await(20, TimeUnit.SECONDS))
                    .isTrue();
        }
        assertThat(output).contains("WARN", "Listeners.failing", "the importer does not start");
    }
}
