package io.raftboot.replica.duty;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class VotersTests {
    private static final Voters NOBODY = new Voters(List.of(), List.of());
    private static final Voters ALONE = new Voters(List.of(1L), List.of());
    private static final Voters JOINT = new Voters(List.of(1L, 2L, 3L), List.of(3L, 4L, 5L));

    @Test
    void nothingHoldsForAllOrMostOfNobody() {
        assertThat(NOBODY.all(id -> true)).isFalse();
        assertThat(NOBODY.majority(id -> true)).isFalse();
        assertThat(NOBODY.areOnly(1)).isFalse();
        assertThat(NOBODY.includeOthersThan(1)).isFalse();
    }

    @Test
    void jointConfigurationNeedsAMajorityOfEitherHalf() {
        assertThat(JOINT.majority(id -> id <= 3)).isFalse();
        assertThat(JOINT.majority(id -> id >= 3)).isFalse();
        assertThat(JOINT.majority(id -> id >= 2 && id <= 4)).isTrue();
        assertThat(JOINT.all(id -> id <= 4)).isFalse();
        assertThat(JOINT.contains(5)).isTrue();
    }

    @Test
    void halfThatCanSpareFewestCounts() {
        assertThat(JOINT.spare(id -> true)).isEqualTo(1);
        assertThat(JOINT.spare(id -> id != 3)).isZero();
        assertThat(JOINT.spare(id -> id != 1)).isZero();
        assertThat(JOINT.spare(id -> id <= 3)).isEqualTo(-1);
        assertThat(ALONE.spare(id -> true)).isZero();
        assertThat(NOBODY.spare(id -> true)).isNegative();
    }

    @Test
    void whoVotesAloneWaitsForNobody() {
        assertThat(ALONE.areOnly(1)).isTrue();
        assertThat(ALONE.areOnly(2)).isFalse();
        assertThat(new Voters(List.of(1L), List.of(1L, 2L)).areOnly(1)).isFalse();
        assertThat(ALONE.includeOthersThan(1)).isFalse();
        assertThat(new Voters(List.of(1L), List.of(1L, 2L)).includeOthersThan(1))
                .isTrue();
    }
}
