package io.raftboot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.raftboot.replica.Replica;
import io.raftboot.replica.ReplicaStartException;
import io.raftboot.replica.ReplicaState;
import io.raftboot.spring.InvalidStateMachineException;
import io.raftboot.spring.LeaderOnly;
import io.raftboot.spring.RaftCommand;
import io.raftboot.spring.RaftRestore;
import io.raftboot.spring.RaftSnapshot;
import io.raftboot.spring.RaftStateMachine;
import io.raftboot.testing.Echo;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.Mockito;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.NestedExceptionUtils;

/** Parents and children: one member, and nothing that is replicated in silence nowhere. */
class ContextHierarchyTests {
    @TempDir
    private Path directory;

    @Test
    void parentAndChildWithTheAutoConfigurationHaveOneMember() {
        var builder = new SpringApplicationBuilder(WithMember.class, Counter.class)
                .web(WebApplicationType.NONE)
                .properties("raft.storage=memory", "raft.data-dir=" + directory);
        try (var child =
                builder.child(WithMember.class).web(WebApplicationType.NONE).run()) {
            var parent = Objects.requireNonNull(child.getParent());
            var replica = parent.getBean(Replica.class);
            assertThat(child.getBean(Replica.class)).isSameAs(replica);
            assertThat(child.getBeanNamesForType(RaftNodeLifecycle.class)).isEmpty();
            assertThat(child.getBean(Counter.class).increment()).isEqualTo(1);
            assertThat(replica.state()).isEqualTo(ReplicaState.RUNNING);
            assertThat(parent.getBean(Counter.class).increment()).isEqualTo(2);
            ((ConfigurableApplicationContext) parent).close();
        }
    }

