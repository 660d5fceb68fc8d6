package io.raftboot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.api.MemberRemovedException;
import io.raftboot.api.ReplicaListener;
import io.raftboot.api.StateMachineFailureException;
import io.raftboot.replica.Replica;
import io.raftboot.replica.ReplicaState;
import io.raftboot.spring.RaftCommand;
import io.raftboot.spring.RaftStateMachine;
import io.raftboot.storage.disk.Disk;
import io.raftboot.storage.disk.DiskFile;
import io.raftboot.storage.disk.MemoryDisk;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.mockito.Mockito;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;

/** What becomes of an application whose member has failed. */
class RaftFailureListenerTests {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(RaftAutoConfiguration.class, ApplicationAvailabilityAutoConfiguration.class))
            .withUserConfiguration(Application.class)
            .withPropertyValues("raft.storage=memory");

    @Test
    void memberWhoseDiskWorksAgainComesBackAndLivenessIsNotTouched() {
        runner.run(context -> {
            // As an application does that is up.
            AvailabilityChangeEvent.publish(context, LivenessState.CORRECT);
            var replica = context.getBean(Replica.class);
            var broken = context.getBean(BreakingDisk.class).broken;
            broken.set(true);
            var unused = replica.submit("breaking", new byte[0], PATIENCE);
            await().atMost(PATIENCE).until(() -> replica.pendingRestart() != null);
            assertThat(liveness(context.getBean(ApplicationAvailability.class))).isEqualTo(LivenessState.CORRECT);
            broken.set(false);
            await().atMost(PATIENCE).until(() -> replica.state() == ReplicaState.RUNNING);
            assertThat(context.getBean(Breaking.class).next()).isEqualTo(1);
        });
    }

    @ParameterizedTest
    @CsvSource({"restart, BROKEN", "stop-member, CORRECT"})
    void livenessIsBrokenWhereNothingElseWouldBringTheMemberBack(String action, LivenessState expected) {
        runner.withPropertyValues("raft.on-failure=" + action).run(context -> {
            AvailabilityChangeEvent.publish(context, LivenessState.CORRECT);
            var replica = context.getBean(Replica.class);
            var availability = context.getBean(ApplicationAvailability.class);
            var told = new CompletableFuture<Throwable>();
            replica.addListener(new ReplicaListener() {
                @Override
                public void failedForGood(Throwable cause) {
                    told.complete(cause);
                }
            });
            CompletableFuture<?> unused = CompletableFuture.runAsync(
                    () -> context.getBean(Breaking.class).fail());
            assertThat(told).succeedsWithin(PATIENCE);
            // Listeners are told in no order among each other.
            await().untilAsserted(() -> assertThat(liveness(availability)).isEqualTo(expected));
            assertThat(replica.pendingRestart()).isNull();
        });
    }

    /** The application stays up, whatever is wanted of one whose member has failed. */
    @ParameterizedTest
    @EnumSource(FailureAction.class)
    void removalOfTheMemberIsNoFailure(FailureAction action) {
        var states = new CopyOnWriteArrayList<Object>();
        var ended = new AtomicBoolean();
        try (var context = context(states)) {
            var listener = new RaftFailureListener(context, action, new RaftFailureListener.End() {
                @Override
                public void exit(int code) {
                    ended.set(true);
                }

                @Override
                public void halt(int code) {
                    ended.set(true);
                }
            });
            listener.failedForGood(Mockito.mock(MemberRemovedException.class));
            assertThat(states).isEmpty();
            assertThat(ended).isFalse();
        }
    }

    @Test
    void livenessIsCorrectAgainWhenTheMemberIsStarted() {
        var states = new CopyOnWriteArrayList<Object>();
        try (var context = context(states)) {
            var listener = new RaftFailureListener(context, FailureAction.RESTART);
            listener.started();
            listener.failedForGood(new IOException("injected"));
            listener.started();
            assertThat(states).isEqualTo(List.of(LivenessState.BROKEN, LivenessState.CORRECT));
        }
    }

    @Test
    void applicationIsClosedInOrderAndTheProcessEndsWithItsCode() {
        var ended = new CompletableFuture<Integer>();
        try (var context = context(new CopyOnWriteArrayList<>())) {
            var listener = new RaftFailureListener(context, FailureAction.EXIT, new RaftFailureListener.End() {
                @Override
                public void exit(int code) {
                    ended.complete(context.isActive() ? -1 : code);
                }

                @Override
                public void halt(int code) {
                    ended.complete(-2);
                }
            });
            listener.failedForGood(new IOException("injected"));
            assertThat(ended).succeedsWithin(PATIENCE).isEqualTo(RaftFailureListener.EXIT_CODE);
        }
    }

    /** Listeners are told on threads that no process waits for. */
    @Test
    void processWaitsForTheThreadThatGivesItsCode() {
        var waitedFor = new CompletableFuture<Boolean>();
        try (var context = context(new CopyOnWriteArrayList<>())) {
            var listener = new RaftFailureListener(context, FailureAction.EXIT, new RaftFailureListener.End() {
                @Override
                public void exit(int code) {
                    waitedFor.complete(!Thread.currentThread().isDaemon());
                }

                @Override
                public void halt(int code) {
                    waitedFor.completeExceptionally(new AssertionError("halted"));
                }
            });
            var telling = new Thread(() -> listener.failedForGood(new IOException("injected")));
            telling.setDaemon(true);
            telling.start();
            assertThat(waitedFor).succeedsWithin(PATIENCE).isEqualTo(true);
        }
    }

    private static GenericApplicationContext context(List<Object> states) {
        var context = new GenericApplicationContext();
        context.addApplicationListener(
                (ApplicationListener<AvailabilityChangeEvent<?>>) event -> states.add(event.getState()));
        context.refresh();
        return context;
    }

    private static LivenessState liveness(ApplicationAvailability availability) {
        return availability.getLivenessState();
    }

    @Configuration(proxyBeanMethods = false)
    static class Application {
        @Bean
        BreakingDisk breakingDisk() {
            return new BreakingDisk();
        }

        @Bean
        Disk raftDisk(BreakingDisk breaking) {
            return breaking.around(Disk.class, new MemoryDisk());
        }

        @Bean
        Breaking breaking() {
            return new Breaking();
        }
    }

    @RaftStateMachine("breaking")
    static class Breaking {
        private int count;

        @RaftCommand
        public int next() {
            return ++count;
        }

        @RaftCommand
        public void fail() {
            throw new StateMachineFailureException("injected", new IllegalStateException());
        }
    }

    /** A disk, with its files, whose forces fail when it is told so. */
    static final class BreakingDisk {
        final AtomicBoolean broken = new AtomicBoolean();

        <T> T around(Class<T> type, T target) {
            return type.cast(
                    Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                        if (method.getName().equals("force") && broken.get()) {
                            throw new IOException("injected: force failed");
                        }
                        try {
                            var result = method.invoke(target, arguments);
                            return result instanceof DiskFile file ? around(DiskFile.class, file) : result;
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    }));
        }
    }
}
