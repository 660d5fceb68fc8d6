package io.raftboot.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.chaos.Plan.Action;
import io.raftboot.chaos.Plan.Track;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PlanTests {
    private static final int ACTIONS = 300;

    @ParameterizedTest
    @EnumSource(Track.class)
    void sameSeedGivesTheSamePlan(Track track) {
        assertThat(texts(7, track)).isEqualTo(texts(7, track)).isNotEqualTo(texts(8, track));
    }

    /** What a change of members consists of is not planned by itself. */
    @Test
    void eachFaultIsPlannedByOneTrackFirstOfAll() {
        var planned = EnumSet.noneOf(Fault.class);
        for (Track track : Track.values()) {
            var faults = actions(1, track).map(Action::fault).distinct().toList();
            var first =
                    actions(1, track).limit(faults.size()).map(Action::fault).toList();
            assertThat(first).containsExactlyInAnyOrderElementsOf(faults);
            assertThat(planned).doesNotContainAnyElementsOf(faults);
            planned.addAll(faults);
        }
        assertThat(EnumSet.complementOf(planned))
                .containsExactlyInAnyOrder(Fault.ADD_LEARNER, Fault.ADDRESS_REUSE, Fault.PROMOTE, Fault.DEMOTE);
    }

    @Test
    void whatCanNotBeMadeIsNotPlanned() {
        var plan = new Plan(1, Track.NETWORK, fault -> fault == Fault.FLIP);
        assertThat(Stream.generate(plan::next).limit(ACTIONS).map(Action::fault).distinct())
                .containsExactly(Fault.FLIP);
        assertThat(new Plan(1, Track.NETWORK, fault -> false).isEmpty()).isTrue();
    }

    private static Stream<Action> actions(long seed, Track track) {
        var plan = new Plan(seed, track, fault -> true);
        return Stream.generate(plan::next).limit(ACTIONS);
    }

    private static List<String> texts(long seed, Track track) {
        return actions(seed, track)
                .map(action -> Arrays.asList(
                                action.fault(),
                                action.hold(),
                                action.rest(),
                                action.random().nextLong())
                        .toString())
                .toList();
    }
}
