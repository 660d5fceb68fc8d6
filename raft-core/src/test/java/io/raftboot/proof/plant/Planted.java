package io.raftboot.proof.plant;

import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Looks for a mistake by running seeds of a course with it, or the tests that are named for it. */
public final class Planted {
    private static final String FIND = "find";

    private Planted() {}

    /**
     * What came of looking for a mistake.
     *
     * @param seeds how many were run, that which found it included; 0 if it was looked for by tests
     * @param finding what was found; null if nothing was
     */
    public record Search(Plant plant, long seeds, @Nullable String finding) {
        /** A line for a table. */
        @Override
        public String toString() {
            var by = seeds == 0 ? "by tests" : "in " + seeds + " seeds";
            var end = finding == null ? "missed " + by : "found " + by + ": " + firstLine();
            return plant.name() + " | " + plant.bug() + " | " + end;
        }

        private String firstLine() {
            return finding == null ? "" : finding.lines().findFirst().orElse("");
        }
    }

    /** Runs the tests that the plant names. */
    public static Search searchByTests(Plant plant) {
        return new Search(plant, 0, PlantedTests.failure(plant));
    }

    /**
     * Runs one seed after the other until one finds the mistake.
     *
     * @param course class with a static method {@code find(long)} that runs a seed and says what it has found, or null
     */
    public static Search search(Plant plant, String course, long firstSeed, long mostSeeds) {
        var loader = new PlantedLoader(plant);
        LongFunction<@Nullable String> find = seed -> (String) loader.call(course, FIND, seed);
        for (long count = 1; count <= mostSeeds; count++) {
            var finding = find.apply(firstSeed + count - 1);
            if (finding != null) {
                return new Search(plant, count, finding);
            }
        }
        return new Search(plant, mostSeeds, null);
    }
}
