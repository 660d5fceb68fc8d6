package io.raftboot.chaos;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a campaign is told.
 *
 * @param voters members at the beginning, and again after each change of them
 * @param without kinds of need whose faults are left out, because they can't be made here and somebody said so
 */
record Settings(
        String name, int voters, Duration duration, long seed, Set<Fault.Needs> without, Clocks clocks, Path dir) {
    /** What of the clocks jumps, which a process is started for. */
    enum Clocks {
        /** Wall clocks only: then leaders have leases, which depend on the other clock. */
        WALL,
        /** Wall clock and the other one together. */
        BOTH
    }

    private static final String PREFIX = "raft.chaos.";
    private static final Path BASE = Path.of("target", "chaos").toAbsolutePath();

    /** Of the system properties {@code raft.chaos.seconds}, {@code .seed}, {@code .without} and {@code .clocks}. */
    static Settings ofProperties(int voters, Clocks clocksByDefault) {
        long seed = Long.getLong(PREFIX + "seed", System.nanoTime() & 0xFFFFFF);
        String name = System.getProperty(PREFIX + "name", "") + voters + "-members-" + seed;
        return new Settings(
                name,
                voters,
                Duration.ofSeconds(Long.getLong(PREFIX + "seconds", 100)),
                seed,
                needs(System.getProperty(PREFIX + "without", "")),
                clocks(System.getProperty(PREFIX + "clocks", clocksByDefault.name())),
                BASE.resolve(name));
    }

    private static Set<Fault.Needs> needs(String text) {
        var needs = EnumSet.noneOf(Fault.Needs.class);
        if (!text.isBlank()) {
            for (String word : text.split(",", -1)) {
                needs.add(need(word.trim()));
            }
        }
        return needs;
    }

    private static Fault.Needs need(String word) {
        return Arrays.stream(Fault.Needs.values())
                .filter(need -> need != Fault.Needs.NOTHING && need.name().equalsIgnoreCase(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        PREFIX + "without is '" + word + "'; write a list of faketime, namespaces and proxy"));
    }

    private static Clocks clocks(String word) {
        return Arrays.stream(Clocks.values())
                .filter(clocks -> clocks.name().equalsIgnoreCase(word))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException(PREFIX + "clocks is '" + word + "'; write wall or both"));
    }

    boolean makes(Fault fault) {
        boolean isOtherClock = fault == (clocks == Clocks.WALL ? Fault.MONOTONIC_CLOCK : Fault.WALL_CLOCK);
        return !without.contains(fault.needs()) && !isOtherClock && (voters > 1 || !fault.isPartition());
    }

    boolean hasNamespaces() {
        return !without.contains(Fault.Needs.NAMESPACES);
    }

    boolean hasProxy() {
        return !without.contains(Fault.Needs.PROXY);
    }

    boolean hasFaketime() {
        return !without.contains(Fault.Needs.FAKETIME);
    }

    boolean hasLeases() {
        return !hasFaketime() || clocks == Clocks.WALL;
    }

    String text() {
        return "seed " + seed + ", " + voters + " members, " + duration.toSeconds() + " s, clocks that jump: "
                + (hasFaketime() ? clocks.name().toLowerCase(Locale.ROOT) : "none") + ", leases "
                + (hasLeases() ? "on" : "off")
                + (without.isEmpty()
                        ? ""
                        : ", without "
                                + without.stream()
                                        .map(need -> need.name().toLowerCase(Locale.ROOT))
                                        .collect(Collectors.joining(", ")));
    }
}
