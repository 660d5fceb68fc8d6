package io.raftboot.replica.change;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How many voters a group is to have from then on, as changes of single members have it. */
class WantedVotersTests {
    @Test
    void whoComesTakesAPlaceThatIsFree() {
        assertThat(WantedVoters.behind(2, 3, 3))
                .as("a dead one had been removed")
                .isEqualTo(3);
        assertThat(WantedVoters.behind(2, 3, 5)).as("two had").isEqualTo(5);
    }

    @Test
    void whoComesWhereNoPlaceIsFreeMakesOneMore() {
        assertThat(WantedVoters.behind(3, 4, 3)).isEqualTo(4);
        assertThat(WantedVoters.behind(3, 5, 0)).isEqualTo(5);
    }

    @Test
    void whoGoesIsNotWantedAnyMore() {
        assertThat(WantedVoters.behind(3, 2, 0)).isEqualTo(2);
        assertThat(WantedVoters.behind(3, 2, 5)).as("two others are still").isEqualTo(4);
    }

    @Test
    void asManyAsBeforeAreAsManyAsWereWanted() {
        assertThat(WantedVoters.behind(2, 2, 3)).isEqualTo(WantedVoters.AS_BEFORE);
    }
}
