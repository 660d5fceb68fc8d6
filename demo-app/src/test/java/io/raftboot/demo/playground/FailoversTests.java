package io.raftboot.demo.playground;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class FailoversTests {
    private final Failovers failovers = new Failovers();

    @Test
    void nextLeaderIsThatOfTheOutageItCameAfter() {
        failovers.begins(1, MemberAction.KILL, OptionalLong.of(4));
        failovers.led(2, 5);
        var shape = failovers.shapes().get(0);
        assertThat(shape.led()).isTrue();
        assertThat(shape.leader()).isNotNull().extracting(Failover.Leader::id).isEqualTo(2L);
    }

    @Test
    void outageThatNeededNoOtherLeaderDoesNotTakeThatOfALaterOne() {
        failovers.begins(1, MemberAction.PAUSE, OptionalLong.of(4));
        failovers.done(1, MemberAction.PAUSE);
        failovers.begins(1, MemberAction.KILL, OptionalLong.of(4));
        failovers.led(2, 5);
        assertThat(failovers.shapes().get(0).leader()).isNotNull();
        assertThat(failovers.shapes().get(1).leader()).isNull();
        assertThat(failovers.shapes().get(1).over()).isTrue();
    }
}
