package io.raftboot.replica.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** Keeps what a sorted map would keep, whatever order values come in and however far they lie apart. */
class SequenceWindowTests {
    private static Map<Long, String> content(SequenceWindow<String> window) {
        var found = new TreeMap<Long, String>();
        var order = new ArrayList<Long>();
        window.forEach((value, sequence) -> {
            found.put(sequence, value);
            order.add(sequence);
        });
        assertThat(order).isSorted();
        assertThat(order).doesNotHaveDuplicates();
        return found;
    }

    @RepeatedTest(40)
    void keepsWhatASortedMapKeeps(RepetitionInfo repetition) {
        var random = new Random(repetition.getCurrentRepetition());
        long lowest = random.nextBoolean() ? 0 : Long.MAX_VALUE - 400_000;
        int span = 1 << (2 + random.nextInt(17));
        var window = new SequenceWindow<String>(lowest);
        var model = new TreeMap<Long, String>();
        for (int step = 0; step < 2_000; step++) {
            long sequence = lowest + random.nextInt(span) - 2;
            switch (random.nextInt(8)) {
                case 0 -> {
                    long below = random.nextInt(20) == 0 ? sequence : lowest + random.nextInt(3);
                    var forgotten = new ArrayList<Long>();
                    window.forgetBelow(below, forgotten::add);
                    var gone = model.headMap(below);
                    assertThat(forgotten).containsExactlyInAnyOrderElementsOf(gone.keySet());
                    gone.clear();
                    lowest = Math.max(lowest, below);
                }
                case 1 -> assertThat(content(window)).isEqualTo(model);
                default -> {
                    window.put(sequence, "value " + step);
                    if (sequence >= lowest) {
                        model.put(sequence, "value " + step);
                    }
                }
            }
            assertThat(window.size()).isEqualTo(model.size());
            assertThat(window.lowest()).isEqualTo(lowest);
            assertThat(window.get(sequence)).isEqualTo(model.get(sequence));
        }
        assertThat(content(window)).isEqualTo(model);
    }

    @Test
    void whoLeapsTakesNoMoreThanAPlace() {
        var window = new SequenceWindow<String>(1);
        window.put(Long.MAX_VALUE, "far");
        window.put(1L << 40, "nearer");
        window.put(2, "near");
        assertThat(content(window))
                .containsExactly(
                        Map.entry(2L, "near"), Map.entry(1L << 40, "nearer"), Map.entry(Long.MAX_VALUE, "far"));
        var forgotten = new ArrayList<Long>();
        window.forgetBelow(Long.MAX_VALUE, forgotten::add);
        assertThat(forgotten).isEqualTo(List.of(2L, 1L << 40));
        assertThat(window.get(Long.MAX_VALUE)).isEqualTo("far");
        assertThat(content(window)).containsOnlyKeys(Long.MAX_VALUE);
    }

    @Test
    void whatWasFarIsFoundOnceItIsNear() {
        var window = new SequenceWindow<String>(0);
        long far = SequenceWindow.MAX_LENGTH + 10L;
        window.put(far, "first");
        window.forgetBelow(far - 2, sequence -> {});
        assertThat(window.get(far)).isEqualTo("first");
        window.put(far, "second");
        assertThat(window.get(far)).isEqualTo("second");
        assertThat(window.size()).isEqualTo(1);
        assertThat(content(window)).containsExactly(Map.entry(far, "second"));
    }
}
