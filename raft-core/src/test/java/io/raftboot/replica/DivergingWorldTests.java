package io.raftboot.replica;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whether members of a world that compare their states name the command of a machine that has an order of its own. */
@ExtendWith(SilentMembers.class)
class DivergingWorldTests {
    /** So many worlds that compare states, which about half of all do. */
    private static final int COMPARED = 60;

    private static final int STEPS = 6_000;
    private static final int ENOUGH = 3;

    @Test
    void machineWithAnIterationOrderIsNamedWithItsCommand() {
        int machines = 0;
        int commands = 0;
        int compared = 0;
        for (long seed = 1; compared < COMPARED && machines < ENOUGH; seed++) {
            var run = new WorldRun(seed, null, STEPS, World.Held.DIVERGENCE);
            if (!run.world().mix().comparesStates()) {
                continue;
            }
            compared++;
            for (var found : run.run().found()) {
                if (found.startsWith(World.DIVERGES)) {
                    assertThat(found).as("seed %d", seed).contains("machine=" + SimulatedStore.NAME);
                    machines++;
                    commands += found.contains("command=" + IteratingStore.MISTAKEN) ? 1 : 0;
                }
            }
        }
        assertThat(machines).isGreaterThanOrEqualTo(ENOUGH);
        // Where states are compared after each entry, or the results in between are still known.
        assertThat(commands).isPositive();
    }
}
