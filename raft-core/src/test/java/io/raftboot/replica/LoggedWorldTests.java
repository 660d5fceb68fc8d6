package io.raftboot.replica;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What is logged is no part of what happens: a seed that went wrong silently goes wrong again while all is written down. */
class LoggedWorldTests {
    private static final Logger MEMBERS = (Logger) LoggerFactory.getLogger("io.raftboot");
    private static final long STEPS = 1_000;

    /** Nobody has to read it. */
    @BeforeEach
    void keepToMembers() {
        MEMBERS.setAdditive(false);
    }

    @AfterEach
    void restore() {
        MEMBERS.setAdditive(true);
        MEMBERS.setLevel(null);
    }

    @ParameterizedTest
    @ValueSource(longs = {2, 3, 5})
    void levelOfTheLogDoesNotChangeTheCourse(long seed) {
        assertThat(traceAt(Level.TRACE, seed)).isEqualTo(traceAt(Level.OFF, seed));
    }

    private static String traceAt(Level level, long seed) {
        MEMBERS.setLevel(level);
        return new WorldRun(seed, null, STEPS).run().trace();
    }
}
