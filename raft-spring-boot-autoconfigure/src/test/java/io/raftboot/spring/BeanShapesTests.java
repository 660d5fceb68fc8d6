package io.raftboot.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.raftboot.spring.foreign.ForeignBase;
import io.raftboot.spring.machine.StateMachineInspector;
import java.io.InputStream;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import kotlin.coroutines.Continuation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What is refused by the name of the member that is in the way. */
class BeanShapesTests {
    @ParameterizedTest(name = "{0}")
    @MethodSource("misfits")
    void whatCouldNotBeReplicatedIsRefusedByName(Class<?> type, String reason) {
        assertThatExceptionOfType(InvalidStateMachineException.class)
                .isThrownBy(() -> StateMachineInspector.inspect(type))
                .withMessageContaining(type.getName())
                .withMessageContaining(reason)
                .satisfies(e -> assertThat(e.action()).isNotBlank());
    }

    static Stream<Arguments> misfits() {
        return Stream.of(
                Arguments.of(
                        OfForeignBase.class,
                        "package-private method packagePrivate() of " + ForeignBase.class.getName()),
                Arguments.of(FinalUnannotated.class, "final method current()"),
                Arguments.of(FinalInherited.class, "final method current() of " + FinalUnannotated.class.getName()),
                Arguments.of(PublicField.class, "public field open"),
                Arguments.of(PublicFieldInherited.class, "public field open of " + PublicField.class.getName()),
                Arguments.of(PrivateConstructor.class, "has private constructors only"),
                Arguments.of(AnEnum.class, "is an enum"),
                Arguments.of(WithBeans.class, "@Bean method text()"),
                Arguments.of(Runner.class, "org.springframework.boot.ApplicationRunner"),
                Arguments.of(Listener.class, "org.springframework.context.ApplicationListener"),
                Arguments.of(Converter.class, "Converter.convert()"),
                Arguments.of(Stages.class, "CompletionStage"),
                Arguments.of(Monos.class, "reactor.core.publisher.Mono<java.lang.Integer>, from add()"),
                Arguments.of(Fluxes.class, "reactor.core.publisher.Flux"),
                Arguments.of(Publishers.class, "Flow$Publisher"),
                Arguments.of(Streams.class, "java.util.stream.Stream"),
                Arguments.of(IntStreams.class, "java.util.stream.IntStream"),
                Arguments.of(Iterators.class, "java.util.Iterator"),
                Arguments.of(Iterables.class, "java.lang.Iterable"),
                Arguments.of(OptionalOfStream.class, "java.util.stream.Stream"),
                Arguments.of(ArrayOfStreams.class, "java.util.stream.Stream"),
                Arguments.of(MapOfMonos.class, "reactor.core.publisher.Mono"),
                Arguments.of(TakesStream.class, "takes java.io.InputStream in add()"),
                Arguments.of(GenericMono.class, "reactor.core.publisher.Mono"),
                Arguments.of(SavesStream.class, "java.util.stream.Stream"),
                Arguments.of(Suspending.class, "suspending function add()"));
    }

    @Test
    void anonymousClassNeedsANameOfItsOwn() {
        Named unnamed = new Named() {
            @Override
            public int add(int amount) {
                return amount;
            }
        };
        assertThatExceptionOfType(InvalidStateMachineException.class)
                .isThrownBy(() -> StateMachineInspector.inspect(unnamed.getClass()))
                .withMessageContaining("without a name of its own");
    }

    @Test
    void internalFunctionOfKotlinKeepsTheNameItHasInTheSource() {
        assertThat(StateMachineInspector.inspect(Internal.class).commands().namesWithVersions())
                .containsExactly("increase/1", "rename/1");
    }

    @Test
    void dollarInANameOfJavaIsPartOfIt() {
        assertThat(StateMachineInspector.inspect(Dollar.class).commands().namesWithVersions())
                .containsExactly("inc$main/1");
    }

    @RaftStateMachine
    interface Named {
        @RaftCommand
        int add(int amount);
    }

    @RaftStateMachine
    static class OfForeignBase extends ForeignBase {}

    @RaftStateMachine
    static class FinalUnannotated {
        private int count;

        @RaftCommand
        int add() {
            return ++count;
        }

        public final int current() {
            return count;
        }
    }

