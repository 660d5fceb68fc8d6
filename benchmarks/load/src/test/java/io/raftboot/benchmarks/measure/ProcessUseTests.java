package io.raftboot.benchmarks.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessUseTests {
    private static final List<String> STATUS = List.of(
            "Name:\tjava",
            "VmPeak:\t 9070180 kB",
            "VmHWM:\t   20480 kB",
            "VmRSS:\t   10240 kB",
            "voluntary_ctxt_switches:\t7",
            "nonvoluntary_ctxt_switches:\t5");

    @Test
    void readsWhatTheKernelWritesWhateverTheProgramIsCalled() {
        var stat = "4711 (a) b (c) S 1 4711 4711 0 -1 4194560 100 0 3 0 250 130 0 0 20 0 30 0 99 1 2 3";

        var use = ProcessUse.parse(stat, STATUS, 12);

        assertThat(use)
                .isEqualTo(new ProcessUse(
                        Duration.ofMillis(2500), Duration.ofMillis(1300), 12, 10240L * 1024, 20480L * 1024));
        assertThat(use.cpu()).isEqualTo(Duration.ofMillis(3800));
    }

    @Test
    void countsSwitchesOfBothKindsOnce() {
        assertThat(ProcessUse.contextSwitches(STATUS)).isEqualTo(12);
    }

    @Test
    void betweenTwoMomentsTimeIsADifferenceAndMemoryIsNot() {
        var earlier = new ProcessUse(Duration.ofMillis(100), Duration.ofMillis(50), 10, 1000, 2000);
        var later = new ProcessUse(Duration.ofMillis(400), Duration.ofMillis(60), 25, 1500, 2500);

        assertThat(later.since(earlier))
                .isEqualTo(new ProcessUse(Duration.ofMillis(300), Duration.ofMillis(10), 15, 1500, 2500));
    }

    @Test
    void readsThisProcess() throws Exception {
        var use = ProcessUse.of(ProcessHandle.current().pid());

        assertThat(use.cpu()).isPositive();
        assertThat(use.contextSwitches()).isPositive();
        assertThat(use.peakResidentBytes()).isGreaterThanOrEqualTo(1 << 20);
    }
}
