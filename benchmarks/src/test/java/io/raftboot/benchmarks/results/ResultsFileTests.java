package io.raftboot.benchmarks.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsFileTests {
    private static final Result WRITES = new Result(
            new Cell("raft", Kind.WRITES, 3, 256, 64, 10, 1),
            Map.of(Figure.PER_SECOND, 57659.25, Figure.P50_MICROS, 918.0, Figure.FAILED, 0.0));
    private static final Result GAP =
            new Result(new Cell("jgroups", Kind.LEADER_KILLED, 5, 1024, 64, 0, 2), Map.of(Figure.MILLIS, 1234.5));

    @TempDir
    private Path directory;

    private Path file = Path.of("");

    @BeforeEach
    void nameFile() {
        file = directory.resolve("results.csv");
    }

    @Test
    void anotherRunKnowsWhatTheOneBeforeMeasured() throws Exception {
        var first = ResultsFile.open(file);
        first.add(WRITES);
        first.add(GAP);

        var second = ResultsFile.open(file);

        assertThat(second.all()).containsExactly(WRITES, GAP);
        assertThat(second.contains(WRITES.cell())).isTrue();
        assertThat(second.contains(new Cell("raft", Kind.WRITES, 3, 256, 64, 10, 2)))
                .isFalse();
        assertThat(second.contains(new Cell("raft", Kind.READS, 3, 256, 64, 10, 1)))
                .isFalse();
    }

    @Test
    void aFigureThatASystemCannotTellIsNoZero() throws Exception {
        ResultsFile.open(file).add(GAP);

        assertThat(ResultsFile.open(file).all().iterator().next().figures()).containsOnlyKeys(Figure.MILLIS);
        assertThat(Files.readAllLines(file).get(1)).startsWith("jgroups,leader_killed,5,1024,64,0,2,,");
    }

    @Test
    void withoutAFileResultsAreKeptInMemory() throws Exception {
        var results = ResultsFile.open(null);
        results.add(WRITES);

        assertThat(results.contains(WRITES.cell())).isTrue();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aLineThatWasCutShortIsNamed() throws Exception {
        ResultsFile.open(file).add(WRITES);
        Files.writeString(file, "raft,writes,3,256,6", StandardOpenOption.APPEND);

        assertThatThrownBy(() -> ResultsFile.open(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("results.csv, line 3");
    }

    @Test
    void aFileOfSomethingElseIsLeftAlone() throws Exception {
        Files.writeString(file, "a,b\n1,2\n");

        assertThatThrownBy(() -> ResultsFile.open(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not begin with");
        assertThat(file).hasContent("a,b\n1,2\n");
    }

    @Test
    void aSystemWithACommaWouldShiftTheColumns() {
        assertThatThrownBy(() -> new Cell("a,b", Kind.WRITES, 3, 256, 1, 10, 1))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
