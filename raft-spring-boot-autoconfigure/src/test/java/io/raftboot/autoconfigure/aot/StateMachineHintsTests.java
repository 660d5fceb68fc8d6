package io.raftboot.autoconfigure.aot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.aot.hint.predicate.RuntimeHintsPredicates.reflection;
import static org.springframework.aot.hint.predicate.RuntimeHintsPredicates.resource;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.SnapshotMetadata;
import io.raftboot.spring.RaftCommand;
import io.raftboot.spring.RaftDataSource;
import io.raftboot.spring.RaftQuery;
import io.raftboot.spring.RaftRestore;
import io.raftboot.spring.RaftSnapshot;
import io.raftboot.spring.RaftStateMachine;
import io.raftboot.spring.machine.RaftStateMachinePostProcessor;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.GeneratedFiles.Kind;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.beans.factory.aot.AotServices;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.javapoet.ClassName;

class StateMachineHintsTests {
    record Line(String sku, Price price) {}

    record Price(long cents) {}

    enum Reason {
        LOST
    }

    sealed interface Event permits Ordered, Cancelled {}

    record Ordered(List<Line> lines) implements Event {}

    record Cancelled(Reason reason) implements Event {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    @JsonSubTypes(@JsonSubTypes.Type(Parcel.class))
    interface Shipment {}

    record Parcel(int grams) implements Shipment {}

    record State(Map<String, Line> lines) {}

    static final class SoldOutException extends Exception {
        private static final long serialVersionUID = 1L;

        SoldOutException(String message) {
            super(message);
        }
    }

    static final class LateException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        LateException(String message) {
            super(message);
        }
    }

    abstract static class Machine<T> {
        @RaftCommand
        public T keep(T value) {
            return value;
        }
    }

    @RaftStateMachine("orders")
    @RaftDataSource(schema = "classpath:/orders.sql")
    static class Orders extends Machine<Line> {
        private State state = new State(Map.of());

        @RaftCommand(errors = LateException.class)
        Optional<Event> order(List<Line> lines, Shipment[] shipments) throws SoldOutException, IOException {
            return Optional.of(new Ordered(lines));
        }

        @RaftQuery
        ConfState members(String name) {
            return ConfState.getDefaultInstance();
        }

        @RaftQuery
        List<SnapshotMetadata> snapshots() {
            return List.of();
        }

        @RaftSnapshot
        State save() {
            return state;
        }

        @RaftRestore
        void restore(State snapshot) {
            state = snapshot;
        }

        void helper() {}
    }

    /** No state machine. */
    static class Plain {
        void act() {}
    }

    private final RuntimeHints hints = new RuntimeHints();

    private void register() {
        StateMachineHints.register(Orders.class, hints);
    }

    @Test
    void operationsMayBeCalledAndOtherMethodsMayNot() throws Exception {
        register();
        for (var operation : List.of("order", "members", "snapshots", "save", "restore")) {
            assertThat(reflection().onMethodInvocation(Orders.class, operation)).accepts(hints);
        }
        assertThat(reflection().onMethodInvocation(Machine.class.getMethod("keep", Object.class)))
                .accepts(hints);
        assertThat(reflection().onMethodInvocation(Orders.class, "helper")).rejects(hints);
        assertThat(reflection().onType(Orders.class)).accepts(hints);
        assertThat(reflection().onType(Machine.class)).accepts(hints);
    }

    @Test
    void typesThatAreWrittenMayBeMadeAndRead() {
        register();
        for (Class<?> type :
                List.of(Line.class, Price.class, Ordered.class, Cancelled.class, Parcel.class, State.class)) {
            assertThat(reflection().onType(type).withMemberCategory(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS))
                    .as(type.getName())
                    .accepts(hints);
        }
        assertThat(reflection().onMethodInvocation(Line.class, "price")).accepts(hints);
        assertThat(reflection().onType(Reason.class)).accepts(hints);
    }

    @Test
    void messagesMayBeAskedForTheirPartsAndThoseWithinThem() {
        register();
        for (Class<?> type : List.of(
                ConfState.class, ConfState.Builder.class, SnapshotMetadata.class, SnapshotMetadata.Builder.class)) {
            assertThat(reflection().onType(type).withMemberCategory(MemberCategory.INVOKE_PUBLIC_METHODS))
                    .as(type.getName())
                    .accepts(hints);
        }
    }

    @Test
    void failuresOfCommandsMayBeMadeAnew() throws Exception {
        register();
        for (Class<?> error : List.of(SoldOutException.class, LateException.class, IOException.class)) {
            assertThat(reflection().onConstructorInvocation(error.getDeclaredConstructor(String.class)))
                    .as(error.getName())
                    .accepts(hints);
        }
    }

    @Test
    void scriptOfTheTablesIsThere() {
        register();
        assertThat(resource().forResource("orders.sql")).accepts(hints);
    }

    @Test
    void processorIsFoundAndTakesStateMachinesAlone() {
        try (var context = new AnnotationConfigApplicationContext(Orders.class, Plain.class)) {
            var processor = AotServices.factories().load(BeanRegistrationAotProcessor.class).stream()
                    .filter(StateMachineHints.class::isInstance)
                    .findFirst()
                    .orElseThrow();
            var factory = context.getDefaultListableBeanFactory();
            assertThat(processor.processAheadOfTime(RegisteredBean.of(factory, name(context, Orders.class))))
                    .isNotNull();
            assertThat(processor.processAheadOfTime(RegisteredBean.of(factory, name(context, Plain.class))))
                    .isNull();
        }
    }

    private static String name(AnnotationConfigApplicationContext context, Class<?> type) {
        return context.getBeanNamesForType(type)[0];
    }

    @Test
    void proxyOfAStateMachineIsMadeAheadOfTime() {
        System.setProperty(AbstractAotProcessor.AOT_PROCESSING, "true");
        try (var context = new AnnotationConfigApplicationContext()) {
            context.register(Orders.class, Plain.class, RaftStateMachinePostProcessor.class);
            var files = new InMemoryGeneratedFiles();
            var generation = new DefaultGenerationContext(
                    new ClassNameGenerator(ClassName.get("io.raftboot.autoconfigure.aot", "Generated")), files);
            new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
            assertThat(files.getGeneratedFiles(Kind.CLASS).keySet())
                    .anyMatch(file -> file.endsWith("$Orders$$SpringCGLIB$$0.class"))
                    .noneMatch(file -> file.contains("$Plain$$"));
        } finally {
            System.clearProperty(AbstractAotProcessor.AOT_PROCESSING);
        }
    }
}
