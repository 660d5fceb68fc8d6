package io.raftboot.spring.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.raftboot.spring.InvalidStateMachineException;
import io.raftboot.spring.JsonRaftCodec;
import io.raftboot.spring.RaftArgumentException;
import io.raftboot.spring.RaftCodec;
import io.raftboot.spring.RaftCommand;
import io.raftboot.spring.RaftRestore;
import io.raftboot.spring.RaftSnapshot;
import io.raftboot.spring.RaftStateMachine;
import io.raftboot.spring.call.CallFormat;
import io.raftboot.spring.machine.PayloadCheck;
import io.raftboot.spring.machine.StateMachineInspector;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.StaticListableBeanFactory;

@NullUnmarked
class PayloadContractTests {
    private final JsonRaftCodec codec = new JsonRaftCodec();

    record Line(String sku, Number amount) {}

    record Ledger(Map<String, List<Line>> lines, Optional<Object> note) {}

    @Test
    void refusalNamesTheWayToTheField() {
        assertThat(codec.refusals(Ledger.class))
                .anySatisfy(text -> assertThat(text)
                        .startsWith("Ledger.lines.value[].amount (java.lang.Number)")
                        .endsWith("write long or BigDecimal"))
                .anySatisfy(text -> assertThat(text).startsWith("Ledger.note (java.lang.Object)"))
                .hasSize(2);
    }

    record ReadOnly(@JsonProperty(access = JsonProperty.Access.READ_ONLY) int number, int other) {}

    static class WriteOnly {
        @JsonProperty(access = JsonProperty.Access.WRITE_ONLY)
        int number;
    }

    @Test
    void whatIsWrittenOnlyOrReadOnlyIsRefused() {
        assertThat(codec.refusals(ReadOnly.class)).isNotEmpty();
        assertThat(codec.refusals(WriteOnly.class)).isNotEmpty();
    }

    static class ForPages {
        @JsonInclude(JsonInclude.Include.NON_NULL)
        String text = "first";

        @JsonFormat(pattern = "yyyy", timezone = "UTC")
        Instant at = Instant.EPOCH;

        @JsonProperty("n")
        int number;
    }

    @Test
    void annotationsForPagesTakeNothingAway() throws IOException {
        assertThat(codec.refusals(ForPages.class)).isEmpty();
        var value = new ForPages();
        value.text = null;
        value.at = Instant.parse("2026-01-02T03:04:05.678Z");
        value.number = 3;
        var back = (ForPages) roundTrip(value, ForPages.class);
        assertThat(back).usingRecursiveComparison().isEqualTo(value);
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    @JsonSubTypes(@JsonSubTypes.Type(value = Named.class, name = "named"))
    sealed interface Half permits Named, Forgotten {}

    record Named(int number) implements Half {}

    record Forgotten(int number) implements Half {}

    sealed interface Twice permits First.Item, Second.Item {}

    interface First {
        record Item() implements Twice {}
    }

    interface Second {
        record Item() implements Twice {}
    }

    sealed interface Wide permits OpenOne {}

    abstract static non-sealed class OpenOne implements Wide {}

    @Test
    void subtypesThatCanNotBeToldApartAreRefused() {
        assertThat(codec.refusals(Half.class)).singleElement().asString().contains("Forgotten", "@JsonSubTypes");
        assertThat(codec.refusals(Twice.class)).singleElement().asString().contains("two subtypes", "Item");
        assertThat(codec.refusals(Wide.class)).singleElement().asString().contains("OpenOne");
    }

    static class Totals {
        private final Map<String, Integer> byName = new TreeMap<>(Comparator.reverseOrder());
        private Map<String, Integer> byHand = Map.of();
        private List<String> first = new ArrayList<>(List.of("first"));
    }

    @Test
    void containersOfAStateKeepTheirKind() throws IOException {
        var totals = new Totals();
        totals.byName.put("a", 1);
        totals.byName.put("c", 3);
        totals.byHand = new LinkedHashMap<>(Map.of("z", 1));
        totals.first.set(0, "other");
        var back = (Totals) roundTrip(totals, Totals.class);
        back.byName.put("b", 2);
        assertThat(back.byName.keySet()).containsExactly("c", "b", "a");
        assertThat(back.byHand).isEqualTo(totals.byHand);
        assertThat(back.first).containsExactly("other");
    }

    record Noted(Optional<String> note) {}

    @Test
    void nullThatWouldComeBackAsAnEmptyOptionalIsNotWritten() {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> roundTrip(new Noted(null), Noted.class))
                .withMessageContaining("'note' is null");
    }

