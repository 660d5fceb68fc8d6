package io.raftboot.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FaultLogTests {
    private long now;
    private final FaultLog log = new FaultLog(() -> now);

    @Test
    void faultThatDidNotFireIsNotCounted() {
        log.begin(Fault.FLIP, "x").end(0);
        log.begin(Fault.KILL, "y").end(2);
        log.begin(Fault.KILL, "z").end(1);
        assertThat(log.fired(Fault.FLIP)).isZero();
        assertThat(log.fired(Fault.KILL)).isEqualTo(3);
        assertThat(log.lines().get(0)).isEqualTo("0.0 to 0.0 s: flip x, did not fire");
    }

    @Test
    void gapIsThatOfTheFaultThatWasThereMeanwhile() {
        log.written();
        var kill = log.begin(Fault.KILL, "");
        after(300);
        kill.end(1);
        after(200);
        log.written();
        assertThat(log.longest(Fault.KILL)).isEqualTo(new FaultLog.Longest(500, 0));
        assertThat(log.longest(Fault.PAUSE)).isEqualTo(new FaultLog.Longest(0, 0));
        assertThat(log.longestWithoutFault()).isZero();
    }

    @Test
    void gapOfSeveralFaultsIsOfEachWithOthers() {
        var kill = log.begin(Fault.KILL, "");
        var pause = log.begin(Fault.PAUSE, "");
        after(300);
        log.written();
        pause.end(1);
        after(150);
        log.written();
        kill.end(1);
        assertThat(log.longest(Fault.KILL)).isEqualTo(new FaultLog.Longest(150, 300));
        assertThat(log.longest(Fault.PAUSE)).isEqualTo(new FaultLog.Longest(0, 300));
        assertThat(log.longestMillis()).isEqualTo(300);
    }

    @Test
    void gapWithoutAFaultIsTold() {
        var kill = log.begin(Fault.KILL, "");
        log.written();
        kill.end(1);
        after(700);
        log.written();
        assertThat(log.longestWithoutFault()).isEqualTo(700);
        assertThat(log.longest(Fault.KILL)).isEqualTo(new FaultLog.Longest(0, 0));
    }

    @Test
    void timeBeforeMembersHaveStartedIsNoGapAndThatBeforeTheEndIs() {
        after(900);
        log.watch();
        after(200);
        log.written();
        assertThat(log.longestMillis()).isEqualTo(200);
        after(300);
        log.endWatch();
        after(500);
        log.written();
        assertThat(log.longestMillis()).isEqualTo(300);
    }

    private void after(long millis) {
        now += TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
