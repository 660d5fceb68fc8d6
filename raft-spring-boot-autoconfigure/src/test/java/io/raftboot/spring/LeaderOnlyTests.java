package io.raftboot.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.raftboot.autoconfigure.RaftAutoConfiguration;
import io.raftboot.replica.Replica;
import io.raftboot.testing.FakeReplica;
import io.raftboot.transport.Transport;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.config.ScheduledTaskHolder;

class LeaderOnlyTests {
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(RaftAutoConfiguration.class))
            .withBean(Transport.class, () -> Mockito.mock(Transport.class))
            .withUserConfiguration(Faked.class);

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

    @Configuration(proxyBeanMethods = false)
    static class Faked {
        @Bean
        FakeReplica fakeReplica(ObjectProvider<RaftStateMachinePostProcessor> machines) {
            return new FakeReplica(() -> machines.getObject().stateMachines());
        }

        @Bean
        Replica replica(FakeReplica fake) {
            return fake.replica();
        }
    }
}
