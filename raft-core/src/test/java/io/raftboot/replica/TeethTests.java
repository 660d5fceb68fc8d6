package io.raftboot.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.proof.plant.Planted;
import io.raftboot.proof.plant.Plants;
import java.util.ArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Whether mistakes in the product are found by what whole members are held to, or by the tests that are named for them. A few that
 * any seed finds; {@code -Draft.simulation.plant=NAME} looks for another one, {@code -Draft.simulation.plant=ALL} for all of them.
 */
@ExtendWith(SilentMembers.class)
class TeethTests {
    private static final String ASKED = "raft.simulation.plant";
    private static final String ALL = "ALL";
    private static final String ROOT = "io.raftboot.";
    private static final int SEEDS = 20;

    @TestFactory
    Stream<DynamicTest> whatIsPlantedIsFound() {
        var asked = System.getProperty(ASKED);
        if (asked != null) {
            return ALL.equals(asked) ? findAll() : Stream.of(find(asked, ""));
        }
        return Stream.of(
                find("ACK_BEFORE_FORCE", "NothingUnforcedIsSent"),
                find("VOTE_FORGOTTEN_IN_SAME_TERM", "NothingGoesBack"),
                find("READS_ARE_LOCAL", "ReadsAreNew"),
                // Whoever looks first: they are not the same on all members, not by a snapshot as by replay, and
                // members compare them.
                find("SESSIONS_IN_ONE_COPY", "StatesAgree", "SnapshotsAreReplay", "what=SESSIONS"),
                find("STORAGE_ANSWER_OF_OLDER_TERM_TAKEN", "LateStorageReportTests"));
    }

    /** One after the other, and in the end how many were found. */
    private static Stream<DynamicTest> findAll() {
        var missed = new ArrayList<String>();
        var plants = Plants.all();
        var searches = plants.stream()
                .map(plant -> DynamicTest.dynamicTest(plant.name(), () -> {
                    missed.add(plant.name());
                    assertFound(plant.name(), "");
                    missed.remove(plant.name());
                }));
        return Stream.concat(searches, Stream.of(DynamicTest.dynamicTest("all of them", () -> {
            System.out.println(plants.size() + " plants, " + (plants.size() - missed.size()) + " found, "
                    + missed.size() + " missed " + missed);
            assertThat(missed).isEmpty();
        })));
    }

    private static DynamicTest find(String name, String... invariants) {
        return DynamicTest.dynamicTest(name, () -> assertFound(name, invariants));
    }

    private static void assertFound(String name, String... invariants) {
        var plant = Plants.named(name);
        var course = plant.course().isEmpty() ? Courses.class.getName() : ROOT + plant.course();
        var search = plant.tests().isEmpty() ? Planted.search(plant, course, 1, SEEDS) : Planted.searchByTests(plant);
        System.out.println(search);
        assertThat(search.finding()).as("%s", search).isNotNull().containsAnyOf(invariants);
    }
}
