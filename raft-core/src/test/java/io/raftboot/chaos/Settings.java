package io.raftboot.chaos;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a campaign is told.
 *
 * @param voters members at the beginning, and again after each change of them
 * @param without what is left out, because somebody said so
 */
record Settings(String name, int voters, Duration duration, long seed, Without without, Clocks clocks, Path dir) {
    /** What of the clocks jumps, which a process is started for. */
    enum Clocks {
        /** Wall clocks only: then leaders have leases, which depend on the other clock. */
        WALL,
        /** Wall clock and the other one together. */
        BOTH
    }

    /**
     * What a campaign goes without.
     *
     * @param needs kinds of need, with all their faults, because they can't be had here
     * @param faults single ones
     */
    record Without(Set<Fault.Needs> needs, Set<Fault> faults) {
        static Without valueOf(String text) {
            var needs = EnumSet.noneOf(Fault.Needs.class);
            var faults = EnumSet.noneOf(Fault.class);
            for (String word : text.isBlank() ? new String[0] : text.split(",", -1)) {
                var need = find(Fault.Needs.values(), word);
                var fault = find(Fault.values(), word);
                if (need.isPresent() && need.get() != Fault.Needs.NOTHING) {
                    needs.add(need.get());
                } else {
                    faults.add(fault.orElseThrow(() -> new IllegalArgumentException(PREFIX + "without is '" + text
                            + "', with '" + word.trim()
                            + "'; write a list of faketime, namespaces, proxy, tls, and names of faults: "
                            + Arrays.stream(Fault.values()).map(Settings::word).collect(Collectors.joining(", ")))));
                }
            }
            return new Without(needs, faults);
        }

        private static <T extends Enum<T>> Optional<T> find(T[] values, String wanted) {
            return Arrays.stream(values)
                    .filter(value -> Settings.word(value).equalsIgnoreCase(wanted.trim()))
                    .findFirst();
        }

        boolean isEmpty() {
            return needs.isEmpty() && faults.isEmpty();
        }

        String text() {
            return Stream.concat(needs.stream(), faults.stream())
                    .map(Settings::word)
                    .collect(Collectors.joining(", "));
        }
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static final String PREFIX = "raft.chaos.";
    private static final Path BASE = Path.of("target", "chaos").toAbsolutePath();

    /** From that number of members on, they speak TLS with each other unless somebody says otherwise. */
    private static final int SECURED_VOTERS = 5;

    /** Of the system properties {@code raft.chaos.seconds}, {@code .seed}, {@code .without}, {@code .clocks} and {@code .tls}. */
    static Settings ofProperties(int voters, Clocks clocksByDefault) {
        long seed = Long.getLong(PREFIX + "seed", System.nanoTime() & 0xFFFFFF);
        String name = System.getProperty(PREFIX + "name", "") + voters + "-members-" + seed;
        var without = Without.valueOf(System.getProperty(PREFIX + "without", ""));
        if (!tls(System.getProperty(PREFIX + "tls", voters >= SECURED_VOTERS ? "on" : "off"))) {
            without.needs().add(Fault.Needs.TLS);
        }
        return new Settings(
                name,
                voters,
                Duration.ofSeconds(Long.getLong(PREFIX + "seconds", 100)),
                seed,
                without,
                clocks(System.getProperty(PREFIX + "clocks", clocksByDefault.name())),
                BASE.resolve(name));
    }

    private static boolean tls(String word) {
        return switch (word.trim().toLowerCase(Locale.ROOT)) {
            case "on" -> true;
            case "off" -> false;
            default -> throw new IllegalArgumentException(PREFIX + "tls is '" + word + "'; write on or off");
        };
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
        return !without.needs().contains(fault.needs())
                && !without.faults().contains(fault)
                && !isOtherClock
                && (voters > 1 || !(fault.isPartition() || fault == Fault.WRONG_CERTIFICATE));
    }

    boolean hasNamespaces() {
        return !without.needs().contains(Fault.Needs.NAMESPACES);
    }

    boolean hasProxy() {
        return !without.needs().contains(Fault.Needs.PROXY);
    }

    boolean hasFaketime() {
        return !without.needs().contains(Fault.Needs.FAKETIME);
    }

    boolean hasTls() {
        return !without.needs().contains(Fault.Needs.TLS);
    }

    boolean hasLeases() {
        return !hasFaketime() || clocks == Clocks.WALL;
    }

    String text() {
        return "seed " + seed + ", " + voters + " members, " + duration.toSeconds() + " s, clocks that jump: "
                + (hasFaketime() ? clocks.name().toLowerCase(Locale.ROOT) : "none") + ", leases "
                + (hasLeases() ? "on" : "off")
                + (without.isEmpty() ? "" : ", without " + without.text());
    }
}
