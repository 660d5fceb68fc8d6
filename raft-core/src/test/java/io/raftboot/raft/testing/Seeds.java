package io.raftboot.raft.testing;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DynamicTest;

/**
 * Tests over random input. Each seed is a test of its own that carries the seed in its name and in its failures, so
 * that a failure can be repeated. The property that names them takes a list of numbers and ranges: {@code 7} or
 * {@code 1-100,200}.
 */
public final class Seeds {
    // Named, because the default algorithm may change with the JDK, and a seed must mean the same everywhere.
    private static final String ALGORITHM = "L64X128MixRandom";

    private Seeds() {}

    /** What is done with a seed. */
    @FunctionalInterface
    public interface RandomTest {
        /** Takes all its randomness from the generator. */
        void run(RandomGenerator random) throws Exception;
    }

    /** A generator that yields the same for the same seed on every machine. */
    public static RandomGenerator generator(long seed) {
        return RandomGeneratorFactory.of(ALGORITHM).create(seed);
    }

    /**
     * One test for each seed.
     *
     * @param property system property that names the seeds; without it they are 1 to {@code defaultCount}
     */
    public static List<DynamicTest> tests(String property, int defaultCount, RandomTest test) {
        String named = System.getProperty(property);
        LongStream seeds = named == null || named.isBlank() ? LongStream.rangeClosed(1, defaultCount) : parse(named);
        return seeds.mapToObj(seed -> dynamicTest("seed " + seed, () -> run(property, seed, test)))
                .toList();
    }

    private static void run(String property, long seed, RandomTest test) {
        try {
            test.run(generator(seed));
        } catch (Exception | AssertionError e) {
            throw new AssertionError("failed with -D" + property + "=" + seed + ": " + e.getMessage(), e);
        }
    }

    private static LongStream parse(String named) {
        LongStream seeds = LongStream.empty();
        for (String part : named.split(",", -1)) {
            int dash = part.indexOf('-');
            long first = Long.parseLong(dash < 0 ? part : part.substring(0, dash));
            long last = dash < 0 ? first : Long.parseLong(part.substring(dash + 1));
            seeds = LongStream.concat(seeds, LongStream.rangeClosed(first, last));
        }
        return seeds;
    }
}
