package io.raftboot.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.proof.Sometimes;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What clients see of members that are restarted one after the other, where nothing else goes wrong. */
@ExtendWith(SilentMembers.class)
class RollingRestartTests {
    private static final int SEEDS = 80;
    private static final long STEPS = 8_000;
    private static final int FEW_MESSAGES = 64;
    private static final int FEW_REQUESTS = 16;
    private static final int TIMEOUTS_TO_REPEAT = 16;

    private static final Plan ROLLING_RESTART =
            new Plan(STEPS, List.of(new Fault(STEPS / 8, Fault.Kind.ROLLING_RESTART, 0, 0)));

    @Test
    void commandsThatAreSentAgainAreAppliedWhileMembersAreRestartedInTurn() {
        long rolledOver = 0;
        long repeated = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            var run = new WorldRun(seed, ROLLING_RESTART, STEPS);
            if (run.world().mix().size() == 1 || isNarrow(run.world().mix())) {
                continue;
            }
            assertThat(run.run().found()).as("seed %d", seed).isEmpty();
            var counts = run.world().clients().counts();
            assertThat(counts.givenUp).as("seed %d", seed).isZero();
            repeated += counts.repeated;
            rolledOver += run.world().proof().counts().of(Sometimes.ROLLED_OVER_ALL_MEMBERS);
        }
        assertThat(repeated).isPositive();
        assertThat(rolledOver).isPositive();
    }

    /**
     * Where hardly anything may be on its way at once commands wait for each other, and where keys are forgotten soon they can't be sent
     * again, whoever is restarted.
     */
    private static boolean isNarrow(Mix mix) {
        var transport = mix.transportOptions();
        boolean forgetsSoon = mix.keyRetention().compareTo(mix.commandTimeout().multipliedBy(TIMEOUTS_TO_REPEAT)) < 0;
        boolean carriesLittle = mix.wired()
                && (transport.maxQueuedMessages() < FEW_MESSAGES || transport.maxPendingRequests() < FEW_REQUESTS);
        return forgetsSoon || carriesLittle;
    }
}
