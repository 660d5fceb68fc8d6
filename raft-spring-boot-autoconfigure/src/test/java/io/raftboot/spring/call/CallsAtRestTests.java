package io.raftboot.spring.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.autoconfigure.RaftAutoConfiguration;
import io.raftboot.spring.RaftCommand;
import io.raftboot.spring.RaftQuery;
import io.raftboot.spring.RaftRefusedException;
import io.raftboot.spring.RaftStateMachine;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;

class CallsAtRestTests {
    private static final List<String> REFUSALS = new ArrayList<>();

    @Test
    void callsBeforeAndAfterTheMemberSayWhenToCallInstead(@TempDir Path directory) {
        REFUSALS.clear();
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(RaftAutoConfiguration.class))
                .withBean(Counter.class)
                .withBean(Caller.class)
                .withPropertyValues("raft.storage=memory", "raft.data-dir=" + directory)
                .run(context -> assertThat(context).hasNotFailed());
        assertThat(REFUSALS).hasSize(5);
        assertThat(REFUSALS.subList(0, 2)).allSatisfy(message -> assertThat(message)
                .contains("@PostConstruct")
                .contains("ApplicationReadyEvent")
                .contains("SmartLifecycle.start()"));
        assertThat(REFUSALS.get(2)).isEqualTo("applied");
        assertThat(REFUSALS.subList(3, 5)).allSatisfy(message -> assertThat(message)
                .contains("@PreDestroy")
                .contains("ContextClosedEvent")
                .contains("SmartLifecycle.stop()"));
    }

    private static void call(Runnable call) {
        try {
            call.run();
            REFUSALS.add("applied");
        } catch (RaftRefusedException e) {
            REFUSALS.add(e.getMessage());
        }
    }

    static class Caller {
        private final Counter counter;

        Caller(Counter counter) {
            this.counter = counter;
        }

        @PostConstruct
        void begin() {
            call(counter::increment);
            call(counter::value);
        }

        @EventListener
        void closing(ContextClosedEvent event) {
            call(counter::increment);
        }

        @PreDestroy
        void end() {
            call(counter::increment);
            call(counter::value);
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
}
