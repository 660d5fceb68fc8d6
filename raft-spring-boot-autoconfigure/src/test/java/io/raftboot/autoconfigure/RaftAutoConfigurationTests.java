package io.raftboot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.agent.AgentHost;
import io.raftboot.agent.ThreadedHost;
import io.raftboot.api.TransferOutcome;
import io.raftboot.raft.RaftConfig;
import io.raftboot.replica.Replica;
import io.raftboot.replica.ReplicaStartException;
import io.raftboot.replica.ReplicaStatus;
import io.raftboot.replica.config.Peer;
import io.raftboot.spring.JsonRaftCodec;
import io.raftboot.spring.RaftCodec;
import io.raftboot.spring.RaftCommand;
import io.raftboot.spring.RaftQuery;
import io.raftboot.spring.RaftStateMachine;
import io.raftboot.spring.RaftTemplate;
import io.raftboot.spring.machine.RaftStateMachinePostProcessor;
import io.raftboot.testing.FakeReplica;
import io.raftboot.transport.Transport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.Test;
import org.mockito.AdditionalAnswers;
import org.mockito.Mockito;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.Lifecycle;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.TaskScheduler;

class RaftAutoConfigurationTests {
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(RaftAutoConfiguration.class))
            .withBean(Transport.class, () -> Mockito.mock(Transport.class))
            .withUserConfiguration(Faked.class);

    @Test
    void applicationGetsItsBeans() {
        runner.run(context -> assertThat(context)
                .hasSingleBean(RaftConfig.class)
                .hasSingleBean(RaftClusterDetails.class)
                .hasSingleBean(Transport.class)
                .hasSingleBean(RaftCodec.class)
                .hasSingleBean(Replica.class)
                .hasSingleBean(RaftTemplate.class)
                .hasSingleBean(RaftNodeLifecycle.class)
                .hasSingleBean(RaftLeadershipLifecycle.class));
    }

    @Test
    void schedulersOfTheApplicationAreLeftAlone() {
        runner.run(context -> assertThat(context)
                .doesNotHaveBean(TaskScheduler.class)
                .doesNotHaveBean(ScheduledExecutorService.class));
    }

    @Test
    void coreIsConfiguredByPropertiesAndCustomizers() {
        runner.withPropertyValues(
                        "raft.node-id=2",
                        "raft.peers=1@a,2@b,3@c",
                        "raft.tick-interval=10ms",
                        "raft.heartbeat-interval=30ms",
                        "raft.election-timeout=300ms",
                        "raft.pre-vote=false")
                .withBean(RaftConfigCustomizer.class, () -> builder -> builder.maxInflightMessages(7))
                .run(context -> {
                    RaftConfig config = context.getBean(RaftConfig.class);
                    assertThat(config.id()).isEqualTo(2);
                    assertThat(config.heartbeatTicks()).isEqualTo(3);
                    assertThat(config.electionTicks()).isEqualTo(30);
                    assertThat(config.preVote()).isFalse();
                    assertThat(config.checkQuorum()).isTrue();
                    assertThat(config.asyncStorageWrites()).isTrue();
                    assertThat(config.maxInflightMessages()).isEqualTo(7);
                    assertThat(config.random()).isNotNull();
                });
    }

    @Test
    void ownBeansReplaceTheDefaults() {
        RaftCodec codec = new JsonRaftCodec();
        RaftClusterDetails details = () -> List.of(new Peer(1, "a", 1), new Peer(2, "b", 2));
        RaftConfig config = RaftConfig.builder().id(9).build();
        runner.withBean(RaftCodec.class, () -> codec)
                .withBean(RaftClusterDetails.class, () -> details)
                .withBean(RaftConfig.class, () -> config)
                .run(context -> {
                    assertThat(context.getBean(RaftCodec.class)).isSameAs(codec);
                    assertThat(context.getBean(RaftClusterDetails.class)).isSameAs(details);
                    assertThat(context.getBean(RaftConfig.class)).isSameAs(config);
                });
    }

    @Test
    void memberRunsOnTheHostOfTheApplication() {
        AgentHost host = Mockito.mock(AgentHost.class, AdditionalAnswers.delegatesTo(ThreadedHost.SYSTEM));
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(RaftAutoConfiguration.class))
                .withBean(AgentHost.class, () -> host)
                .withPropertyValues("raft.storage=memory")
                .run(context -> {
                    assertThat(context).hasNotFailed().hasSingleBean(AgentHost.class);
                    Mockito.verify(host, Mockito.atLeastOnce()).timer(Mockito.anyString(), Mockito.any());
                    Mockito.verify(host, Mockito.atLeastOnce())
                            .carry(Mockito.anyString(), Mockito.anyList(), Mockito.any());
                });
    }

    /** Which only a replica of ours needs. */
    @Test
    void replicaOfTheApplicationNeedsNoPropertiesThatMakeOne() {
        runner.withBean(RaftClusterDetails.class, () -> () -> List.of(new Peer(1, "a", 1), new Peer(2, "b", 2)))
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void annotatedBeanIsReplicated() {
        runner.withUserConfiguration(Counter.class).run(context -> {
            Counter counter = context.getBean(Counter.class);
            assertThat(counter.increment()).isEqualTo(1);
            assertThat(counter.value()).isEqualTo(1);
            assertThat(fake(context).events).containsExactly("start", "submit", "read");
        });
    }

    @Test
    void memberStartsUnderLazyInitialisationToo() {
        new ApplicationContextRunner(() -> {
                    var context = new AnnotationConfigApplicationContext();
                    context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor());
                    return context;
                })
                .withConfiguration(AutoConfigurations.of(RaftAutoConfiguration.class))
                .withBean(Transport.class, () -> Mockito.mock(Transport.class))
                .withUserConfiguration(Faked.class, Counter.class)
                .run(context -> assertThat(fake(context).events).containsExactly("start"));
    }

    @Test
    void memberIsUpBeforeTheWebServerAndHandsOverBeforeItGoesDown() {
        List<String> order = new ArrayList<>();
        runner.withBean("webServer", Lifecycle.class, () -> new Recording(SmartLifecycle.DEFAULT_PHASE - 2048, order))
                .run(context -> {
                    FakeReplica fake = fake(context);
                    assertThat(fake.events).containsExactly("start");
                    fake.voters = List.of(1L, 2L);
                    fake.progress = Map.of(2L, new ReplicaStatus.MemberProgress(1, 2, "replicate", true));
                    fake.transferOutcome = new TransferOutcome.Transferred(2, 4);
                    order.add("member " + fake.events);
                    context.close();
                    assertThat(order.get(0)).isEqualTo("web start");
                    assertThat(order.get(order.size() - 1)).isEqualTo("web stop");
                    assertThat(fake.events).containsExactly("start", "transfer to null", "stop");
                });
        assertThat(RaftNodeLifecycle.PHASE)
                .isLessThan(SmartLifecycle.DEFAULT_PHASE - 2048)
                .isLessThan(RaftLeadershipLifecycle.PHASE);
        assertThat(RaftLeadershipLifecycle.PHASE).isGreaterThan(SmartLifecycle.DEFAULT_PHASE - 1024);
    }

    @Test
    void handOverIsSkippedWhenNobodyCanTakeIt() {
        runner.run(context -> {
            FakeReplica fake = fake(context);
            fake.voters = List.of(1L, 2L);
            fake.progress = Map.of(2L, new ReplicaStatus.MemberProgress(0, 1, "probe", false));
            context.close();
            assertThat(fake.events).containsExactly("start", "stop");
        });
    }

    @Test
    void contextStopsAndStartsAgain() {
        runner.withUserConfiguration(Counter.class).run(context -> {
            context.getBean(Counter.class).increment();
            context.getSourceApplicationContext().stop();
            context.getSourceApplicationContext().start();
            assertThat(context.getBean(Counter.class).increment()).isEqualTo(2);
            assertThat(fake(context).events).containsExactly("start", "submit", "stop", "start", "submit");
        });
    }

    @Test
    void memberThatCanNotStartFailsTheApplicationWithAnAnalysis() {
        var failure = new ReplicaStartException(
                ReplicaStartException.Problem.PORT_IN_USE, "port 7401 is in use", new IOException());
        runner.withInitializer(context ->
                        context.getBeanFactory().registerSingleton("failing", Objects.requireNonNull(failure)))
                .run(context -> {
                    assertThat(context).hasFailed();
                    assertThat(context.getStartupFailure()).hasRootCauseInstanceOf(IOException.class);
                    var analysis = new ReplicaStartFailureAnalyzer(null)
                            .analyze(Objects.requireNonNull(context.getStartupFailure()));
                    assertThat(Objects.requireNonNull(analysis).getDescription())
                            .contains("port 7401 is in use");
                    assertThat(analysis.getAction()).contains("raft.transport.port");
                });
    }

    private static FakeReplica fake(ApplicationContext context) {
        return context.getBean(FakeReplica.class);
    }

    @Configuration(proxyBeanMethods = false)
    static class Faked {
        @Bean
        FakeReplica fakeReplica(RaftStateMachinePostProcessor machines, ObjectProvider<ReplicaStartException> failure) {
            FakeReplica fake = new FakeReplica(machines::stateMachines);
            fake.startFailure = failure.getIfAvailable();
            return fake;
        }

        @Bean(destroyMethod = "stop")
        Replica replica(FakeReplica fake) {
            return fake.replica();
        }
    }

    @RaftStateMachine
    static class Counter {
        private int value;

        @RaftCommand
        int increment() {
            return ++value;
        }

        @RaftQuery
        int value() {
            return value;
        }
    }

    private static final class Recording implements SmartLifecycle {
        private final int phase;
        private final List<String> order;
        private boolean running;

        Recording(int phase, List<String> order) {
            this.phase = phase;
            this.order = order;
        }

        @Override
        public void start() {
            running = true;
            order.add("web start");
        }

        @Override
        public void stop() {
            running = false;
            order.add("web stop");
        }

        @Override
        public boolean isRunning() {
            return running;
        }

        @Override
        public int getPhase() {
            return phase;
        }
    }
}
