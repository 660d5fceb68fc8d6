package io.raftboot.benchmarks.results;

/**
 * Which measurement it was: two with the same are the same one.
 *
 * @param system that was measured
 * @param kind what was done to it
 * @param members of the cluster
 * @param valueSizeBytes of each write
 * @param level writes in flight, or what else {@link Kind#level} says
 * @param seconds for how long; 0 where it ends by itself
 * @param round from 1 on
 */
public record Cell(String system, Kind kind, int members, int valueSizeBytes, int level, int seconds, int round) {
    public Cell {
        if (system.contains(ResultsFile.SEPARATOR)) {
            throw new IllegalArgumentException("the name of a system can't have a comma: " + system);
        }
    }
}
