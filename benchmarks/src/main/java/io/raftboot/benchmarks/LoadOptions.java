package io.raftboot.benchmarks;

import java.util.List;
import picocli.CommandLine.Option;

/** What the writes look like: the same for every system, handed down from the parent to whoever puts the load. */
final class LoadOptions {
    @Option(
            names = "--value-size",
            defaultValue = "256",
            paramLabel = "BYTES",
            description = "Size of a value (${DEFAULT-VALUE}).")
    private int valueSizeBytes;

    @Option(
            names = "--keys",
            defaultValue = "10000",
            paramLabel = "N",
            description = "Number of keys, picked at random (${DEFAULT-VALUE}).")
    private int keys;

    @Option(
            names = "--seed",
            defaultValue = "1",
            paramLabel = "N",
            description = "Of keys and values (${DEFAULT-VALUE}).")
    private long seed;

    LoadGenerator generator(PutTarget target) {
        return new LoadGenerator(target, valueSizeBytes, keys, seed);
    }

    List<String> arguments() {
        return List.of("--value-size", "" + valueSizeBytes, "--keys", "" + keys, "--seed", "" + seed);
    }

    @Override
    public String toString() {
        return valueSizeBytes + "-byte values under " + keys + " keys, seed " + seed;
    }
}
