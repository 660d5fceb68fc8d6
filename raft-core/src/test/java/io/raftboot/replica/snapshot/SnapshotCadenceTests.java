package io.raftboot.replica.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.raft.proto.ConfState;
import io.raftboot.replica.config.SnapshotPolicy;
import io.raftboot.replica.machine.AppliedPosition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The members of a group take their snapshots at places of their own. */
class SnapshotCadenceTests {
    private static final long END = 5_000;

    @ParameterizedTest
    @CsvSource({"2, 100", "3, 100", "3, 7", "5, 1000", "7, 7"})
    void membersAreAlwaysAnNthOfTheIntervalApart(int members, long interval) {
        for (var measure : Measure.values()) {
            var places = new ArrayList<List<Long>>();
            for (long id = 1; id <= members; id++) {
                places.add(places(measure, id * 10, members, interval));
            }
            for (int one = 0; one < members; one++) {
                for (int other = 0; other < one; other++) {
                    assertApart(places.get(one), places.get(other), interval / members);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 100", "3, 100", "5, 13"})
    void eachMemberTakesOneEveryInterval(int members, long interval) {
        for (long id = 1; id <= members; id++) {
            var places = places(Measure.ENTRIES, id * 10, members, interval);
            for (int i = 1; i < places.size(); i++) {
                assertThat(places.get(i) - places.get(i - 1)).isEqualTo(interval);
            }
            assertThat(places.get(0)).isLessThanOrEqualTo(interval);
            assertThat((long) places.size()).isBetween(END / interval - 1, END / interval + 1);
        }
    }

    private static void assertApart(List<Long> one, List<Long> other, long distance) {
        assertThat(one).isNotEmpty();
        long least = one.stream()
                .flatMapToLong(place -> other.stream().mapToLong(taken -> Math.abs(place - taken)))
                .min()
                .orElseThrow();
        assertThat(least).isGreaterThanOrEqualTo(distance);
    }

    private static List<Long> places(Measure measure, long id, int members, long interval) {
        var cadence = new SnapshotCadence(measure.policy(interval), id);
        cadence.members(ConfState.newBuilder()
                .addAllVoters(LongStream.rangeClosed(1, members)
                        .map(member -> member * 10)
                        .boxed()
                        .toList())
                .build());
        var places = new ArrayList<Long>();
        var last = measure.position(1);
        for (long value = 1; value <= END; value++) {
            var now = measure.position(value);
            if (cadence.due(last, now)) {
                places.add(value);
                last = now;
            }
        }
        return places;
    }

    private enum Measure {
        ENTRIES,
        BYTES,
        TIME;

        SnapshotPolicy policy(long interval) {
            var never = SnapshotPolicy.defaults()
                    .withIntervalEntries(Long.MAX_VALUE / 2)
                    .withIntervalBytes(0);
            return switch (this) {
                case ENTRIES -> never.withIntervalEntries(interval);
                case BYTES -> never.withIntervalBytes(interval);
                case TIME -> never.withInterval(Duration.ofMillis(interval));
            };
        }

        AppliedPosition position(long value) {
            return switch (this) {
                case ENTRIES -> new AppliedPosition(value, 1, 1);
                case BYTES -> new AppliedPosition(1, value, 1);
                case TIME -> new AppliedPosition(1, 1, value);
            };
        }
    }
}
