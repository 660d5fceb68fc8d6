package io.raftboot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.raftboot.spring.RaftCallOptions;
import io.raftboot.spring.RaftCommand;
import io.raftboot.spring.RaftQuery;
import io.raftboot.spring.RaftStateMachine;
import io.raftboot.spring.RaftTemplate;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Threads on which a call may wait, and others. */
@ExtendWith(OutputCaptureExtension.class)
class WaitingThreadsTests {
    @TempDir
    private Path directory;

    @BeforeEach
    void close() {
        Gate.open = new CountDownLatch(1);
    }

    @Test
    void callThatWaitsIsRefusedOnTheThreadThatWouldHaveToApplyIt() {
        run(context -> {
            var gate = context.getBean(Gate.class);
            var template = context.getBean(RaftTemplate.class);
            var behind = template.submit("gate", "pass", Map.of(), Long.class, RaftCallOptions.defaults())
                    .thenApply(passed -> gate.value());
            var named = template.submit("gate", "pass", Map.of(), Long.class, RaftCallOptions.defaults())
                    .thenApply(passed ->
                            template.submitAndWait("gate", "pass", Map.of(), Long.class, RaftCallOptions.defaults()));
            var unwaited = template.submit("gate", "pass", Map.of(), Long.class, RaftCallOptions.defaults())
                    .thenCompose(passed ->
                            template.query("gate", "value", Map.of(), Long.class, RaftCallOptions.defaults()));
            Gate.open.countDown();
            for (var refused : List.of(behind, named)) {
                assertThatExceptionOfType(CompletionException.class)
                        .isThrownBy(refused::join)
                        .havingCause()
                        .isInstanceOf(IllegalStateException.class)
                        .withMessageContaining("gate.")
                        .withMessageContaining("-apply")
                        .withMessageContaining("publishOn(Schedulers.boundedElastic())");
            }
            assertThat(unwaited.join()).isEqualTo(3);
        });
    }

    @Test
    void callThatWaitsOnAThreadOfReactorIsWarnedOfOnce(CapturedOutput output) {
        Gate.open.countDown();
        run(context -> {
            var gate = context.getBean(Gate.class);
            for (int i = 1; i <= 2; i++) {
                long passed = i;
                assertThat(Mono.fromCallable(gate::pass)
                                .subscribeOn(Schedulers.parallel())
                                .block())
                        .isEqualTo(passed);
            }
            assertThat(Mono.fromCallable(gate::pass)
                            .subscribeOn(Schedulers.boundedElastic())
                            .block())
                    .isEqualTo(3);
            assertThat(output).containsOnlyOnce("gate.pass was called on the thread parallel-");
            assertThat(output).containsOnlyOnce("This is said once");
        });
    }

    private void run(ContextConsumer<AssertableApplicationContext> test) {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(RaftAutoConfiguration.class))
                .withUserConfiguration(Gate.class)
                .withPropertyValues("raft.storage=memory", "raft.data-dir=" + directory)
                .run(test);
    }

    @RaftStateMachine("gate")
    static class Gate {
        private static volatile CountDownLatch open = new CountDownLatch(1);
        private long passed;

        /** The first waits until the test has attached what it wants to its future. */
        @RaftCommand
        long pass() throws InterruptedException {
            open.await();
            return ++passed;
        }

        @RaftQuery
        long value() {
            return passed;
        }
    }
}
