package io.raftboot.spring.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.raftboot.api.Consistency;
import io.raftboot.spring.InvalidStateMachineException;
import io.raftboot.spring.RaftCommand;
import io.raftboot.spring.RaftParameter;
import io.raftboot.spring.RaftQuery;
import io.raftboot.spring.RaftRestore;
import io.raftboot.spring.RaftSnapshot;
import io.raftboot.spring.RaftStateMachine;
import io.raftboot.spring.call.StateMachineDefinition;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.Scheduled;

class StateMachineInspectorTests {
    @Test
    void readsWhatTheAnnotationsSay() {
        StateMachineDefinition definition = StateMachineInspector.inspect(Good.class);
        assertThat(definition.name()).isEqualTo("stock");
        assertThat(definition.commands().namesWithVersions()).containsExactly("add/1", "remove/1");
        assertThat(definition.queries().namesWithVersions()).containsExactly("count/1");
        assertThat(definition.queries().newest("count").freshness().consistency())
                .isEqualTo(Consistency.LOCAL);
        assertThat(definition.commands().newest("add").parameters())
                .extracting(RaftParameter::name)
                .containsExactly("sku", "quantity");
        assertThat(definition.snapshot()).isNotNull();
    }

    @Test
    void nameIsThatOfTheClassUnlessGiven() {
        assertThat(StateMachineInspector.machineName(Unnamed.class)).isEqualTo("unnamed");
        assertThat(StateMachineInspector.machineName(Good.class)).isEqualTo("stock");
    }

    @Test
    void genericSuperclassIsReadWithItsTypes() {
        StateMachineDefinition definition = StateMachineInspector.inspect(OfStrings.class);
        assertThat(definition.commands().newest("put").parameters().get(0).type())
                .isEqualTo(String.class);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("misfits")
    void whatCouldNotWorkFailsWithTheReason(Class<?> type, String reason) {
        assertThatExceptionOfType(InvalidStateMachineException.class)
                .isThrownBy(() -> StateMachineInspector.inspect(type))
                .withMessageContaining(type.getName())
                .withMessageContaining(reason)
                .satisfies(e -> assertThat(e.action()).isNotBlank());
    }

    static Stream<Arguments> misfits() {
        return Stream.of(
                Arguments.of(ARecord.class, "is a record"),
                Arguments.of(AFinalClass.class, "is final"),
                Arguments.of(PrivateCommand.class, "private method add()"),
                Arguments.of(StaticCommand.class, "static method add()"),
                Arguments.of(FinalQuery.class, "final method count()"),
                Arguments.of(PrivateSave.class, "private method save()"),
                Arguments.of(VersionZero.class, "the version 0"),
                Arguments.of(StaleButLinearizable.class, "the query count() with maxStaleness = \"1s\""),
                Arguments.of(
                        StalenessOfWords.class,
                        "the query count() with maxStaleness = \"a while\", which is no duration"),
                Arguments.of(StalenessOfNothing.class, "the query count() with maxStaleness = \"0s\""),
                Arguments.of(TwoOfOneName.class, "two operations of one name and version: 'add'"),
                Arguments.of(SaveWithoutRestore.class, "no @RaftRestore"),
                Arguments.of(RestoreWithoutSave.class, "no @RaftSnapshot"),
                Arguments.of(TwoSaves.class, "two methods with @RaftSnapshot"),
                Arguments.of(SaveOfNothing.class, "can't be used: save"),
                Arguments.of(RestoreOfTwo.class, "can't be used: restore"),
                Arguments.of(CommandAndQuery.class, "several things at once"),
                Arguments.of(Futures.class, "returns a future"),
                Arguments.of(Nothing.class, "neither a command nor a query"),
                Arguments.of(OnSchedule.class, "tick()"),
                Arguments.of(OnEvent.class, "event()"));
    }

    @RaftStateMachine
    static class StaleButLinearizable {
        @RaftQuery(maxStaleness = "1s")
        int count() {
            return 0;
        }
    }

    @RaftStateMachine
    static class StalenessOfWords {
        @RaftQuery(consistency = Consistency.LOCAL, maxStaleness = "a while")
        int count() {
            return 0;
        }
    }

    @RaftStateMachine
    static class StalenessOfNothing {
        @RaftQuery(consistency = Consistency.LOCAL, maxStaleness = "0s")
        int count() {
            return 0;
        }
    }

    @RaftStateMachine("stock")
    static class Good {
        @RaftCommand
        int add(String sku, int quantity) {
            return quantity + sku.length();
        }

        @RaftCommand("remove")
        void delete(String sku) {}

        @RaftQuery(consistency = Consistency.LOCAL)
        int count(String sku) {
            return sku.length();
        }

        @RaftSnapshot
        List<String> save() {
            return List.of();
        }

        @RaftRestore
        void restore(List<String> state) {}
    }

    @RaftStateMachine
    static class Unnamed {}

    static class Of<T> {
        @RaftCommand
        void put(T value) {}
    }

    @RaftStateMachine
    static class OfStrings extends Of<String> {}

    @RaftStateMachine
    record ARecord() {
        @RaftCommand
        void add() {}
    }

    @RaftStateMachine
    static final class AFinalClass {
        @RaftCommand
        void add() {}
    }

    @RaftStateMachine
    static class PrivateCommand {
        @RaftCommand
        @SuppressWarnings("UnusedMethod")
        private void add() {}
    }

    @RaftStateMachine
    static class StaticCommand {
        @RaftCommand
        static void add() {}
    }

    @RaftStateMachine
    static class FinalQuery {
        @RaftQuery
        final int count() {
            return 1;
        }
    }

    @RaftStateMachine
    static class PrivateSave extends Good {
        @RaftSnapshot
        @SuppressWarnings("UnusedMethod")
        private String save(String different) {
            return different;
        }
    }

    @RaftStateMachine
    static class TwoOfOneName {
        @RaftCommand
        void add(int quantity) {}

        @RaftCommand
        void add(String sku) {}
    }

    @RaftStateMachine
    static class SaveWithoutRestore {
        @RaftCommand
        void add() {}

        @RaftSnapshot
        String save() {
            return "";
        }
    }

    @RaftStateMachine
    static class RestoreWithoutSave {
        @RaftCommand
        void add() {}

        @RaftRestore
        void restore(String state) {}
    }

    @RaftStateMachine
    static class TwoSaves extends SaveWithoutRestore {
        @RaftSnapshot
        String saveAgain() {
            return "";
        }
    }

    @RaftStateMachine
    static class SaveOfNothing {
        @RaftCommand
        void add() {}

        @RaftSnapshot
        void save() {}
    }

    @RaftStateMachine
    static class RestoreOfTwo {
        @RaftCommand
        void add() {}

        @RaftRestore
        void restore(String first, String second) {}
    }

    @RaftStateMachine
    static class CommandAndQuery {
        @RaftCommand
        @RaftQuery
        void add() {}
    }

    @RaftStateMachine
    static class Futures {
        @RaftCommand
        CompletableFuture<String> add() {
            return new CompletableFuture<>();
        }
    }

    @RaftStateMachine
    static class Nothing {
        void add() {}
    }

    @RaftStateMachine
    static class OnSchedule {
        @RaftCommand
        void add() {}

        @Scheduled(fixedRate = 1000)
        void tick() {}
    }

    @RaftStateMachine
    static class OnEvent {
        @RaftCommand
        void add() {}

        @EventListener(Object.class)
        void event() {}
    }

    static class VersionZero {
        @RaftCommand(version = 0)
        void add() {}
    }
}
