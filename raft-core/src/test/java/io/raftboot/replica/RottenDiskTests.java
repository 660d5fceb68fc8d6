package io.raftboot.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.replica.config.SnapshotPolicy;
import io.raftboot.simulation.Links;
import io.raftboot.simulation.Pace;
import io.raftboot.simulation.SimulatedDisk.Fate;
import io.raftboot.simulation.Simulation;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A bit of a member's log flips while it is down: it is refused, or nothing was lost by it. */
@ExtendWith(SilentMembers.class)
class RottenDiskTests {
    private static final int SEEDS = 20;
    private static final int COMMANDS = 30;
    private static final int SEGMENT_BYTES = 4 * 1024;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void memberWithARottenLogIsRefusedOrHasAllThatItAcknowledged() {
        int refused = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            try (var simulation = new Simulation(seed)) {
                refused += isRefused(simulation) ? 1 : 0;
            }
        }
        assertThat(refused).isBetween(1, SEEDS - 1);
    }

    private static boolean isRefused(Simulation simulation) {
        var members = new SimulatedMembers(
                simulation,
                1,
                new SimulatedMembers.Setup(
                        config -> config.snapshots(SnapshotPolicy.defaults()).walSegmentSizeBytes(SEGMENT_BYTES),
                        Seams.NONE,
                        id -> Pace.EXACT,
                        Links.DIRECT));
        var clients = new SimulatedClients(simulation, members);
        var member = members.member(1);
        member.start();
        clients.begin(2, COMMANDS);
        assertThat(simulation.events().runUntil(() -> clients.acknowledged() >= COMMANDS, PATIENCE))
                .isTrue();
        // The notes of how far the log was forced are not forced themselves: without power a rotten end would pass for
        // a torn one.
        member.crash(Fate.KEPT);
        assertThat(member.rot()).contains(".wal");
        member.start();
        if (member.stopped() != null) {
            assertThat(member.stopped()).hasMessageContaining("is damaged").hasMessageContaining(".wal at offset");
            return true;
        }
        assertThat(simulation.events().runUntil(() -> members.leader().isPresent(), PATIENCE))
                .isTrue();
        clients.check();
        return false;
    }
}