    @RaftStateMachine
    static class FinalInherited extends FinalUnannotated {}

    @RaftStateMachine
    static class PublicField {
        public int open;

        @RaftCommand
        int add() {
            return ++open;
        }
    }

    @RaftStateMachine
    static class PublicFieldInherited extends PublicField {}

    @RaftStateMachine
    static class PrivateConstructor {
        private PrivateConstructor() {}

        static PrivateConstructor create() {
            return new PrivateConstructor();
        }

        @RaftCommand
        void add() {}
    }

    @RaftStateMachine
    enum AnEnum {
        ONE;

        @RaftCommand
        void add() {}
    }

    @RaftStateMachine
    @Configuration
    static class WithBeans {
        @RaftCommand
        void add() {}

        @Bean
        String text() {
            return "";
        }
    }

    @RaftStateMachine
    static class Runner implements ApplicationRunner {
        @RaftCommand
        void add() {}

        @Override
        public void run(ApplicationArguments arguments) {}
    }

    @RaftStateMachine
    static class Listener implements ApplicationListener<ApplicationEvent> {
        @RaftCommand
        void add() {}

        @Override
        public void onApplicationEvent(ApplicationEvent event) {}
    }

    @RaftStateMachine
    static class Converter implements org.springframework.core.convert.converter.Converter<String, String> {
        @RaftCommand
        void add() {}

        @Override
        public String convert(String source) {
            return source;
        }
    }

    @RaftStateMachine
    abstract static class Stages {
        @RaftCommand
        abstract CompletionStage<Integer> add();
    }

    @RaftStateMachine
    abstract static class Monos {
        @RaftCommand
        abstract Mono<Integer> add();
    }

    @RaftStateMachine
    abstract static class Fluxes {
        @RaftQuery
        abstract Flux<Integer> all();
    }

    @RaftStateMachine
    abstract static class Publishers {
        @RaftQuery
        abstract Flow.Publisher<Integer> all();
    }

    @RaftStateMachine
    abstract static class Streams {
        @RaftQuery
        abstract Stream<String> all();
    }

    @RaftStateMachine
    abstract static class IntStreams {
        @RaftQuery
        abstract IntStream all();
    }

    @RaftStateMachine
    abstract static class Iterators {
        @RaftQuery
        abstract Iterator<String> all();
    }

    @RaftStateMachine
    abstract static class Iterables {
        @RaftQuery
        abstract Iterable<String> all();
    }

    @RaftStateMachine
    abstract static class OptionalOfStream {
        @RaftQuery
        abstract Optional<Stream<String>> all();
    }

    @RaftStateMachine
    abstract static class ArrayOfStreams {
        @RaftQuery
        abstract Stream<String>[] all();
    }

    @RaftStateMachine
    abstract static class MapOfMonos {
        @RaftQuery
        abstract Map<String, List<? extends Mono<String>>> all();
    }

    @RaftStateMachine
    abstract static class TakesStream {
        @RaftCommand
        abstract void add(InputStream in);
    }

    @RaftStateMachine
    abstract static class TakesCallable {
        @RaftCommand
        abstract void add(Callable<String> made);
    }

    abstract static class Of<T> {
        @RaftQuery
        abstract T get();
    }

    @RaftStateMachine
    abstract static class GenericMono extends Of<Mono<String>> {}

    @RaftStateMachine
    abstract static class SavesStream {
        @RaftCommand
        abstract void add();

        @RaftSnapshot
        abstract Stream<String> save();

        @RaftRestore
        abstract void restore(List<String> state);
    }

    /** A class as Kotlin's compiler makes it of {@code suspend fun add(): Int}. */
    @RaftStateMachine
    abstract static class Suspending {
        @RaftCommand
        abstract @Nullable Object add(Continuation<? super Integer> completion);
    }

    /** A class as Kotlin's compiler makes it of {@code internal fun increase()} in the module main. */
    @RaftStateMachine
    @kotlin.Metadata
    static class Internal {
        @RaftCommand
        @SuppressWarnings("checkstyle:MethodName")
        void increase$main() {}

        @RaftCommand("rename")
        void other$my_module() {}
    }

    @RaftStateMachine
    static class Dollar {
        @RaftCommand
        void inc$main() {}
    }
}
