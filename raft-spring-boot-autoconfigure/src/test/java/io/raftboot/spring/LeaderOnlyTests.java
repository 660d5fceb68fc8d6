package io.raftboot.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.raftboot.autoconfigure.RaftAutoConfiguration;
import io.raftboot.spring.foreign.ForeignBase;
import io.raftboot.testing.FakeReplica;
import io.raftboot.testing.FakedMember;
import io.raftboot.transport.Transport;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.Mockito;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.config.ScheduledTaskHolder;

class LeaderOnlyTests {
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(RaftAutoConfiguration.class))
            .withBean(Transport.class, () -> Mockito.mock(Transport.class))
            .withUserConfiguration(FakedMember.class);

    @Test
    void methodRunsOnTheLeaderWithTheTermAtHand() {
        runner.withBean(Jobs.class).run(context -> {
            Jobs jobs = context.getBean(Jobs.class);
            jobs.nightly();
            assertThat(jobs.ranInTerms()).containsExactly(FakeReplica.TERM);
            assertThatIllegalStateException().isThrownBy(LeaderContext::current);
        });
    }

    @Test
    void elsewhereAMethodWithoutResultDoesNothing() {
        runner.withBean(Jobs.class).run(context -> {
            context.getBean(FakeReplica.class).leader = false;
            Jobs jobs = context.getBean(Jobs.class);
            jobs.nightly();
            assertThat(jobs.ranInTerms()).isEmpty();
        });
    }

    @Test
    void elsewhereAMethodWithAResultNamesTheLeader() {
        runner.withBean(Jobs.class).run(context -> {
            context.getBean(FakeReplica.class).leader = false;
            context.getBean(FakeReplica.class).leaderId = 2L;
            assertThatExceptionOfType(NotLeaderException.class)
                    .isThrownBy(() -> context.getBean(Jobs.class).report())
                    .withMessageContaining("Jobs.report")
                    .satisfies(e -> assertThat(e.leaderId()).isEqualTo(2L));
        });
    }

    @Test
    void exceptionOfTheMethodComesThrough() {
        runner.withBean(Jobs.class).run(context -> assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> context.getBean(Jobs.class).fail()));
    }

    @Test
    void annotatedClassRunsAllItsMethodsOnTheLeader() {
        runner.withBean(LeadersService.class).run(context -> {
            assertThat(context.getBean(LeadersService.class).term()).isEqualTo(FakeReplica.TERM);
            context.getBean(FakeReplica.class).leader = false;
            assertThatExceptionOfType(NotLeaderException.class)
                    .isThrownBy(() -> context.getBean(LeadersService.class).term());
        });
    }

    @Test
    void scheduledMethodIsLeftToTheLeader() {
        runner.withBean(ScheduledJob.class)
                .withUserConfiguration(Scheduling.class)
                .run(context -> {
                    context.getBean(FakeReplica.class).leader = false;
                    var tasks = context.getBean(ScheduledTaskHolder.class).getScheduledTasks();
                    assertThat(tasks).hasSize(1);
                    tasks.forEach(task -> task.getTask().getRunnable().run());
                    assertThat(context.getBean(ScheduledJob.class).runs()).isZero();
                    context.getBean(FakeReplica.class).leader = true;
                    tasks.forEach(task -> task.getTask().getRunnable().run());
                    assertThat(context.getBean(ScheduledJob.class).runs()).isOne();
                });
    }

    @Test
    void stateMachineCanNotBeForTheLeaderOnly() {
        runner.withBean(LeadersMachine.class).run(context -> assertThat(context)
                .getFailure()
                .hasRootCauseInstanceOf(InvalidStateMachineException.class)
                .rootCause()
                .hasMessageContaining("LeadersMachine"));
    }

    @ParameterizedTest
    @ValueSource(classes = {Initialised.class, Destroyed.class, AfterProperties.class})
    void whatSpringCallsBeforeThereIsAGuardFailsTheStart(Class<?> job) {
        runner.withBean(job).run(context -> assertThat(context)
                .getFailure()
                .rootCause()
                .isInstanceOf(InvalidStateMachineException.class)
                .hasMessageContaining(job.getName())
                .hasMessageContaining("it would run on every member")
                .hasMessageContaining("LeadershipGranted"));
    }

    static class Initialised {
        @LeaderOnly
        @PostConstruct
        void init() {}
    }

    static class Destroyed {
        @LeaderOnly
        @PreDestroy
        void end() {}
    }

    static class AfterProperties implements InitializingBean {
        @Override
        @LeaderOnly
        public void afterPropertiesSet() {}
    }

    @Test
    void finalClassFailsTheStart() {
        runner.withBean(FinalJob.class).run(context -> assertThat(context)
                .getFailure()
                .rootCause()
                .hasMessageContaining("FinalJob")
                .hasMessageContaining("final"));
    }

    @Test
    void applicationIsToldOfTheLeadership() {
        runner.withBean(Listener.class).run(context -> {
            var listeners = context.getBean(FakeReplica.class).listeners;
            listeners.forEach(listener -> listener.leadershipGranted(4));
            listeners.forEach(listener -> listener.leadershipRevoked(4));
            assertThat(context.getBean(Listener.class).events)
                    .containsExactly(new LeadershipGranted("default", 1, 4), new LeadershipRevoked("default", 1, 4));
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {Ordered.HIGHEST_PRECEDENCE, 0, Ordered.LOWEST_PRECEDENCE})
    void whatLooksForListenersSeesTheGuardWhateverItsOrder(int order) {
        runner.withBean(Listeners.class, order)
                .withBean(Jobs.class)
                .withBean(LeadersService.class)
                .withBean(OfInterface.class)
                .run(context -> {
                    context.getBean(FakeReplica.class).leader = false;
                    var seen = context.getBean(Listeners.class).seen;
                    ((Jobs) Objects.requireNonNull(seen.get(Jobs.class))).nightly();
                    assertThat(context.getBean(Jobs.class).ranInTerms()).isEmpty();
                    assertThatExceptionOfType(NotLeaderException.class)
                            .isThrownBy(() ->
                                    ((LeadersService) Objects.requireNonNull(seen.get(LeadersService.class))).term());
                    ((OfInterface) Objects.requireNonNull(seen.get(OfInterface.class))).run();
                    assertThat(context.getBean(OfInterface.class).runs()).isZero();
                });
    }

    @Test
    void asyncMethodHasItsContextOnTheThreadItRunsOn() {
        runner.withBean(AsyncJob.class)
                .withUserConfiguration(Asynchronous.class)
                .run(context -> {
                    assertThat(context.getBean(AsyncJob.class).term().get()).isEqualTo(FakeReplica.TERM);
                    context.getBean(FakeReplica.class).leader = false;
                    assertThatExceptionOfType(NotLeaderException.class)
                            .isThrownBy(() -> context.getBean(AsyncJob.class).term());
                });
    }

    @Test
    void interfaceWithoutAClassIsGuarded() {
        runner.withBean(Job.class, () -> (Job) java.lang.reflect.Proxy.newProxyInstance(
                        Job.class.getClassLoader(), new Class<?>[] {Job.class}, (proxy, method, arguments) -> {
                            if (method.getName().equals("run")) {
                                throw new UnsupportedOperationException(method.getName());
                            }
                            return method.getName().equals("toString") ? "a job" : 1;
                        }))
                .run(context -> {
                    context.getBean(FakeReplica.class).leader = false;
                    context.getBean(Job.class).run();
                    context.getBean(FakeReplica.class).leader = true;
                    assertThatExceptionOfType(UnsupportedOperationException.class)
                            .isThrownBy(() -> context.getBean(Job.class).run());
                });
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                FinalMethod.class,
                PrivateMethod.class,
                StaticMethod.class,
                FinalOfTheWhole.class,
                OfForeignJob.class,
                StaticSchedule.class
            })
    void methodThatCanNotBeGuardedFailsTheStartByItsName(Class<?> type) {
        runner.withBean(type).run(context -> assertThat(context)
                .getFailure()
                .rootCause()
                .isInstanceOf(InvalidStateMachineException.class)
                .hasMessageContaining("@LeaderOnly can't work on the")
                .hasMessageContaining(".run()"));
    }

    static class FinalMethod {
        @LeaderOnly
        final void run() {}
    }

    static class PrivateMethod {
        @LeaderOnly
        @SuppressWarnings("UnusedMethod")
        private void run() {}
    }

    static class StaticMethod {
        @LeaderOnly
        static void run() {}
    }

    @LeaderOnly
    static class FinalOfTheWhole {
        public final void run() {}
    }

    static class OfForeignJob extends ForeignBase.Job {}

    @LeaderOnly
    static class StaticSchedule {
        @Scheduled(fixedDelay = 1000)
        static void run() {}
    }

    interface Job {
        @LeaderOnly
        void run();
    }

    static class OfInterface implements Job {
        private int runs;

        int runs() {
            return runs;
        }

        @Override
        public void run() {
            runs++;
        }
    }

    static class AsyncJob {
        @Async
        @LeaderOnly
        CompletableFuture<Long> term() {
            return CompletableFuture.completedFuture(LeaderContext.current().term());
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAsync
    static class Asynchronous {}

    /** Keeps what it sees, as those do that call listeners. */
    static class Listeners implements BeanPostProcessor, PriorityOrdered {
        final Map<Class<?>, Object> seen = new ConcurrentHashMap<>();
        private final int order;

        Listeners(int order) {
            this.order = order;
        }

        @Override
        public int getOrder() {
            return order;
        }

        @Override
        public Object postProcessAfterInitialization(Object bean, String beanName) {
            seen.put(AopUtils.getTargetClass(bean), bean);
            return bean;
        }
    }

    static class Jobs {
        private final List<Long> ranInTerms = new ArrayList<>();

        List<Long> ranInTerms() {
            return ranInTerms;
        }

        @LeaderOnly
        void nightly() {
            ranInTerms.add(LeaderContext.current().term());
        }

        @LeaderOnly
        String report() {
            return "done";
        }

        @LeaderOnly
        void fail() {
            throw new UnsupportedOperationException();
        }
    }

    @LeaderOnly
    static class LeadersService {
        long term() {
            return LeaderContext.current().term();
        }
    }

    static class ScheduledJob {
        private int runs;

        int runs() {
            return runs;
        }

        @LeaderOnly
        @Scheduled(cron = "0 0 3 1 1 *")
        void yearly() {
            runs++;
        }
    }

    @RaftStateMachine("leaders")
    static class LeadersMachine {
        @LeaderOnly
        @RaftCommand
        void change() {}
    }

    static final class FinalJob {
        @LeaderOnly
        void run() {}
    }

    static class Listener {
        final List<Object> events = new ArrayList<>();

        @EventListener
        void on(LeadershipGranted granted) {
            events.add(granted);
        }

        @EventListener
        void on(LeadershipRevoked revoked) {
            events.add(revoked);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableScheduling
    static class Scheduling {}
}
