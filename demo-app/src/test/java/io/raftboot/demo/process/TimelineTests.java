package io.raftboot.demo.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TimelineTests {
    private final Timeline timeline = new Timeline();

    private void command(long beginMillis, long endMillis, int refusals, int unanswered, boolean isAcknowledged) {
        timeline.add(new Timeline.Command(
                beginMillis * 1_000_000, endMillis * 1_000_000, refusals, unanswered, isAcknowledged));
    }

    private Timeline.Excerpt between(long beginMillis, long endMillis) {
        return timeline.between(beginMillis * 1_000_000, endMillis * 1_000_000);
    }

    @Test
    void stallIsTheLongestTimeWithoutAnAcknowledgementToAnybody() {
        command(0, 10, 0, 0, true);
        command(5, 100, 0, 0, true);
        command(20, 60, 0, 0, true);
        command(61, 90, 1, 0, false);
        assertThat(between(0, 100).stallMillis()).isEqualTo(50);
        assertThat(between(12, 15).stallMillis()).as("it lasts beyond the end").isEqualTo(88);
    }

    @Test
    void excerptHasWhatWasUnderWayAtItsBeginAndItsEnd() {
        command(0, 10, 0, 0, true);
        command(5, 30, 2, 1, true);
        command(40, 45, 0, 1, false);
        command(60, 70, 0, 0, true);
        var excerpt = between(20, 40);
        assertThat(excerpt.commands()).hasSize(2);
        assertThat(excerpt.slowestMillis()).isEqualTo(25);
        assertThat(excerpt.refusals()).isEqualTo(2);
        assertThat(excerpt.retries()).isEqualTo(3);
    }

    @Test
    void percentileOfFewIsTheGreatest() {
        assertThat(CourseReport.percentile(new long[] {1, 2, 30}, 99)).isEqualTo(30);
        assertThat(CourseReport.percentile(new long[] {1, 2, 30}, 50)).isEqualTo(2);
        assertThat(CourseReport.percentile(new long[] {}, 99)).isZero();
        long[] hundred = new long[100];
        hundred[99] = 7;
        assertThat(CourseReport.percentile(hundred, 99)).isZero();
    }

    @Test
    void balanceSaysOfEachTransferHowOftenItTookPlace() {
        long balance = Account.amount(0) + 2 * Account.amount(7) + Account.amount(Account.TRANSFERS - 1);
        assertThat(Account.count(balance, 0)).isEqualTo(1);
        assertThat(Account.count(balance, 1)).isZero();
        assertThat(Account.count(balance, 7)).isEqualTo(2);
        assertThat(Account.count(balance, Account.TRANSFERS - 1)).isEqualTo(1);
    }
}