    @Test
    void childAloneWithTheAutoConfigurationHasTheMember() {
        try (var child = new SpringApplicationBuilder(Plain.class)
                .web(WebApplicationType.NONE)
                .child(WithMember.class, Counter.class)
                .web(WebApplicationType.NONE)
                .run("--raft.storage=memory", "--raft.data-dir=" + directory)) {
            assertThat(child.getBean(Counter.class).increment()).isEqualTo(1);
            ((ConfigurableApplicationContext) Objects.requireNonNull(child.getParent())).close();
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {Counter.class, ByInterface.class, Echo.class, Final.class})
    void machineOfAChildIsRefusedWhereTheParentHasTheMember(Class<?> machine) {
        member().run(parent -> {
            assertRefused(new ApplicationContextRunner().withParent(parent).withUserConfiguration(machine), "child");
            if (machine != Final.class) {
                assertRefused(
                        new ApplicationContextRunner()
                                .withParent(parent)
                                .withConfiguration(AutoConfigurations.of(RaftAutoConfiguration.class))
                                .withUserConfiguration(machine),
                        "child with the auto-configuration");
            }
            assertThat(parent.getBean(Replica.class).state()).isEqualTo(ReplicaState.RUNNING);
        });
    }

    @ParameterizedTest
    @ValueSource(classes = {Counter.class, ByInterface.class, Echo.class, Final.class, Leading.class, Wholly.class})
    void whatAnAncestorMadeBeforeTheMemberIsRefused(Class<?> bean) {
        new ApplicationContextRunner().withUserConfiguration(bean).run(top -> new ApplicationContextRunner()
                .withParent(top)
                .run(middle -> assertRefused(member().withParent(middle), "ancestor")));
    }

    @ParameterizedTest
    @ValueSource(classes = {Leading.class, Wholly.class})
    void leaderOnlyBeanOfAChildWithoutTheAutoConfigurationIsRefused(Class<?> bean) {
        member().run(parent -> {
            var child = new ApplicationContextRunner().withParent(parent).withUserConfiguration(bean);
            assertRefused(child, "child");
            child.withConfiguration(AutoConfigurations.of(RaftAutoConfiguration.class))
                    .run(context -> assertThat(context).hasNotFailed());
        });
    }

    @Test
    void childrenThatUseTheMemberAreLeftAlone() {
        member().withUserConfiguration(Counter.class).run(parent -> new ApplicationContextRunner()
                .withParent(parent)
                .withBean("mock", Counter.class, () -> Mockito.mock(Counter.class))
                .withBean("user", Plain.class)
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    context.getBean("mock");
                }));
    }

    @ParameterizedTest
    @ValueSource(classes = {ByInterface.class, LeadingByInterface.class})
    void lazyBeanOfAChildIsRefusedWhenItIsCreated(Class<?> beans) {
        member().run(parent -> new ApplicationContextRunner()
                .withParent(parent)
                .withInitializer(lazily())
                .withUserConfiguration(beans)
                .run(child -> assertThatExceptionOfType(BeanCreationException.class)
                        .isThrownBy(() -> child.getBean("machine"))
                        .havingRootCause()
                        .isInstanceOf(InvalidStateMachineException.class)
                        .withMessageContaining("is in the context '" + child.getId() + "'")
                        .withMessageContaining("is in the context '" + parent.getId() + "'")));
    }

    @Test
    void lazyMachineDeclaredByItsClassIsRefusedAtTheStart() {
        member().run(parent -> assertRefused(
                new ApplicationContextRunner()
                        .withParent(parent)
                        .withInitializer(lazily())
                        .withUserConfiguration(Counter.class),
                "lazy child"));
    }

    @Test
    void contextAboveIsLeftAloneWhenTheMemberHasGone() {
        new ApplicationContextRunner()
                .withInitializer(lazily())
                .withUserConfiguration(ByInterface.class)
                .run(top -> {
                    member().withParent(top).run(child -> {
                        assertThat(child).hasNotFailed();
                        assertThatExceptionOfType(BeanCreationException.class)
                                .isThrownBy(() -> child.getBean(Api.class));
                    });
                    assertThat(top.getBean(Api.class)).isNotNull();
                });
    }

    @Test
    void memberDoesNotKeepAProcessWhoseChildContextCouldNotStart() {
        Set<Thread> before = keepers();
        var builder = new SpringApplicationBuilder(WithMember.class)
                .web(WebApplicationType.NONE)
                .properties("raft.storage=memory", "raft.data-dir=" + directory);
        ConfigurableApplicationContext parent = builder.run();
        try (parent) {
            // Members of other tests may still be ending, so what counts is which keepers are new, not how many there
            // are.
            assertThat(keepersSince(before)).hasSize(1);
            assertThatExceptionOfType(BeanCreationException.class)
                    .isThrownBy(() -> new SpringApplicationBuilder(Failing.class)
                            .parent(parent)
                            .web(WebApplicationType.NONE)
                            .run());
            await().until(() -> keepersSince(before).isEmpty());
            assertThat(parent.getBean(Replica.class).state()).isEqualTo(ReplicaState.RUNNING);
        }
    }

    private static Set<Thread> keepersSince(Set<Thread> before) {
        Set<Thread> since = keepers();
        since.removeAll(before);
        return since;
    }

    private static Set<Thread> keepers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(KeepAlive.THREAD_NAME))
                .collect(Collectors.toSet());
    }

    @Test
    void siblingsWithOneDirectoryAreRefusedByItsName() {
        String data = "--raft.data-dir=" + directory.resolve("data");
        var first = new SpringApplicationBuilder(Plain.class)
                .web(WebApplicationType.NONE)
                .child(WithMember.class)
                .web(WebApplicationType.NONE);
        try (var running = first.run(data)) {
            assertThat(running.getBean(Replica.class).state()).isEqualTo(ReplicaState.RUNNING);
            assertThatExceptionOfType(Exception.class)
                    .isThrownBy(() -> first.sibling(WithMember.class)
                            .web(WebApplicationType.NONE)
                            .run(data))
                    .satisfies(failure -> assertThat(failure)
                            .hasStackTraceContaining(ReplicaStartException.class.getName())
                            .hasStackTraceContaining(directory.toString()));
            ((ConfigurableApplicationContext) Objects.requireNonNull(running.getParent())).close();
        }
    }

    private ApplicationContextRunner member() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(RaftAutoConfiguration.class))
                .withPropertyValues("raft.storage=memory", "raft.data-dir=" + directory);
    }

    private static ApplicationContextInitializer<ConfigurableApplicationContext> lazily() {
        return context -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor());
    }

    private static void assertRefused(ApplicationContextRunner runner, String where) {
        runner.run(context -> assertThat(
                        NestedExceptionUtils.getMostSpecificCause(Objects.requireNonNull(context.getStartupFailure())))
                .as(where)
                .isInstanceOf(InvalidStateMachineException.class)
                .hasMessageContaining("is in the context '")
                .hasMessageMatching("(?s).*(Counter|Echo|Final|Leading|Wholly).*"));
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(RaftAutoConfiguration.class)
    static class WithMember {}

    @Configuration(proxyBeanMethods = false)
    static class Plain {}

    @Configuration(proxyBeanMethods = false)
    static class Failing {
        @Bean
        Object failing() {
            throw new IllegalStateException("on purpose");
        }
    }

    interface Api {
        int increment();
    }

    @RaftStateMachine("counter")
    static class Counter implements Api {
        private int value;

        @Override
        @RaftCommand
        public int increment() {
            return ++value;
        }

        @RaftSnapshot
        int save() {
            return value;
        }

        @RaftRestore
        void load(int saved) {
            value = saved;
        }
    }

    @RaftStateMachine("final")
    static final class Final {
        @RaftCommand
        int increment() {
            return 1;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ByInterface {
        @Bean
        Api machine() {
            return new Counter();
        }
    }

    interface Led {
        void lead();
    }

    @Configuration(proxyBeanMethods = false)
    static class LeadingByInterface {
        @Bean
        Led machine() {
            return new LeadingLed();
        }
    }

    static class LeadingLed implements Led {
        @Override
        @LeaderOnly
        public void lead() {}
    }

    static class Leading {
        @LeaderOnly
        void lead() {}
    }

    @LeaderOnly
    static class Wholly {
        void lead() {}
    }
}
