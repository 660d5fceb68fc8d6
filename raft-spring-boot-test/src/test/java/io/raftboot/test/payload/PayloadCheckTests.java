package io.raftboot.test.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.raftboot.spring.JsonRaftCodec;
import io.raftboot.spring.RaftArgumentException;
import io.raftboot.spring.RaftCommand;
import io.raftboot.spring.RaftQuery;
import io.raftboot.spring.RaftRestore;
import io.raftboot.spring.RaftSnapshot;
import io.raftboot.spring.RaftStateMachine;
import io.raftboot.test.RaftCluster;
import io.raftboot.test.RaftTest;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A cluster checks by itself what its application writes. */
@RaftTest(nodes = 1)
class PayloadCheckTests {
    record Tag(Object value) {}

    @RaftStateMachine("tags")
    static class Tags {
        private Map<String, Object> tags = new HashMap<>();

        @RaftCommand
        public void tag(String name, Tag tag) {
            tags.put(name, tag.value());
        }

        @RaftCommand
        public void price(String name, String price) {
            tags.put(name, new BigDecimal(price));
        }

        @RaftQuery
        public Tag half(int number) {
            return new Tag(new BigDecimal(number).divide(new BigDecimal(2)));
        }

        @RaftSnapshot
        public Map<String, Object> save() {
            return tags;
        }

        @RaftRestore
        public void restore(Map<String, Object> snapshot) {
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
    }

    private Tags tags = new Tags();

    @BeforeEach
    void find(RaftCluster cluster) {
        tags = cluster.leader().bean(Tags.class);
    }

    @Test
    void argumentThatDoesNotComeBackFailsItsCall() {
        assertThatExceptionOfType(RaftArgumentException.class)
                .isThrownBy(() -> tags.tag("a", new Tag(new BigDecimal("1.5"))))
                .withMessageContaining("Tag.value was 1.5 of java.math.BigDecimal");
        tags.tag("a", new Tag("text"));
    }

    @Test
    void resultThatDoesNotComeBackFailsItsCall() {
        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(() -> tags.half(3))
                .withMessageContaining("Tag.value was 1.5 of java.math.BigDecimal");
    }

    @Test
    void stateThatDoesNotComeBackFailsTheCommandThatMadeIt() {
        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(() -> tags.price("a", "1.5"))
                .withMessageContaining("the state of 'tags' can't be a snapshot")
                .withMessageContaining("[a] was 1.5 of java.math.BigDecimal");
    }

    @Test
    void codecIsStillFoundByItsClass(RaftCluster cluster) {
        assertThat(cluster.leader().bean(JsonRaftCodec.class)).isNotNull();
    }
}
