package io.raftboot.chaos;

import java.util.Map;
import java.util.TreeMap;

/** Counts by name. Any thread. */
final class Tally {
    private final Map<String, Long> counts = new TreeMap<>();

    synchronized void count(String what) {
        counts.merge(what, 1L, Long::sum);
    }

    /** As a copy, by name. */
    synchronized Map<String, Long> counts() {
        return new TreeMap<>(counts);
    }
}
