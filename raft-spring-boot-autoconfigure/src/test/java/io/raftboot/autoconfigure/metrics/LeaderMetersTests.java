package io.raftboot.autoconfigure.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LeaderMetersTests {
    private final AtomicLong seconds = new AtomicLong(100);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final LeaderMeters meters =
            new LeaderMeters(registry, new Tags("default"), () -> TimeUnit.SECONDS.toNanos(seconds.get()));

    private double changes() {
        return registry.get("raft.leader.changes").counter().count();
    }

    @Test
    void leaderThatComesBackIsNoOtherOne() {
        meters.changed(1L);
        meters.changed(null);
        meters.changed(1L);
        assertThat(changes()).isEqualTo(1);
        meters.changed(2L);
        assertThat(changes()).isEqualTo(2);
    }

    @Test
    void timeWithoutALeaderCountsFromTheBeginning() {
        seconds.set(103);
        meters.changed(1L);
        seconds.set(200);
        meters.changed(2L);
        meters.changed(null);
        seconds.set(205);
        meters.changed(3L);
        var absence = registry.get("raft.leader.absence").timer();
        assertThat(absence.count()).isEqualTo(2);
        assertThat(absence.totalTime(TimeUnit.SECONDS)).isEqualTo(8);
    }
}
