package io.raftboot.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonIncludeProperties;
import com.fasterxml.jackson.annotation.JsonValue;
import io.raftboot.spring.call.ValueFormat;
import io.raftboot.spring.payload.ValueDifference;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Type;
import java.sql.Timestamp;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Date;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.annotation.JsonSerialize;

/** ValueFormat that would come back as others though what is written of them is the same. */
@NullUnmarked
@SuppressWarnings({"ArrayRecordComponent", "JavaUtilDate", "UnusedVariable"}) // Any field may be state.
class PayloadChangesTests {
    private final JsonRaftCodec codec = new JsonRaftCodec();

    static class Animal {
        int legs = 4;
    }

    /** Has no field more, so that its JSON says nothing of it. */
    static class Dog extends Animal {}

    static class Bird extends Animal {
        int wings = 2;
    }

    record Cage(Animal one, List<Animal> list, Map<String, Animal> map, Optional<Animal> maybe, Animal[] array) {
        Cage(Animal one) {
            this(one, List.of(), Map.of(), Optional.empty(), new Animal[0]);
        }
    }

    interface Types {
        List<Animal> list();

        Set<Animal> set();

        Collection<Animal> collection();

        Deque<Animal> deque();

        Map<String, Animal> map();

        Map<String, List<Animal>> lists();

        Map.Entry<String, Animal> entry();

        Optional<Animal> maybe();

        SortedMap<String, Integer> sortedMap();

        SortedSet<String> sortedSet();

        Map<String, Integer> plainMap();

        List<SortedSet<String>> sets();

        Map<String, Optional<Integer>> optionals();

        Map.Entry<String, Optional<Integer>> optionalEntry();

        Map<Alike, Integer> alikes();
    }

    private static final Animal[] NONE = {};

    static final List<List<Object>> SUBCLASSES = List.of(
            List.of(Animal.class, new Dog()),
            List.of(Animal.class, new Bird()),
            List.of(Animal.class, new Animal() {}),
            List.of(Animal[].class, new Animal[] {new Animal(), new Bird()}),
            List.of(Animal[].class, new Dog[] {new Dog()}),
            List.of(type("list"), List.of(new Animal(), new Bird())),
            List.of(type("set"), Set.of(new Dog())),
            List.of(type("collection"), List.of(new Dog())),
            List.of(type("deque"), new ArrayDeque<>(List.of(new Dog()))),
            List.of(type("map"), Map.of("a", new Bird())),
            List.of(type("lists"), Map.of("a", List.of(new Dog()))),
            List.of(type("entry"), Map.entry("a", new Dog())),
            List.of(type("maybe"), Optional.of(new Dog())),
            List.of(Cage.class, new Cage(new Dog())),
            List.of(Cage.class, new Cage(null, List.of(new Dog()), null, Optional.empty(), NONE)),
            List.of(Cage.class, new Cage(null, null, Map.of("a", new Dog()), Optional.empty(), NONE)),
            List.of(Cage.class, new Cage(null, null, null, Optional.of(new Dog()), NONE)),
            List.of(Cage.class, new Cage(null, null, null, Optional.empty(), new Animal[] {new Dog()})));

