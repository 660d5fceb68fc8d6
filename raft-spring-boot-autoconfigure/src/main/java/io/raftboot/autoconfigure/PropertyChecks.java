package io.raftboot.autoconfigure;

import io.raftboot.replica.Peer;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.unit.DataSize;

/** The checks of {@link RaftProperties}, each with what to write instead. */
final class PropertyChecks {
    /** More than a day of millisecond ticks: a slip of the unit, and beyond what the core counts sensibly. */
    private static final long MAX_TICKS = 100_000_000;

    private static final DataSize MAX_DISK_MARK = DataSize.ofTerabytes(1024);

    private static final int MAX_PORT = 65535;
    private static final int MAX_ASCII = 127;

    private PropertyChecks() {}

    static void text(String property, String value, String example) {
        if (value.isBlank()) {
            throw invalid(property, "is empty", "Write " + example + ".");
        }
    }

    /**
     * A directory has to be one that this process can name, and that can be written into the URL of a database: in one of H2, what
     * follows a semicolon are settings, of which some run statements.
     */
    static void directory(String property, String value) {
        String absolute;
        try {
            absolute = Path.of(value).toAbsolutePath().normalize().toString();
        } catch (InvalidPathException e) {
            throw unnamable(property, value, e);
        }
        if (absolute.indexOf(';') >= 0) {
            throw invalid(
                    property,
                    "is " + absolute
                            + ", with a semicolon: in the URL of a database there, settings would begin behind it",
                    "Write a directory whose whole path has no semicolon.");
        }
        if (absolute.chars().anyMatch(Character::isISOControl)) {
            throw invalid(
                    property,
                    "has a control character: '" + readable(value) + "'",
                    "Write the path without line ends, tabs and the like.");
        }
    }

    private static InvalidRaftPropertyException unnamable(String property, String value, InvalidPathException e) {
        String encoding = System.getProperty("sun.jnu.encoding", "unknown");
        boolean locale = value.chars().anyMatch(character -> character > MAX_ASCII);
        return locale
                ? invalid(
                        property,
                        "is '" + readable(value)
                                + "', for which this process has no file name: its locale's encoding is " + encoding,
                        "Start it with the environment variable LC_ALL=C.UTF-8, or write a path of ASCII letters.")
                : invalid(
                        property,
                        "is '" + readable(value) + "', which is no path: " + e.getReason(),
                        "Write a directory of this member alone, for example data/raft.");
    }

    /** As ASCII, because the console of such a process could not show anything else. */
    static String readable(String value) {
        var text = new StringBuilder();
        value.chars().forEach(character -> {
            if (character > MAX_ASCII || Character.isISOControl(character)) {
                text.append(String.format(Locale.ROOT, "\\u%04x", character));
            } else {
                text.append((char) character);
            }
        });
        return text.toString();
    }

    static void nodeId(@Nullable Long nodeId) {
        if (nodeId != null && nodeId < 1) {
            throw invalid(
                    "raft.node-id", "is " + nodeId, "Write the id of this member, a whole number from 1 upwards.");
        }
    }

    static void peers(@Nullable Long nodeId, List<Peer> peers, boolean join) {
        Map<Long, Peer> byId = new HashMap<>();
        Map<String, Peer> byAddress = new HashMap<>();
        for (Peer peer : peers) {
            if (byId.put(peer.id(), peer) != null) {
                throw invalid(
                        "raft.peers",
                        "has two members with the id " + peer.id() + ": " + peers,
                        "Give each member an id of its own.");
            }
            if (byAddress.put(peer.address(), peer) != null) {
                throw invalid(
                        "raft.peers",
                        "has two members with the address " + peer.address() + ": " + peers,
                        "Give each member an address of its own.");
            }
        }
        if (!peers.isEmpty()) {
            memberOf(nodeId, peers, byId);
        }
        if (join && peers.size() < 2) {
            throw invalid(
                    "raft.join",
                    "is true, but raft.peers is " + peers,
                    "Write this member's own entry and at least one member of the running cluster into raft.peers.");
        }
    }

    static void intervals(Duration tick, Duration heartbeat, Duration election) {
        positive("raft.tick-interval", tick, "50ms");
        multiple("raft.heartbeat-interval", heartbeat, tick);
        multiple("raft.election-timeout", election, tick);
        if (election.compareTo(heartbeat) <= 0) {
            throw invalid(
                    "raft.election-timeout",
                    "is " + text(election) + ", not longer than raft.heartbeat-interval (" + text(heartbeat) + ")",
                    "Write about ten heartbeats, " + text(heartbeat.multipliedBy(10)) + ".");
        }
    }

    static void positive(String property, Duration value, String example) {
        if (value.isNegative() || value.isZero()) {
            throw invalid(
                    property, "is " + text(value), "Write a duration longer than 0, for example " + example + ".");
        }
    }

    /** What rests is tried again with the next tick. */
    static void longerThanTick(String property, Duration value, Duration tick) {
        if (value.compareTo(tick) <= 0) {
            throw invalid(
                    property,
                    "is " + text(value) + ", not longer than raft.tick-interval (" + text(tick) + ")",
                    "Write a longer duration, for example 5s.");
        }
    }

    static void atMost(String property, Duration value, Duration most) {
        if (value.compareTo(most) > 0) {
            throw invalid(
                    property, "is " + value, "Write a duration of at most " + most.toDays() + "d. Check its unit.");
        }
    }

