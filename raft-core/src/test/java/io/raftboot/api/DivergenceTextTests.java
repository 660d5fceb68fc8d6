package io.raftboot.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.api.Divergence.What;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DivergenceTextTests {
    @Test
    void exactOneNamesCommandIndexAndWhoStandsAlone() {
        var divergence = new Divergence("stock", What.RESULT, 16, 17, "pick", Map.of(3L, "ff", 1L, "aa", 2L, "aa"));
        assertThat(divergence.text())
                .startsWith(
                        "the results of commands of the state machine 'stock' are not the same on all members after the"
                                + " command 'pick' at index 17, which is the first after which they differ: member 1 has aa,"
                                + " member 2 has aa, member 3 has ff, so it is member 3 that differs from most. ");
    }

    @Test
    void rangeIsToldWhereTheCommandIsNotKnown() {
        var divergence = new Divergence("stock", What.STATE, 100, 200, null, Map.of(1L, "aa", 2L, "bb"));
        assertThat(divergence.text())
                .contains(
                        "the state of the state machine 'stock' is not the same on all members after the entry at index"
                                + " 200; after that at index 100 they still were: member 1 has aa, member 2 has bb. ");
        assertThat(divergence.outliers()).containsExactly(1L, 2L);
    }

    @Test
    void firstComparisonIsToldAsSuch() {
        var divergence = new Divergence("", What.SESSIONS, 0, 200, null, Map.of(1L, "aa", 2L, "bb", 3L, "cc"));
        assertThat(divergence.text())
                .startsWith(
                        "the kept results of the group's own state machine are not the same on all members after the"
                                + " entry at index 200, at which they were compared for the first time: member 1 has aa, member 2"
                                + " has bb, member 3 has cc. ");
    }

    @Test
    void entryWithoutANameIsToldByItsIndex() {
        var divergence = new Divergence("stock", What.STATE, 4, 5, null, Map.of(1L, "aa", 2L, "bb"));
        assertThat(divergence.text())
                .contains("after the entry at index 5, which is the first after which they differ");
    }
}
