package io.raftboot.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftboot.simulation.DeathPoint;
import io.raftboot.simulation.SimulatedDisk.Fate;
import io.raftboot.simulation.Simulation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process that dies at each operation of its disk, before it, in its midst and behind it, whatever becomes of what was not forced: the
 * next one finds all that was acknowledged, and is bound by what the one before has told. {@code -Draft.simulation.points=N} takes
 * every Nth of these points, 1 for all of them; a multiple of 3 would leave out fates.
 */
@ExtendWith(SilentMembers.class)
class EveryDiskOperationTests {
    /** Beside those of members, which are silent. */
    private static final Logger log = LoggerFactory.getLogger("simulation");

    private static final long SEED = 1;
    private static final int EVERY = Integer.getInteger("raft.simulation.points", 13);

    /** Every so many points are gone through twice. */
    private static final int TWICE_EVERY = 50;

    private record Point(int members, long operation, DeathPoint point, Fate fate) {}

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void whatWasPromisedIsKeptOverADeathAtAnyOperation(int members) {
        assertThat(EVERY % Fate.values().length).as("raft.simulation.points").isNotZero();
        long operations = run(members, null).operations();
        int number = 0;
        int points = 0;
        int died = 0;
        for (long operation = 1; operation <= operations; operation++) {
            for (var point : DeathPoint.values()) {
                for (var fate : Fate.values()) {
                    if (number++ % EVERY == 0) {
                        points++;
                        died += run(new Point(members, operation, point, fate), number % TWICE_EVERY == 0);
                    }
                }
            }
        }
        log.info("{} members: {} operations, {} of {} points, {} deaths", members, operations, points, number, died);
        assertThat(died).as("points at which the process died, of %s", points).isEqualTo(points);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void diskThatLosesWhatItHasForcedIsFound(int members) {
        try (var simulation = new Simulation(SEED)) {
            var course = new CrashPointCourse(simulation, members);
            course.loseWhatIsForced();

            assertThatThrownBy(course::run).isInstanceOf(Throwable.class);
        }
    }

    @Test
    void pointWithoutADeathIsTheSameCourseEachTime() {
        assertThat(run(3, null)).isEqualTo(run(3, null));
    }

    private static int run(Point point, boolean twice) {
        try {
            var taken = run(point.members, point);
            if (twice) {
                assertThat(run(point.members, point)).as("once more").isEqualTo(taken);
            }
            return taken.died() ? 1 : 0;
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("at " + point, e);
        }
    }

    private static CrashPointCourse.Taken run(int members, @Nullable Point point) {
        try (var simulation = new Simulation(SEED)) {
            var course = new CrashPointCourse(simulation, members);
            if (point != null) {
                course.dieAt(point.operation, point.point, point.fate);
            }
            return course.run();
        }
    }
}
