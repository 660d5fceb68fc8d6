package io.raftboot.spring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.spring.call.StateMachineDefinition;
import io.raftboot.spring.machine.AnnotatedStateMachine;
import io.raftboot.spring.machine.StateMachineInspector;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.DayOfWeek;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A state is written alike however it came about, so that members can compare it. */
class CanonicalStateTests {
    record Place(String shelf, int row) {}

    record Stock(Map<String, Integer> counts, Set<Place> places, Set<Integer> numbers, List<String> order) {}

    record Week(Map<DayOfWeek, String> shifts, Set<DayOfWeek> open) {}

    record Routes(Map<Place, String> names) {}

    private static String canonical(@Nullable Object state, Class<?> type) throws IOException {
        var out = new ByteArrayOutputStream();
        new JsonRaftCodec().writeCanonical(state, type, out);
        return out.toString(UTF_8);
    }

    private static Stock stock(
            Map<String, Integer> counts, Set<Place> places, Set<Integer> numbers, boolean backwards) {
        var names = new ArrayList<>(List.of("Aa", "BB", "C", "other"));
        var numbered = new ArrayList<>(List.of(1, 17, 33, 900));
        if (backwards) {
            Collections.reverse(names);
            Collections.reverse(numbered);
        }
        names.forEach(name -> counts.put(name, name.length()));
        names.forEach(name -> places.add(new Place(name, 1)));
        numbers.addAll(numbered);
        return new Stock(counts, places, numbers, List.of("z", "a"));
    }

    @Test
    void orderInWhichMapsAndSetsIterateMakesNoDifference() throws IOException {
        String one = canonical(stock(new HashMap<>(), new HashSet<>(), new HashSet<>(), false), Stock.class);
        assertThat(one)
                .isEqualTo(
                        "{\"counts\":{\"Aa\":2,\"BB\":2,\"C\":1,\"other\":5},\"places\":[{\"shelf\":\"Aa\",\"row\":1}"
                                + ",{\"shelf\":\"BB\",\"row\":1},{\"shelf\":\"C\",\"row\":1},{\"shelf\":\"other\",\"row\":1}]"
                                + ",\"numbers\":[1,17,33,900],\"order\":[\"z\",\"a\"]}");
        // As a snapshot brings them back.
        assertThat(canonical(
                        stock(new LinkedHashMap<>(), new LinkedHashSet<>(), new LinkedHashSet<>(), true), Stock.class))
                .isEqualTo(one);
        assertThat(canonical(
                        stock(
                                new TreeMap<>(Collections.reverseOrder()),
                                new HashSet<>(1000),
                                new HashSet<>(1000),
                                true),
                        Stock.class))
                .isEqualTo(one);
    }

    @Test
    void whatDiffersIsWrittenOtherwise() throws IOException {
        var one = stock(new HashMap<>(), new HashSet<>(), new HashSet<>(), false);
        var other = stock(new HashMap<>(), new HashSet<>(), new HashSet<>(), false);
        other.numbers().remove(17);
        assertThat(canonical(other, Stock.class)).isNotEqualTo(canonical(one, Stock.class));
    }

    @Test
    void constantsAreInTheirOwnOrder() throws IOException {
        var shifts = new EnumMap<DayOfWeek, String>(DayOfWeek.class);
        shifts.put(DayOfWeek.MONDAY, "a");
        shifts.put(DayOfWeek.FRIDAY, "b");
        var read = new LinkedHashMap<DayOfWeek, String>();
        read.put(DayOfWeek.FRIDAY, "b");
        read.put(DayOfWeek.MONDAY, "a");
        assertThat(canonical(
                        new Week(read, new LinkedHashSet<>(List.of(DayOfWeek.SUNDAY, DayOfWeek.TUESDAY))), Week.class))
                .isEqualTo(canonical(new Week(shifts, EnumSet.of(DayOfWeek.TUESDAY, DayOfWeek.SUNDAY)), Week.class))
                .contains("{\"MONDAY\":\"a\",\"FRIDAY\":\"b\"}");
    }

    @Test
    void stateThatIsAMapItselfIsSorted() throws IOException {
        assertThat(canonical(new LinkedHashMap<>(Map.of("b", 1, "a", 2)), Map.class))
                .isEqualTo("{\"a\":2,\"b\":1}");
        assertThat(canonical(null, Map.class)).isEqualTo("null");
    }

    @RaftStateMachine("plain")
    static class Plain {
        final Map<String, Integer> words = new HashMap<>();

        @RaftCommand
        public void put(String word) {
            words.put(word, 1);
        }

        @RaftSnapshot
        public Map<String, Integer> save() {
            return words;
        }

        @RaftRestore
        public void restore(Map<String, Integer> saved) {
            words.putAll(saved);
        }
    }

    @RaftStateMachine("raw")
    static class NotComparable extends Plain {
        @Override
        @RaftSnapshot(comparable = false, detached = true)
        public Map<String, Integer> save() {
            return new HashMap<>(words);
        }
    }

    private static AnnotatedStateMachine machine(Plain bean) {
        StateMachineDefinition definition = StateMachineInspector.inspect(bean.getClass());
        return new AnnotatedStateMachine(definition, bean, JsonRaftCodec::new);
    }

    @Test
    void annotatedMachineGivesItsStateUnlessItSaysThatItCannotBeCompared() throws IOException {
        var bean = new Plain();
        bean.put("BB");
        bean.put("Aa");
        var out = new ByteArrayOutputStream();
        var captured = Objects.requireNonNull(machine(bean).canonicalState());
        bean.put("later");
        captured.writeTo(out);
        assertThat(out).hasToString("{\"Aa\":1,\"BB\":1}");
        assertThat(machine(new NotComparable()).canonicalState()).isNull();
    }
}