    @ParameterizedTest
    @FieldSource("SUBCLASSES")
    void valueOfASubclassIsNotWritten(List<Object> row) {
        Type type = (Type) row.get(0);
        assertThat(codec.refusals(type)).isEmpty();
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> written(row.get(1), type))
                .withMessageContaining("would come back as a " + Animal.class.getTypeName());
    }

    @Test
    void valuesOfTheDeclaredClassAreWritten() throws IOException {
        var animal = new Animal();
        var cage = new Cage(
                animal, List.of(animal), Map.of("a", animal), Optional.of(animal), new Animal[] {animal, null});
        assertThat(roundTrip(cage, Cage.class)).usingRecursiveComparison().isEqualTo(cage);
        assertThat((List<?>) roundTrip(List.of(animal), type("list"))).hasSize(1);
    }

    record Stamped(Date at) {}

    @Test
    void dateThatKnowsMoreThanADateIsNotWritten() throws IOException {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> written(new Stamped(new Timestamp(5)), Stamped.class))
                .withMessageContaining("Stamped.at: a java.sql.Timestamp");
        assertThat(roundTrip(new Stamped(new Date(5)), Stamped.class)).isEqualTo(new Stamped(new Date(5)));
    }

    record Sorted(SortedMap<String, Integer> map) {}

    record Resorted(SortedMap<String, Integer> map) {
        Resorted {
            var reverse = new TreeMap<String, Integer>(Comparator.reverseOrder());
            reverse.putAll(map);
            map = reverse;
        }
    }

    static class Lazy {
        private SortedSet<String> set;
    }

    static class Eager {
        private final SortedSet<String> set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    }

    @Test
    void comparatorThatWouldBeLostIsRefusedHoweverFewThereAre() {
        var map = new TreeMap<String, Integer>(Comparator.reverseOrder());
        var set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        var lazy = new Lazy();
        lazy.set = set;
        var eager = new Eager();
        eager.set.add("a");
        var rows = List.of(
                List.of(map, type("sortedMap")),
                List.of(map, TreeMap.class),
                List.of(set, type("sortedSet")),
                List.of(List.of(set), type("sets")),
                List.of(new Sorted(map), Sorted.class),
                List.of(lazy, Lazy.class));
        for (List<? extends Object> row : rows) {
            assertThatExceptionOfType(IOException.class)
                    .as("%s", row.get(1))
                    .isThrownBy(() -> written(row.get(0), (Type) row.get(1)))
                    .withMessageContaining("with a Comparator")
                    .withMessageContaining("@RaftRestore");
        }
    }

    @Test
    void comparatorThatAConstructorMakesAgainIsLeft() throws IOException {
        var eager = new Eager();
        eager.set.add("b");
        var back = (Eager) roundTrip(eager, Eager.class);
        assertThat(back.set.comparator()).isSameAs(String.CASE_INSENSITIVE_ORDER);
        var resorted = (Resorted) roundTrip(new Resorted(new TreeMap<>(Map.of("a", 1))), Resorted.class);
        assertThat(resorted.map.comparator()).isEqualTo(Comparator.reverseOrder());
        var natural = new TreeMap<String, Integer>(Comparator.naturalOrder());
        natural.put("a", 1);
        assertThat(roundTrip(natural, type("sortedMap"))).isEqualTo(natural);
        var map = new TreeMap<String, Integer>(Comparator.reverseOrder());
        map.putAll(Map.of("a", 1, "b", 2));
        assertThat(((Map<?, ?>) roundTrip(map, type("plainMap"))).keySet().toArray())
                .containsExactly("b", "a");
    }

    static class Parts {
        String open = "o";
        String secret = "s";
    }

    static class Ignoring {
        @JsonIgnoreProperties("secret")
        List<Parts> parts;
    }

    static class Including {
        @JsonIncludeProperties("open")
        Parts parts;
    }

    static class Narrowed {
        @JsonSerialize(as = Animal.class)
        Bird bird;
    }

    enum Alike {
        ONE,
        OTHER;

        @JsonValue
        String text() {
            return "same";
        }
    }

    enum Mistaken {
        A,
        B;

        @JsonCreator
        static Mistaken of(String text) {
            return A;
        }
    }

    @Test
    void typesThatDropSomethingBelowAreRefused() {
        for (Class<?> type : List.of(Ignoring.class, Including.class, Narrowed.class, Alike.class, Mistaken.class)) {
            assertThat(codec.refusals(type)).as(type.getSimpleName()).hasSize(1);
        }
        assertThat(codec.refusals(Alike.class)).singleElement().asString().contains("OTHER", "comes back as ONE");
        for (String type : List.of("optionals", "optionalEntry", "alikes")) {
            assertThat(codec.refusals(type(type))).as(type).hasSize(1);
        }
        assertThat(codec.refusals(Optional[].class)).isNotEmpty();
    }

    @JsonDeserialize(builder = Built.Builder.class)
    static final class Built {
        private final String name;

        private Built(String name) {
            this.name = name;
        }

        static final class Builder {
            private String name;

            Builder withName(String name) {
                this.name = name;
                return this;
            }

            Built build() {
                return new Built(name);
            }
        }
    }

    @Test
    void classThatIsReadByItsBuilderWorks() throws IOException {
        assertThat(codec.refusals(Built.class)).isEmpty();
        assertThat(((Built) roundTrip(new Built("a"), Built.class)).name).isEqualTo("a");
    }

    sealed interface Option permits Some, None {}

    record Some(int value) implements Option {}

    static final class None implements Option {
        static final None INSTANCE = new None();

        private None() {}
    }

    record Chosen(Option option, None none) {}

    @Test
    void onlyInstanceOfAClassComesBackAsThat() throws IOException {
        var back = (Chosen) roundTrip(new Chosen(None.INSTANCE, None.INSTANCE), Chosen.class);
        assertThat(back.option()).isSameAs(None.INSTANCE);
        assertThat(back.none()).isSameAs(None.INSTANCE);
    }

    /** Says by itself what is written, and forgets something. */
    record Price(int cents, String currency) {
        @JsonValue
        int number() {
            return cents;
        }

        @JsonCreator
        static Price of(int cents) {
            return new Price(cents, "EUR");
        }
    }

    record Bill(List<Price> prices) {}

    @Test
    void argumentThatIsWrittenAlikeButComesBackOtherwiseIsRefused() throws IOException {
        check(new Bill(List.of(new Price(1, "EUR"))), Bill.class);
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> check(new Bill(List.of(new Price(1, "EUR"), new Price(1, "USD"))), Bill.class))
                .withMessageContaining(
                        "its prices[1].currency was USD of java.lang.String, and would come back as EUR");
    }

    static class NoEquals {
        int number;

        NoEquals() {}

        NoEquals(int number) {
            this.number = number;
        }
    }

    record Copying(Set<NoEquals> set, Map<String, int[]> map, NoEquals[] array, Optional<NoEquals> maybe) {
        Copying {
            set = Set.copyOf(set);
        }
    }

    @Test
    void argumentsWithoutEqualsAreComparedByTheirFields() throws IOException {
        var set = new HashSet<NoEquals>();
        for (int i = 0; i < 20; i++) {
            set.add(new NoEquals(i));
        }
        check(
                new Copying(set, Map.of("a", new int[] {1}), new NoEquals[] {null}, Optional.of(new NoEquals(1))),
                Copying.class);
        var nothing = new HashMap<String, Animal>();
        nothing.put("a", null);
        check(nothing, type("map"));
        check(
                new EnumMap<>(Map.of(Role.USER, 1)),
                codec.mapper().getTypeFactory().constructMapType(EnumMap.class, Role.class, Integer.class));
    }

    enum Role {
        USER
    }

    @Test
    void differenceNamesTheFirstPlace() {
        assertThat(text(List.of(1, 2), List.of(1, 3)))
                .isEqualTo("its element [1] was 2 of java.lang.Integer, and would come back as 3 of java.lang.Integer");
        assertThat(text(List.of(1), List.of())).isEqualTo("it was of 1 elements, and would come back as of 0 elements");
        assertThat(text(Map.of("a", new NoEquals(1)), Map.of("a", new NoEquals(2))))
                .startsWith("its element [a].number was 1 ");
        assertThat(text(new NoEquals(1), new NoEquals(1))).isEqualTo("nothing");
        assertThat(text(1, 1L)).contains("java.lang.Integer", "java.lang.Long");
        assertThat(ValueDifference.find(new Object(), new Object()).certain()).isFalse();
    }

    private static String text(Object one, Object other) {
        ValueDifference found = ValueDifference.find(one, other);
        return found == null ? "nothing" : found.text();
    }

    private void check(Object value, Type type) throws IOException {
        ValueFormat.checkComesBack(value, ValueFormat.encode(value, type, codec), type, codec);
    }

    private static Type type(String name) {
        try {
            return Types.class.getDeclaredMethod(name).getGenericReturnType();
        } catch (NoSuchMethodException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private byte[] written(Object value, Type type) throws IOException {
        var out = new ByteArrayOutputStream();
        codec.write(value, type, out);
        return out.toByteArray();
    }

    private Object roundTrip(Object value, Type type) throws IOException {
        return codec.read(new ByteArrayInputStream(written(value, type)), type);
    }
}
