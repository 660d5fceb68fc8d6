package io.raftboot.benchmarks.results;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComparisonTablesTests {
    private final List<Result> results = new ArrayList<>();

    @Test
    void medianLeastAndMostOfTheRounds() {
        writes("raft", 64, 1, 3000, 20);
        writes("raft", 64, 2, 1000, 10);
        writes("raft", 64, 3, 2000, 60);

        assertThat(ComparisonTables.of(results))
                .containsExactly(
                        "",
                        "writes that begin at the leader: 3 members, values of 256 bytes, 10 s",
                        "",
                        "| in flight | system | rounds | per second | user us/op | system us/op |",
                        "|---|---|---|---|---|---|",
                        "| 64 | raft | 3 | 2000 (1000-3000) | 20 (10-60) | 20 (10-60) |");
    }

    @Test
    void anEvenNumberOfRoundsHasItsMedianInTheMiddle() {
        writes("raft", 64, 1, 1000, 10);
        writes("raft", 64, 2, 2002, 11);

        assertThat(ComparisonTables.of(results))
                .contains("| 64 | raft | 2 | 1501 (1000-2002) | 10.5 (10-11) | 10.5 (10-11) |");
    }

    @Test
    void oursStandsBesideEachOtherRoundByRound() {
        writes("raft", 1, 1, 200, 10);
        writes("etcd", 1, 1, 100, 20);
        writes("raft", 1, 2, 900, 10);
        writes("etcd", 1, 2, 300, 40);

        // The ratio of the medians would be 550 / 200, which no round has seen.
        assertThat(ComparisonTables.of(results))
                .endsWith(
                        "",
                        "| in flight | raft / | per second | p50 | p99 | processor time | ms |",
                        "|---|---|---|---|---|---|---|",
                        "| 1 | etcd | 2.50 (2.00-3.00) |  |  | 0.38 (0.25-0.50) |  |");
    }

    @Test
    void aRoundThatTheOtherLacksHasNoRatio() {
        writes("raft", 1, 1, 200, 10);
        writes("raft", 1, 2, 800, 10);
        writes("etcd", 1, 2, 100, 20);

        assertThat(ComparisonTables.of(results)).endsWith("| 1 | etcd | 8.00 |  |  | 0.50 |  |");
    }

    @Test
    void levelsAreInOrderWhateverOrderTheyWereMeasuredIn() {
        writes("raft", 256, 1, 3, 1);
        writes("raft", 1, 1, 1, 1);
        writes("raft", 64, 1, 2, 1);

        assertThat(ComparisonTables.of(results))
                .endsWith(
                        "| 1 | raft | 1 | 1 | 1 | 1 |",
                        "| 64 | raft | 1 | 2 | 1 | 1 |",
                        "| 256 | raft | 1 | 3 | 1 | 1 |");
    }

    @Test
    void whatDiffersInSizeHasATableOfItsOwn() {
        writes("raft", 1, 1, 1, 1);
        add(new Cell("raft", Kind.WRITES, 5, 256, 1, 10, 1), Map.of(Figure.PER_SECOND, 7.0));
        add(new Cell("raft", Kind.RESTART, 1, 1024, 1000, 0, 1), Map.of(Figure.MILLIS, 12.5));

        assertThat(ComparisonTables.of(results))
                .contains(
                        "writes that begin at the leader: 5 members, values of 256 bytes, 10 s",
                        "all members start again over a log: 1 member, values of 1024 bytes",
                        "| 1000 | raft | 1 | 12.5 |");
    }

    private void writes(String system, int level, int round, double perSecond, double userMicros) {
        add(
                new Cell(system, Kind.WRITES, 3, 256, level, 10, round),
                Map.of(Figure.PER_SECOND, perSecond, Figure.USER_MICROS, userMicros, Figure.SYSTEM_MICROS, userMicros));
    }

    private void add(Cell cell, Map<Figure, Double> figures) {
        results.add(new Result(cell, figures));
    }
}
