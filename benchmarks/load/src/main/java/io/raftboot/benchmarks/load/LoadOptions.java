package io.raftboot.benchmarks.load;

import java.util.Optional;
import picocli.CommandLine.Option;

/** What the writes look like: the same for every system, handed down from the parent to whoever puts the load. */
public final class LoadOptions {
    /** A command may have 1 MiB by default, and JSON makes a value by a third longer. */
    private static final int MAX_VALUE_SIZE_BYTES = 512 * 1024;

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

    /** What is wrong with what was given, if anything is. */
    public Optional<String> trouble() {
        if (valueSizeBytes < 0 || valueSizeBytes > MAX_VALUE_SIZE_BYTES) {
            return Optional.of(
                    "--value-size must be from 0 to " + MAX_VALUE_SIZE_BYTES + " bytes, not " + valueSizeBytes);
        }
        return keys < 1 ? Optional.of("--keys must be at least 1, not " + keys) : Optional.empty();
    }

    /** What was asked for. */
    public Load load() {
        return new Load(valueSizeBytes, keys, seed);
    }

    @Override
    public String toString() {
        return load().toString();
    }
}
