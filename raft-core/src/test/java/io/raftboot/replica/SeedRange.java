package io.raftboot.replica;

/** Seeds from the first to the last, as {@code raft.simulation.seeds} names them: with a dash between, or one alone. */
record SeedRange(long from, long to) {
    private static final String PATTERN = "[0-9]{1,15}(-[0-9]{1,15})?";

    /**
     * What is written means these seeds.
     *
     * @throws IllegalArgumentException if it means none
     */
    static SeedRange parse(String seeds) {
        if (!seeds.matches(PATTERN)) {
            throw new IllegalArgumentException(
                    "raft.simulation.seeds is '" + seeds + "'; write the first and the last seed, as 1-1000");
        }
        var range = seeds.split("-", -1);
        return new SeedRange(Long.parseLong(range[0]), Long.parseLong(range[range.length - 1]));
    }
}
