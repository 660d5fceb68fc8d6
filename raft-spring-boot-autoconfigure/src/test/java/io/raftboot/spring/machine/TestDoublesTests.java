package io.raftboot.spring.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.spring.RaftCommand;
import io.raftboot.spring.RaftStateMachine;
import io.raftboot.spring.RaftStateMachineProxyTests;
import io.raftboot.testing.FakeReplica;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.context.bean.override.convention.TestBean;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.context.bean.override.mockito.MockitoSpyBean;

/** Mocks and spies of state machines are as those of any bean. */
@SpringBootTest(classes = TestDoublesTests.Machines.class)
class TestDoublesTests {
    @Autowired
    FakeReplica fake;

    @Autowired
    RaftStateMachinePostProcessor machines;

    @MockitoBean
    Mocked mocked;

    @MockitoSpyBean
    Spied spied;

    @TestBean
    @SuppressWarnings("NullAway.Init")
    Faked faked;

    @Autowired
    ByHand byHand;

    @Test
    void mockAnswersByItself() {
        Mockito.when(mocked.add(2)).thenReturn(7);
        assertThat(mocked.add(2)).isEqualTo(7);
        assertThat(faked.add(2)).isEqualTo(-1);
        Mockito.when(byHand.add(2)).thenReturn(8);
        assertThat(byHand.add(2)).isEqualTo(8);
        assertThat(fake.events).isEmpty();
        assertThat(machines.stateMachines()).containsOnlyKeys("spied");
    }

    @Test
    void spyReplicatesAndIsVerifiable() {
        fake.events.clear();
        assertThat(spied.add(2)).isEqualTo(2);
        Mockito.verify(spied).add(2);
        Mockito.verifyNoMoreInteractions(spied);
        assertThat(fake.events).containsExactly("submit");
        Mockito.doReturn(9).when(spied).add(3);
        assertThat(spied.add(3)).isEqualTo(9);
        assertThat(fake.events).containsExactly("submit");
        fake.events.clear();
    }

    static Faked faked() {
        return new Faked() {
            @Override
            int add(int amount) {
                return -1;
            }
        };
    }

    static class Counter {
        private int count;

        @RaftCommand
        int add(int amount) {
            count += amount;
            return count;
        }
    }

    @RaftStateMachine("mocked")
    static class Mocked extends Counter {}

    @RaftStateMachine("spied")
    static class Spied extends Counter {}

    @RaftStateMachine("faked")
    static class Faked extends Counter {}

    @RaftStateMachine("byHand")
    static class ByHand extends Counter {}

    @Configuration(proxyBeanMethods = false)
    @org.springframework.context.annotation.Import({
        RaftStateMachineProxyTests.Base.class,
        Mocked.class,
        Spied.class,
        Faked.class
    })
    static class Machines {
        @Bean
        ByHand byHand() {
            return Mockito.mock(ByHand.class);
        }
    }
}
