package io.raftboot.linearizability;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The search against one that knows the definition alone, and against histories of true machines. */
class RandomHistoryTests {
    private static final Logger log = LoggerFactory.getLogger(RandomHistoryTests.class);

    private static final int SMALL_HISTORIES = 5_000;

    @ParameterizedTest
    @CsvSource({"7, 3, 0, 0", "7, 3, 40, 0", "6, 2, 30, 2", "8, 4, 60, 3", "7, 4, 80, 0"})
    void searchFindsAnOrderIfAndOnlyIfThereIsOne(int operations, int clients, int losses, int elements) {
        int linearizable = 0;
        for (long seed = 0; seed < SMALL_HISTORIES; seed++) {
            var history = damaged(
                    seed, RandomHistory.of(seed, new RandomHistory.Mix(operations, 1, clients, losses, elements)));
            boolean expected = BruteForce.isLinearizable(history);
            var findings = Linearizability.check(history);
            assertThat(findings.isLinearizable())
                    .as("seed %d: %s", seed, history)
                    .isEqualTo(expected);
            assertThat(findings.undecided()).isEmpty();
            linearizable += expected ? 1 : 0;
        }
        log.info("{} of {} histories are linearizable", linearizable, SMALL_HISTORIES);
        assertThat(linearizable).isBetween(SMALL_HISTORIES / 10, SMALL_HISTORIES * 9 / 10);
    }

    /** Another answer, other times, or an ending that is not true, in most of them. */
    private static List<Operation> damaged(long seed, List<Operation> history) {
        var random = new SplittableRandom(seed);
        var damaged = new ArrayList<>(history);
        for (int changes = random.nextInt(3); changes > 0; changes--) {
            int at = random.nextInt(history.size());
            var operation = damaged.get(at);
            damaged.set(
                    at,
                    switch (random.nextInt(4)) {
                        case 0 ->
                            RandomHistory.with(
                                    operation,
                                    operation.call(),
                                    new Operation.Done(operation.call().answer("e" + random.nextInt(6))));
                        case 1 -> RandomHistory.with(operation, operation.call(), new Operation.Failed());
                        case 2 -> moved(operation, random.nextInt(-40, 40));
                        default -> RandomHistory.with(operation, operation.call(), new Operation.Done(null));
                    });
        }
        return damaged;
    }

    private static Operation moved(Operation operation, long by) {
        return new Operation(
                operation.number(),
                operation.client(),
                operation.key(),
                operation.call(),
                operation.invoked() + by,
                operation.returned() + by,
                operation.ending());
    }

    @ParameterizedTest
    @CsvSource({"10000, 20, 10, 0", "10000, 20, 10, 10", "10000, 20, 10, 40", "4000, 1, 10, 10", "10000, 20, 30, 10"})
    void longHistoriesOfATrueMachineAreLinearizableWithFewSteps(int operations, int keys, int clients, int losses) {
        var history = RandomHistory.of(operations, new RandomHistory.Mix(operations, keys, clients, losses, 0));
        long begin = System.nanoTime();
        var findings = Linearizability.check(history);
        log.info("{} in {} ms", findings.lines().get(0), (System.nanoTime() - begin) / 1_000_000);
        assertThat(findings.isLinearizable()).as(findings.toString()).isTrue();
        assertThat(findings.steps()).isLessThan(2L * operations);
    }

    /** One answer in a long history is of another time; what was found says which. */
    @Test
    void oneStaleReadInALongHistoryIsFound() {
        for (long seed = 1; seed <= 20; seed++) {
            var history = new ArrayList<>(RandomHistory.of(seed, new RandomHistory.Mix(3000, 6, 10, 10, 0)));
            int at = lastReadOf("k3", history);
            history.set(
                    at, RandomHistory.with(history.get(at), history.get(at).call(), new Operation.Done(Call.EMPTY)));
            var findings = Linearizability.check(history);
            assertThat(findings.undecided()).isEmpty();
            assertThat(findings.violations())
                    .extracting(Findings.Violation::key)
                    .containsExactly("k3");
            assertThat(findings.violations().get(0).lines().get(1))
                    .isEqualTo("  the first that no order explains is " + history.get(at));
        }
    }

    private static int lastReadOf(String key, List<Operation> history) {
        for (int i = history.size() - 1; i >= 0; i--) {
            var operation = history.get(i);
            if (operation.key().equals(key)
                    && operation.call() instanceof Call.Read
                    && operation.ending() instanceof Operation.Done) {
                return i;
            }
        }
        throw new IllegalArgumentException(key);
    }
}
