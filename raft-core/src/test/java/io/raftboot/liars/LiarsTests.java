package io.raftboot.liars;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.liars.Liar.Way;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A minute of lies, for ten with the profile {@code liars}: nobody stops, what the honest ones have agreed on stays, commands are done all
 * the time, and nothing is held of what was said. Who lies has the certificate, the key and the identity of a member that works.
 */
class LiarsTests {
    private static final Logger log = LoggerFactory.getLogger(LiarsTests.class);

    private static final String SECONDS = "raft.liars.seconds";
    private static final String SEED = "raft.liars.seed";

    /** So that a liar leaves processors to the other tests of a build; some hundred lies a second are told all the same. */
    private static final Duration BETWEEN_ROUNDS = Duration.ofMillis(5);

    /** Part of the time, after which all has been there once: buffers, threads, classes. */
    private static final int WARMUP_PART = 6;

    @TempDir
    Path dir;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoLiesMovesNothingAndCostsNothing(boolean secured) throws IOException {
        var time = Duration.ofSeconds(Integer.getInteger(SECONDS, 60)).dividedBy(2);
        long seed = Long.getLong(SEED, System.nanoTime());
        log.info("-D{}={}, {} TLS", SEED, seed, secured ? "with" : "without");
        try (var members = new HonestMembers(dir, secured)) {
            long leader = members.leaderId();
            long stolen = leader % 3 + 1;
            members.beginLoad(stolen);
            var liar = new Liar(members, stolen, seed);
            long term = members.status(leader).term();
            lieFor(time.dividedBy(WARMUP_PART), liar, members, stolen);
            var before = Footprint.now(dir);
            lieFor(time.minus(time.dividedBy(WARMUP_PART)), liar, members, stolen);
            members.assertCommandsGoOn();
            members.endLoad();
            members.assertUnmoved(term, leader);
            Footprint.assertAsBefore(dir, before);
            log.info(
                    "lied {}, while {} commands were done",
                    liar.told(),
                    members.expected().count());
            var without = secured ? EnumSet.noneOf(Way.class) : EnumSet.of(Way.CERTIFICATE);
            assertThat(liar.told().keySet()).containsAll(EnumSet.complementOf(without));
            var refused = members.status(leader).refusedMessages();
            assertThat(refused).containsKey(stolen);
        }
    }

    private static void lieFor(Duration time, Liar liar, HonestMembers members, long stolen) {
        long begun = System.nanoTime();
        long term = members.status(stolen).term();
        while (System.nanoTime() - begun < time.toNanos()) {
            for (long id : members.ids()) {
                if (id != stolen) {
                    liar.lie(id, term, members.status(id).lastIndex());
                }
            }
            members.assertRunning(term);
            LockSupport.parkNanos(BETWEEN_ROUNDS.toNanos());
        }
    }
}
