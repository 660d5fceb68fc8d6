package io.raftboot.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

import io.raftboot.api.Outcome;
import io.raftboot.api.RaftGroup;
import io.raftboot.api.ReadOptions;
import io.raftboot.api.ReadOutcome;
import io.raftboot.autoconfigure.RaftAutoConfiguration;
import io.raftboot.replica.Replica;
import io.raftboot.spring.call.CallObserver;
import io.raftboot.spring.call.CalledMachines;
import io.raftboot.spring.call.StateMachineDefinition;
import io.raftboot.spring.machine.AnnotatedStateMachine;
import io.raftboot.spring.machine.StateMachineInspector;
import io.raftboot.testing.FakeReplica;
import io.raftboot.testing.FakedMember;
import io.raftboot.transport.Transport;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.context.junit.jupiter.SpringJUnitConfig;

/** What calls by {@link RaftOperations} knows neither the template nor the member behind it. */
class RaftOperationsTests {
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(RaftAutoConfiguration.class))
            .withBean(Transport.class, () -> mock(Transport.class))
            .withUserConfiguration(Application.class);

    @Test
    void mockAnswersInThePlaceOfTheTemplate() {
        RaftOperations raft = mock();
        given(raft.submitAndWait(eq("counter"), eq("add"), any(), eq(Integer.class), any()))
                .willReturn(7);
        assertThat(new Caller(raft).add(3)).isEqualTo(7);
    }

    @Test
    void templateIsInjectedAsTheOperations() {
        runner.run(context -> {
            assertThat(context.getBean(Caller.class).raft).isSameAs(context.getBean(RaftTemplate.class));
            assertThat(context.getBean(Caller.class).add(3)).isEqualTo(3);
        });
    }

    @Test
    void operationsOfTheApplicationComeBeforeTheTemplateTheyAreMadeOf() {
        runner.withUserConfiguration(Counting.class).run(context -> {
            assertThat(context.getBean(Caller.class).add(3)).isEqualTo(3);
            assertThat(context.getBean(Calls.class).count).isOne();
            assertThat(context.getBean(Counter.class).add(1)).isEqualTo(4);
            assertThat(context.getBean(Calls.class).count).isOne();
        });
    }

    @Test
    void templateNeedsNoMemberOfTheGroup() {
        var template = new RaftTemplate(new Remote(), new RemoteMachines(), new JsonRaftCodec(), CallObserver.NONE);
        assertThat(template.submitAndWait(
                        "counter", "add", Map.of("amount", 3), Integer.class, RaftCallOptions.defaults()))
                .isEqualTo(3);
        assertThat(template.queryAndWait("counter", "value", Map.of(), int.class, RaftCallOptions.defaults()))
                .isEqualTo(3);
        assertThat(template.submit("counter", new byte[] {1}).join()).isInstanceOf(Outcome.Refused.class);
    }

    @Nested
    @SpringJUnitConfig({Application.class, WithMember.class})
    class InATest {
        @MockitoBean
        private RaftOperations raft;

        @Test
        void beansAreReplicatedThoughTheTemplateIsReplaced(
                @Autowired Caller caller, @Autowired Counter counter, @Autowired FakeReplica fake) {
            assertThat(caller.raft).isSameAs(raft);
            assertThat(counter.add(5)).isEqualTo(5);
            assertThat(fake.events).containsExactly("start", "submit");
        }
    }

    /** A client of a group elsewhere, which has this one machine. */
    private static final class Remote implements RaftGroup {
        private final FakeReplica elsewhere = FakeReplica.of(Map.of(
                "counter",
                new AnnotatedStateMachine(
                        StateMachineInspector.inspect(Counter.class), new Counter(), JsonRaftCodec::new)));
        private final Replica member = elsewhere.replica();

        @Override
        public CompletableFuture<Outcome> submit(String machine, byte[] command, @Nullable Duration timeout) {
            return member.submit(machine, command, timeout);
        }

        @Override
        public CompletableFuture<Outcome> submitOnce(
                String machine, byte[] command, String idempotencyKey, @Nullable Duration timeout) {
            return member.submitOnce(machine, command, idempotencyKey, timeout);
        }

        @Override
        public CompletableFuture<ReadOutcome> read(String machine, byte[] query, ReadOptions options) {
            return member.read(machine, query, options);
        }
    }

    private static final class RemoteMachines implements CalledMachines {
        @Override
        public StateMachineDefinition definition(String machine) {
            return StateMachineInspector.inspect(Counter.class);
        }

        @Override
        public String misfit(String machine, byte[] command) {
            return "no bytes here";
        }
    }

    /** What an application has that calls. */
    static class Caller {
        private final RaftOperations raft;

        Caller(RaftOperations raft) {
            this.raft = raft;
        }

        @Nullable
        Integer add(int amount) {
            return raft.submitAndWait(
                    "counter", "add", Map.of("amount", amount), Integer.class, RaftCallOptions.defaults());
        }
    }

    @RaftStateMachine("counter")
    static class Counter {
        private int value;

        @RaftCommand
        int add(int amount) {
            value += amount;
            return value;
        }

        @RaftQuery
        int value() {
            return value;
        }
    }

    static final class Calls {
        private int count;
    }

    @Configuration(proxyBeanMethods = false)
    @Import(FakedMember.class)
    static class Application {
        @Bean
        Counter counter() {
            return new Counter();
        }

        @Bean
        Caller caller(RaftOperations raft) {
            return new Caller(raft);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Counting {
        @Bean
        Calls calls() {
            return new Calls();
        }

        @Bean
        RaftOperations counting(RaftTemplate template, Calls calls) {
            return (RaftOperations) Proxy.newProxyInstance(
                    RaftOperations.class.getClassLoader(),
                    new Class<?>[] {RaftOperations.class},
                    (proxy, method, arguments) -> {
                        // Spring asks it for its hash.
                        calls.count += method.getDeclaringClass() == RaftOperations.class ? 1 : 0;
                        return method.invoke(template, arguments);
                    });
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(RaftAutoConfiguration.class)
    static class WithMember {
        @Bean
        Transport transport() {
            return mock();
        }
    }
}
