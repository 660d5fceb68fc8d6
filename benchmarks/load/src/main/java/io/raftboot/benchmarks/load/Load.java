package io.raftboot.benchmarks.load;

import java.util.List;

/**
 * What the writes look like.
 *
 * @param valueSizeBytes of each
 * @param keys how many there are to pick from, at random
 * @param seed of keys and values
 */
public record Load(int valueSizeBytes, int keys, long seed) {

    /** Such a load on that target. */
    public LoadGenerator generator(PutTarget target) {
        return new LoadGenerator(target, valueSizeBytes, keys, seed);
    }

    /** For {@link LoadOptions} in a child. */
    public List<String> arguments() {
        return List.of("--value-size", "" + valueSizeBytes, "--keys", "" + keys, "--seed", "" + seed);
    }

    @Override
    public String toString() {
        return valueSizeBytes + "-byte values under " + keys + " keys, seed " + seed;
    }
}