    @Test
    void localeWithoutALanguageTagIsNotWritten() {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> roundTrip(new Locale("no", "NO", "NY"), Locale.class))
                .withMessageContaining("no_NO_NY");
    }

    static class Knot {
        final List<Knot> knots = new ArrayList<>();
    }

    @Test
    void valueThatContainsItselfIsNotWritten() {
        assertThat(codec.refusals(Knot.class)).isEmpty();
        var knot = new Knot();
        knot.knots.add(knot);
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> roundTrip(knot, Knot.class))
                .withMessageContaining("contains itself");
    }

    static class Plain {
        int number;
    }

    static class More extends Plain {
        int more = 1;
    }

    static class Taking {
        @RaftCommand
        void take(Plain value) {}
    }

    @RaftStateMachine("takes")
    static class Takes extends Taking {}

    @Test
    void subclassOfADeclaredClassIsRefusedToTheCaller() {
        var method = StateMachineInspector.inspect(Takes.class).commands().newest("take");
        assertThat(CallFormat.encode(method, new Object[] {new Plain()}, codec)).isNotEmpty();
        assertThatExceptionOfType(RaftArgumentException.class)
                .isThrownBy(() -> CallFormat.encode(method, new Object[] {new More()}, codec))
                .withMessageContaining("parameter 'value'")
                .withMessageContaining(More.class.getName());
    }

    record Tag(String name) {}

    interface Echo<T> {
        @RaftCommand
        T echo(T value);
    }

    abstract static class Echoes<A, B> implements Echo<Map<A, List<B>>> {
        @RaftCommand
        B[] all(List<? extends B> values, A key) {
            return null;
        }
    }

    @RaftStateMachine("tags")
    static class Tags extends Echoes<String, List<Tag>> {
        @Override
        public Map<String, List<List<Tag>>> echo(Map<String, List<List<Tag>>> value) {
            return value;
        }
    }

    @RaftStateMachine("inherited")
    abstract static class Inherits extends Echoes<String, List<Tag>> {}

    @Test
    void typeVariablesAreBoundWithTheirOwnArguments() throws IOException {
        var value = Map.of("a", List.of(List.of(new Tag("x"))));
        for (Class<?> type : List.of(Tags.class, Inherits.class)) {
            Type echo = BoundTypes.resolve(echoOf(), type);
            assertThat(roundTrip(value, echo)).isEqualTo(value);
            assertThat(codec.refusals(echo)).isEmpty();
        }
        var all = StateMachineInspector.inspect(Tags.class).commands().newest("all");
        assertThat(all.parameters().get(1).type()).isEqualTo(String.class);
        var values = List.of(List.of(new Tag("x")));
        assertThat(roundTrip(values, all.parameters().get(0).type())).isEqualTo(values);
        assertThat(roundTrip(values.toArray(List[]::new), all.resultType())).isEqualTo(values.toArray());
    }

    private static Type echoOf() {
        return Echo.class.getDeclaredMethods()[0].getGenericReturnType();
    }

    @RaftStateMachine("bad")
    static class Bad {
        @RaftCommand
        Object put(Map<String, Object> values, String name) {
            return name;
        }

        @RaftSnapshot
        Map<Tag, String> save() {
            return Map.of();
        }

        @RaftRestore
        void restore(Map<Tag, String> state) {}
    }

    @Test
    void allRefusalsOfAnApplicationAreInOneMessage() {
        var factory = new StaticListableBeanFactory(Map.of("codec", codec));
        var check = new PayloadCheck(factory.getBeanProvider(RaftCodec.class));
        check.add(StateMachineInspector.inspect(Tags.class), Tags.class);
        check.check();
        check.add(StateMachineInspector.inspect(Bad.class), Bad.class);
        assertThatExceptionOfType(InvalidStateMachineException.class)
                .isThrownBy(check::check)
                .withMessageContaining(
                        "parameter 'values' of " + Bad.class.getName() + ".put(): Map.value (java.lang.Object)")
                .withMessageContaining("what " + Bad.class.getName() + ".put() returns: Object (java.lang.Object)")
                .withMessageContaining("what " + Bad.class.getName() + ".save() returns: Map.key")
                .withMessageContaining("parameter 'state' of " + Bad.class.getName() + ".restore(): Map.key");
    }

    private Object roundTrip(Object value, Type type) throws IOException {
        var out = new ByteArrayOutputStream();
        codec.write(value, type, out);
        return codec.read(new ByteArrayInputStream(out.toByteArray()), type);
    }
}