    /** A session, or a key, must outlive whatever its commands wait for, or it could end between two attempts. */
    static void longer(String property, Duration value, String than, Duration limit) {
        if (value.compareTo(limit.multipliedBy(2)) <= 0) {
            throw invalid(
                    property,
                    "is " + text(value) + ", not more than twice " + than + " (" + text(limit) + ")",
                    "Write a longer duration, for example " + text(limit.multipliedBy(10)) + ".");
        }
    }

    static void positive(String property, long value, String example) {
        if (value < 1) {
            throw invalid(property, "is " + value, "Write a number greater than 0, for example " + example + ".");
        }
    }

    static void notNegative(String property, long value, String example) {
        if (value < 0) {
            throw invalid(property, "is " + value, "Write a number from 0 upwards, for example " + example + ".");
        }
    }

    static void notNegative(String property, Duration value, String example) {
        if (value.isNegative()) {
            throw invalid(property, "is " + text(value), "Write a duration, for example " + example + ", or 0.");
        }
    }

    static void size(String property, DataSize value, DataSize least, DataSize most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw invalid(property, "is " + value, "Write a size between " + text(least) + " and " + text(most) + ".");
        }
    }

    /** What is held in memory and may be as large as the heap is no limit. */
    static void heapShare(String property, @Nullable DataSize value) {
        if (value == null) {
            return;
        }
        if (value.toBytes() < 1) {
            throw invalid(property, "is " + text(value), "Write a size greater than 0, or leave it out.");
        }
        long heapBytes = Runtime.getRuntime().maxMemory();
        if (value.toBytes() >= heapBytes) {
            throw invalid(
                    property,
                    "is " + text(value) + ", as much as the heap of this process (" + text(DataSize.ofBytes(heapBytes))
                            + ") or more",
                    "Write a smaller size, leave it out for a part of the heap, or give the process a larger heap with"
                            + " -Xmx.");
        }
    }

    static void diskMarks(@Nullable DataSize low, @Nullable DataSize high, @Nullable DataSize stop) {
        if (low == null) {
            if (high != null || stop != null) {
                throw invalid(
                        high != null ? "raft.disk.high-mark" : "raft.disk.stop-mark",
                        "is set, but raft.disk.low-mark is not",
                        "Set raft.disk.low-mark as well, for example 256MB.");
            }
            return;
        }
        size("raft.disk.low-mark", low, DataSize.ofBytes(1), MAX_DISK_MARK);
        if (high != null && high.compareTo(low) < 0) {
            throw invalid(
                    "raft.disk.high-mark",
                    "is " + text(high) + ", less than raft.disk.low-mark (" + text(low) + ")",
                    "Write a size above the low mark, for example " + text(DataSize.ofBytes(2 * low.toBytes())) + ".");
        }
        if (stop != null && (stop.isNegative() || stop.compareTo(low) >= 0)) {
            throw invalid(
                    "raft.disk.stop-mark",
                    "is " + text(stop) + ", not between 0 and raft.disk.low-mark (" + text(low) + ")",
                    "Write a smaller size, for example " + text(DataSize.ofBytes(low.toBytes() / 4)) + ".");
        }
    }

    static void port(String property, int value) {
        if (value < 1 || value > MAX_PORT) {
            throw invalid(property, "is " + value, "Write a port between 1 and " + MAX_PORT + ".");
        }
    }

    private static void memberOf(@Nullable Long nodeId, List<Peer> peers, Map<Long, Peer> byId) {
        if (nodeId == null) {
            throw invalid(
                    "raft.node-id",
                    "is not set, but raft.peers is " + peers,
                    "Write raft.node-id with the id that this member has there.");
        }
        if (!byId.containsKey(nodeId)) {
            throw invalid(
                    "raft.node-id",
                    "is " + nodeId + ", which is not among raft.peers " + peers,
                    "Write one of their ids, or add " + nodeId + "@host:port to raft.peers on all members.");
        }
    }

    private static void multiple(String property, Duration value, Duration tick) {
        positive(property, value, text(tick.multipliedBy(2)));
        Duration remainder = value.minus(tick.multipliedBy(value.dividedBy(tick)));
        if (!remainder.isZero()) {
            Duration above = value.minus(remainder).plus(tick);
            Duration below = above.minus(tick);
            throw invalid(
                    property,
                    "is " + text(value) + ", which is no whole multiple of raft.tick-interval (" + text(tick) + ")",
                    "Write " + (below.isZero() ? "" : text(below) + " or ") + text(above)
                            + ", or change raft.tick-interval.");
        }
        if (value.dividedBy(tick) > MAX_TICKS) {
            throw invalid(property, "is " + text(value) + ", longer than " + MAX_TICKS + " ticks", "Check its unit.");
        }
    }

    private static String text(Duration duration) {
        return duration.toNanosPart() % 1_000_000 == 0
                ? DurationStyle.SIMPLE.print(duration, ChronoUnit.MILLIS)
                : duration.toString();
    }

    private static String text(DataSize size) {
        return size.toTerabytes() > 0
                ? size.toTerabytes() + "TB"
                : size.toMegabytes() > 0
                        ? size.toMegabytes() + "MB"
                        : size.toKilobytes() > 0 ? size.toKilobytes() + "KB" : size.toBytes() + "B";
    }

    private static InvalidRaftPropertyException invalid(String property, String reason, String action) {
        return new InvalidRaftPropertyException(property, reason, action);
    }
}
