package io.raftboot.replica.duty;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ByteBudgetTests {
    private final ByteBudget budget = new ByteBudget(100);

    @Test
    void takesWhatFitsAndGivesItBack() {
        assertThat(budget.reserve(60)).isTrue();
        assertThat(budget.reserve(40)).isTrue();
        assertThat(budget.reserve(1)).isFalse();
        budget.release(60);
        assertThat(budget.reserve(60)).isTrue();
        budget.release(60);
        budget.release(40);
        assertThat(budget.heldBytes()).isZero();
    }

    @Test
    void whatIsLargerThanTheLimitFitsAlone() {
        assertThat(budget.reserve(500)).isTrue();
        assertThat(budget.reserve(1)).isFalse();
        budget.release(500);
        assertThat(budget.reserve(1)).isTrue();
        assertThat(budget.reserve(500)).isFalse();
    }

    @Test
    void noLimitIsNone() {
        var unlimited = new ByteBudget(Long.MAX_VALUE);
        assertThat(unlimited.reserve(Long.MAX_VALUE / 2)).isTrue();
        assertThat(unlimited.reserve(1)).isTrue();
    }
}
