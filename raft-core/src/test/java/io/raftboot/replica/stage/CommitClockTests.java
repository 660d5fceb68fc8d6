package io.raftboot.replica.stage;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.api.meter.MemberMeter;
import io.raftboot.replica.FakeClock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How long entries take to be committed, as the leader counts it. */
class CommitClockTests {
    private static final long MILLI = 1_000_000;

    private final FakeClock clock = new FakeClock(0);
    private final List<String> measured = new ArrayList<>();
    private int entries;
    private final CommitClock commits = new CommitClock(clock, new MemberMeter() {
        @Override
        public void committed(int count, long nanos) {
            entries += count;
            measured.add(count + " in " + nanos / MILLI);
        }
    });

    @Test
    void batchIsMeasuredWhenItsLastEntryIsCommitted() {
        commits.appended(3, 3);
        clock.advanceMillis(5);
        commits.appended(4, 1);
        commits.committed(2);
        assertThat(measured).isEmpty();
        clock.advanceMillis(2);
        commits.committed(3);
        assertThat(measured).containsExactly("3 in 7");
        clock.advanceMillis(1);
        commits.committed(9);
        assertThat(measured).containsExactly("3 in 7", "1 in 3");
        commits.committed(10);
        assertThat(measured).hasSize(2);
    }

    @Test
    void whatAnEndedLeadershipAppendedIsNotMeasured() {
        commits.appended(3, 3);
        commits.forget();
        commits.appended(5, 2);
        commits.committed(5);
        assertThat(measured).containsExactly("2 in 0");
    }

    @Test
    void moreThanThereIsRoomForIsCountedWithTheNewest() {
        int batches = 3000;
        for (int i = 1; i <= batches; i++) {
            commits.appended(i, 1);
        }
        commits.committed(batches);
        assertThat(entries).isEqualTo(batches);
        commits.appended(batches + 1, 1);
        commits.committed(batches + 1);
        assertThat(measured).endsWith("1 in 0");
    }
}
