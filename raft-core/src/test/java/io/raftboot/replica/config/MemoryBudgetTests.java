package io.raftboot.replica.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What of the heap a member may take. */
class MemoryBudgetTests {
    private static final long MIB = 1024 * 1024;

    @ParameterizedTest
    @ValueSource(longs = {64, 96, 128, 192, 512, 1024, 4096, 32_768})
    void leavesMostOfEachHeapToTheApplication(long heapMib) {
        for (int others = 0; others <= 6; others++) {
            assertThat(MemoryBudget.of(heapMib * MIB, others).totalBytes(others, 1))
                    .isLessThanOrEqualTo(heapMib * MIB / 2);
        }
    }

    @Test
    void smallHeapHasSmallLimitsAndALargeOneTheUsualOnes() {
        var small = MemoryBudget.of(96 * MIB, 2);
        assertThat(small.walCacheBytes()).isEqualTo(6 * MIB);
        assertThat(small.pendingBytes()).isEqualTo(3 * MIB);
        var large = MemoryBudget.of(4096 * MIB, 2);
        assertThat(large.walCacheBytes()).isEqualTo(64 * MIB);
        assertThat(large.uncommittedBytes()).isEqualTo(64 * MIB);
        assertThat(large.inflightBytes()).isEqualTo(8 * MIB);
        assertThat(large.keyBytes()).isEqualTo(64 * MIB);
    }

    @Test
    void saysEachPartAndTheSum() {
        var memory = MemoryBudget.of(96 * MIB, 2);
        assertThat(memory.describe(2, 1))
                .startsWith("up to 36 MB of the heap of 96 MB: ")
                .contains("newest entries 6.0 MB (raft.wal.cache-size)")
                .contains("commands that wait 3.0 MB (raft.max-pending-bytes)");
    }
}
