package io.raftboot.replica.divergence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ResultLogTests {
    private final ResultLog log = new ResultLog(1);

    @Test
    void firstDifferenceIsThatOfTheFirstEntryThatBothKnow() {
        for (long index = 5; index <= 9; index++) {
            log.add(index, 100 + index, "command " + index);
        }
        var slice = log.slice(5, 8);
        assertThat(slice.firstIndex()).isEqualTo(6);
        assertThat(slice.hashes()).containsExactly(106, 107, 108);
        assertThat(slice.firstDifference(7, List.of(107L, 1L, 1L))).isEqualTo(8);
        assertThat(slice.name(8)).isEqualTo("command 8");
        assertThat(slice.name(9)).isNull();
        assertThat(slice.firstDifference(6, List.of(106L, 107L))).isZero();
        assertThat(slice.firstDifference(0, List.of())).isZero();
    }

    @Test
    void entryWithoutAResultOnOneSideIsNoDifference() {
        log.add(1, Hash64.NONE, null);
        log.add(2, 5, null);
        assertThat(log.slice(0, 2).firstDifference(1, List.of(7L, Hash64.NONE))).isZero();
    }

    @Test
    void oldEntriesAreForgotten() {
        for (long index = 1; index <= 5000; index++) {
            log.add(index, index, null);
        }
        var slice = log.slice(0, 5000);
        assertThat(slice.hashes()).hasSize(1024).startsWith(3977).endsWith(5000);
        assertThat(slice.firstIndex()).isEqualTo(3977);
    }

    @Test
    void whatDoesNotFollowBeginsAnew() {
        log.add(1, 1, null);
        log.add(100, 2, null);
        assertThat(log.slice(0, 100).firstIndex()).isEqualTo(100);
        assertThat(log.slice(0, 50).hashes()).isEmpty();
    }
}
