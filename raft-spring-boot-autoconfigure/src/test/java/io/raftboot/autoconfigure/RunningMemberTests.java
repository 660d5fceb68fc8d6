package io.raftboot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.raftboot.spring.LeadershipGranted;
import io.raftboot.spring.RaftCommand;
import io.raftboot.spring.RaftStateMachine;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContextException;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.context.event.SimpleApplicationEventMulticaster;
import org.springframework.core.annotation.Order;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

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
        public void failingWorse(LeadershipGranted event) {
            throw new AssertionError("the exporter does not start");
        }

        @EventListener
        @Order(3)
        public void next(LeadershipGranted event) {
            told.countDown();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    record Ordered(String what) {}

    static class FailingAtOrders {
        @EventListener
        public void refused(Ordered event) {
            throw new IllegalStateException("refused: " + event.what());
        }
    }

    /** An application that has its events told on threads of its own. */
    @Configuration(proxyBeanMethods = false)
    static class OwnMulticaster {
        private final CompletableFuture<String> toldOn = new CompletableFuture<>();

        @Bean
        static SimpleApplicationEventMulticaster applicationEventMulticaster() {
            var multicaster = new SimpleApplicationEventMulticaster();
            multicaster.setTaskExecutor(new SimpleAsyncTaskExecutor("own-"));
            return multicaster;
        }

        @EventListener
        public void granted(LeadershipGranted event) {
            toldOn.complete(Thread.currentThread().getName());
        }
    }

    /** Starts after the member, and does not. */
    static class DoesNotStart implements SmartLifecycle {
        @Override
        public void start() {
            assertThat(keepsTheProcess()).isTrue();
            throw new IllegalStateException("the queue can't be reached");
        }

        @Override
        public void stop() {}

        @Override
        public boolean isRunning() {
            return false;
        }
    }

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
        assertThat(output)
                .contains("WARN", "Listeners.failing(", "the importer does not start")
                .contains("Listeners.failingWorse(", "the exporter does not start");
    }

    @Test
    void listenersOfTheApplicationsOwnEventsFailAsEver() {
        try (var context = run(FailingAtOrders.class)) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> context.publishEvent(new Ordered("a book")))
                    .withMessage("refused: a book");
        }
    }

    @Test
    void multicasterOfTheApplicationTellsOfLeadershipToo() throws Exception {
        try (var context = run(OwnMulticaster.class)) {
            assertThat(context.getBean(OwnMulticaster.class).toldOn.get(20, TimeUnit.SECONDS))
                    .startsWith("own-");
        }
    }

    @Test
    void applicationThatDoesNotStartDoesNotKeepTheProcess() {
        assertThatExceptionOfType(ApplicationContextException.class)
                .isThrownBy(() -> run(DoesNotStart.class))
                .withStackTraceContaining("the queue can't be reached");
        await().until(() -> !keepsTheProcess());
    }
}
