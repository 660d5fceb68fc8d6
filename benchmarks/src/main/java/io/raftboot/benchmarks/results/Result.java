package io.raftboot.benchmarks.results;

import java.util.EnumMap;
import java.util.Map;

/**
 * What one measurement came to.
 *
 * @param figures those that this kind of measurement, and this system, can tell
 */
public record Result(Cell cell, Map<Figure, Double> figures) {
    public Result {
        figures = figures.isEmpty() ? Map.of() : new EnumMap<>(figures);
    }
}
