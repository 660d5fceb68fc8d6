package io.raftboot.raft.tracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.raftboot.raft.testing.Seeds;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class InflightsTests {
    private static final int STEPS_PER_SEED = 5_000;

    private record Sent(long index, long bytes) {}

    @TestFactory
    List<DynamicTest> behavesLikeAPlainList() {
        return Seeds.tests("raft.seeds", 8, random -> {
            int maxMessages = 1 + random.nextInt(20);
            long maxBytes = random.nextBoolean() ? 0 : 1 + random.nextLong(300);
            Inflights inflights = new Inflights(maxMessages, maxBytes);
            Deque<Sent> model = new ArrayDeque<>();
            // Some runs cross the border where indexes become negative if taken as signed.
            long index = random.nextBoolean() ? 0 : Long.MAX_VALUE - 1_000;
            for (int i = 0; i < STEPS_PER_SEED; i++) {
                int choice = random.nextInt(10);
                if (choice < 6 && !inflights.isFull()) {
                    index += random.nextLong(4);
                    long bytes = random.nextLong(60);
                    inflights.add(index, bytes);
                    model.add(new Sent(index, bytes));
                } else if (choice < 9) {
                    long acked = index - random.nextLong(30);
                    inflights.freeUpTo(acked);
                    model.removeIf(sent -> Long.compareUnsigned(sent.index(), acked) <= 0);
                } else if (random.nextInt(50) == 0) {
                    inflights.reset();
                    model.clear();
                } else {
                    inflights = inflights.copy();
                }
                long bytes = model.stream().mapToLong(Sent::bytes).sum();
                assertThat(inflights.count()).isEqualTo(model.size());
                assertThat(inflights.isFull())
                        .isEqualTo(model.size() == maxMessages || (maxBytes > 0 && bytes >= maxBytes));
            }
        });
    }

    @Test
    void refusesToAddWhenFull() {
        Inflights inflights = new Inflights(1, 0);
        inflights.add(1, 1);

        assertThatIllegalStateException().isThrownBy(() -> inflights.add(2, 1));
        assertThat(inflights.count()).isEqualTo(1);
    }

    @Test
    void lastMessageMayExceedTheLimitInBytes() {
        Inflights inflights = new Inflights(10, 100);
        inflights.add(1, 99);
        assertThat(inflights.isFull()).isFalse();

        inflights.add(2, 1_000);

        assertThat(inflights.isFull()).isTrue();
        inflights.freeUpTo(1);
        assertThat(inflights.isFull()).isTrue();
        inflights.freeUpTo(2);
        assertThat(inflights.isFull()).isFalse();
    }

    @Test
    void lateAnswerFreesNothing() {
        Inflights inflights = new Inflights(10, 0);
        inflights.add(5, 1);
        inflights.add(9, 1);

        inflights.freeUpTo(4);

        assertThat(inflights.count()).isEqualTo(2);
    }

    @Test
    void copyIsIndependent() {
        Inflights inflights = new Inflights(10, 0);
        inflights.add(5, 1);
        Inflights copy = inflights.copy();

        copy.add(6, 1);
        inflights.freeUpTo(5);

        assertThat(inflights.count()).isZero();
        assertThat(copy.count()).isEqualTo(2);
    }

    @Test
    void windowWithoutPracticalLimitStaysUsableForever() {
        Inflights inflights = new Inflights(Integer.MAX_VALUE, 0);
        for (long index = 1; index <= 100_000; index++) {
            inflights.add(index, 1);
            inflights.freeUpTo(index - 1);
        }

        assertThat(inflights.count()).isEqualTo(1);
    }
}
