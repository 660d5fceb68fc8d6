package io.raftboot.test.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.raftboot.autoconfigure.RaftAutoConfiguration;
import io.raftboot.spring.InvalidStateMachineException;
import io.raftboot.spring.JsonRaftCodec;
import io.raftboot.spring.RaftArgumentException;
import io.raftboot.spring.RaftCommand;
import io.raftboot.spring.RaftQuery;
import io.raftboot.spring.RaftRestore;
import io.raftboot.spring.RaftSnapshot;
import io.raftboot.spring.RaftStateMachine;
import io.raftboot.test.RaftCluster;
import io.raftboot.test.RaftPayloadCheckAutoConfiguration;
import io.raftboot.test.RaftTest;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A cluster checks by itself what its application writes. */
@RaftTest(nodes = 1)
class PayloadCheckTests {
    /** Says by itself what is written, and forgets something that nothing but the value itself tells. */
    record Price(BigDecimal amount, String currency) {
        @JsonValue
        String text() {
            return amount.toString();
        }

        @JsonCreator
        static Price of(String text) {
            return new Price(new BigDecimal(text), "EUR");
        }
    }

    record Tag(Price value) {}

    @RaftStateMachine("tags")
    static class Tags {
        private Map<String, Price> tags = new HashMap<>();

        @RaftCommand
        public void tag(String name, Tag tag) {
            tags.put(name, tag.value());
        }

        @RaftCommand
        public void price(String name, String price) {
            tags.put(name, new Price(new BigDecimal(price), "USD"));
        }

        @RaftQuery
        public Tag half(int number) {
            return new Tag(new Price(new BigDecimal(number), "USD"));
        }

        @RaftSnapshot
        public Map<String, Price> save() {
            return tags;
        }

        @RaftRestore
        public void restore(Map<String, Price> snapshot) {
            tags = snapshot;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {
        @Bean
        Tags tags() {
            return new Tags();
        }

        @Bean
        Carts carts() {
            return new Carts();
        }
    }

    private Tags tags = new Tags();

    @BeforeEach
    void find(RaftCluster cluster) {
        tags = cluster.leader().bean(Tags.class);
    }

    @Test
    void argumentThatDoesNotComeBackFailsItsCall() {
        assertThatExceptionOfType(RaftArgumentException.class)
                .isThrownBy(() -> tags.tag("a", new Tag(new Price(BigDecimal.ONE, "USD"))))
                .withMessageContaining("Tag.value.currency was USD, and comes back as EUR");
        tags.tag("a", new Tag(new Price(BigDecimal.ONE, "EUR")));
    }

    @Test
    void resultThatDoesNotComeBackFailsItsCall() {
        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(() -> tags.half(3))
                .withMessageContaining("Tag.value.currency was USD, and comes back as EUR");
    }

    @Test
    void stateThatDoesNotComeBackFailsTheCommandThatMadeIt() {
        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(() -> tags.price("a", "1.5"))
                .withMessageContaining("the state of 'tags' can't be a snapshot")
                .withMessageContaining("[a].currency was USD, and comes back as EUR");
    }

    @Test
    void objectThatIsChangedAtTwoPlacesFailsTheCommandThatPutItThere(RaftCluster cluster) {
        var carts = cluster.leader().bean(Carts.class);
        carts.add("a", "apple");
        carts.add("b", "pear");
        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(() -> carts.share("a", "b"))
                .withMessageContaining("the state of 'carts' can't be a snapshot")
                .withMessageContaining("[b] is the same java.util.ArrayList as ")
                .withMessageContaining("[a], and comes back as another one");
    }

    @Test
    void applicationIsRefusedAtStartAsItIsElsewhere() {
        new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(RaftAutoConfiguration.class, RaftPayloadCheckAutoConfiguration.class))
                .withPropertyValues("raft.storage=memory")
                .withBean(Loose.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(InvalidStateMachineException.class)
                        .hasMessageContaining("java.lang.Object"));
    }

    @RaftStateMachine("loose")
    static class Loose {
        @RaftCommand
        public void put(Object any) {}
    }

    @RaftStateMachine("carts")
    static class Carts {
        private Map<String, List<String>> carts = new TreeMap<>();

        @RaftCommand
        public void add(String cart, String item) {
            carts.computeIfAbsent(cart, none -> new ArrayList<>()).add(item);
        }

        @RaftCommand
        public void share(String cart, String other) {
            carts.put(other, carts.get(cart));
        }

        @RaftSnapshot
        public Map<String, List<String>> save() {
            return carts;
        }

        @RaftRestore
        public void restore(Map<String, List<String>> state) {
            carts = new TreeMap<>(state);
        }
    }

    @Test
    void codecIsStillFoundByItsClass(RaftCluster cluster) {
        assertThat(cluster.leader().bean(JsonRaftCodec.class)).isNotNull();
    }
}
