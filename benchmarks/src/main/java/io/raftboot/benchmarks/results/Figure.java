package io.raftboot.benchmarks.results;

/** What a measurement says; the unit is part of the name in the file, and of the title in a table. */
public enum Figure {
    PER_SECOND("per second"),
    P50_MICROS("p50 us"),
    P99_MICROS("p99 us"),
    P999_MICROS("p99.9 us"),
    MAX_MICROS("max us"),
    USER_MICROS("user us/op"),
    SYSTEM_MICROS("system us/op"),
    CONTEXT_SWITCHES("switches/op"),
    ALLOCATED_BYTES("heap bytes/op"),
    RESIDENT_MEBIBYTES("resident MiB"),
    PEAK_MEBIBYTES("at most MiB"),
    MILLIS("ms"),
    FAILED("failed");

    private final String title;

    Figure(String title) {
        this.title = title;
    }

    /** For the reader of a table. */
    public String title() {
        return title;
    }
}
