package io.raftboot.autoconfigure.properties;

import io.raftboot.autoconfigure.InvalidRaftPropertyException;
import io.raftboot.replica.config.DivergencePolicy;
import io.raftboot.replica.config.Peer;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** Whether single properties can be used. Each check throws an {@link InvalidRaftPropertyException} that says what to write instead. */
public final class PropertyChecks {
    private static final DataSize MAX_DISK_MARK = DataSize.ofTerabytes(1024);

    private static final int MAX_PORT = 65535;

    private PropertyChecks() {}

    /** A name is one line of text without anything around it. */
    public static void name(String property, String value, String example) {
        if (value.isBlank()) {
            throw invalid(property, "is empty", "Write " + example + ".");
        }
        WrittenAround.check(property, value);
        if (value.chars().anyMatch(Character::isISOControl)) {
            throw invalid(
                    property,
                    "has a control character: '" + ValueText.ascii(value) + "'",
                    "Write " + example + ", without line ends, tabs and the like.");
        }
    }

    /** Ids are counted from 1. */
    public static void nodeId(@Nullable Long nodeId) {
        if (nodeId != null && nodeId < 1) {
            throw invalid(
                    "raft.node-id", "is " + nodeId, "Write the id of this member, a whole number from 1 upwards.");
        }
    }

    /** What is larger than all that may wait would be refused for ever, as if it were only too much at the moment. */
    public static void pendingBytes(@Nullable DataSize pending, DataSize command) {
        if (pending != null && pending.compareTo(command) < 0) {
            throw invalid(
                    "raft.max-pending-bytes",
                    "is " + ValueText.of(pending) + ", less than raft.max-command-size (" + ValueText.of(command) + ")",
                    "Write " + ValueText.of(command)
                            + " or more, leave it out, or write a smaller raft.max-command-size.",
                    "raft.max-command-size");
        }
    }

    /**
     * How often states are compared.
     *
     * @param written a number, or that they are not; YAML makes {@code false} of {@code off}
     */
    public static DivergencePolicy divergence(String written) {
        String value = written.strip().toLowerCase(Locale.ROOT);
        if (value.equals("off") || value.equals("false")) {
            return DivergencePolicy.off();
        }
        int entries = value.matches("[0-9]{1,9}") ? Integer.parseInt(value) : 0;
        if (entries < 1 || entries > DivergencePolicy.MAX_ENTRIES) {
            throw invalid(
                    "raft.divergence-check",
                    written.isBlank() ? "is empty" : "is " + ValueText.ascii(written.strip()),
                    "Write the number of entries between two comparisons of the members' states, from 1 to "
                            + DivergencePolicy.MAX_ENTRIES + ", for example 10000, or off.");
        }
        return DivergencePolicy.every(entries);
    }

    /** A lease rests on a leader that gives up without a majority. */
    public static void lease(boolean lease, boolean checkQuorum) {
        if (lease && !checkQuorum) {
            throw invalid(
                    "raft.read.lease",
                    "is true, but raft.check-quorum is false: a leader that was cut off could go on answering",
                    "Take raft.check-quorum away, or write raft.read.lease=false.",
                    "raft.check-quorum");
        }
    }

    /**
     * A number is greater than 0.
     *
     * @param example of what could be written
     */
    public static void positive(String property, long value, String example) {
        if (value < 1) {
            throw invalid(property, "is " + value, "Write a number greater than 0, for example " + example + ".");
        }
    }

    /**
     * A number is 0 or greater.
     *
     * @param example of what could be written
     */
    public static void notNegative(String property, long value, String example) {
        if (value < 0) {
            throw invalid(property, "is " + value, "Write a number from 0 upwards, for example " + example + ".");
        }
    }

    /** A size lies between two others, both of them included. */
    public static void size(String property, DataSize value, DataSize least, DataSize most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw invalid(
                    property,
                    "is " + ValueText.of(value),
                    "Write a size between " + ValueText.of(least) + " and " + ValueText.of(most) + ".");
        }
    }

    /** What is held in memory and may be as large as the heap is no limit. */
    public static void heapShare(String property, @Nullable DataSize value) {
        if (value == null) {
            return;
        }
        if (value.toBytes() < 1) {
            throw invalid(property, "is " + ValueText.of(value), "Write a size greater than 0, or leave it out.");
        }
        long heapBytes = Runtime.getRuntime().maxMemory();
        if (value.toBytes() >= heapBytes) {
            throw invalid(
                    property,
                    "is " + ValueText.of(value) + ", as much as the heap of this process ("
                            + DataSize.ofBytes(heapBytes).toMegabytes() + "MB) or more",
                    "Write a smaller size, leave it out for a part of the heap, or give the process a larger heap with"
                            + " -Xmx.");
        }
    }

    /** The marks of the disk follow each other, and the low one is there if another is. */
    public static void diskMarks(@Nullable DataSize low, @Nullable DataSize high, @Nullable DataSize stop) {
        if (low == null) {
            DataSize other = high != null ? high : stop;
            if (other != null) {
                throw invalid(
                        high != null ? "raft.disk.high-mark" : "raft.disk.stop-mark",
                        "is " + ValueText.of(other) + ", but raft.disk.low-mark is not set",
                        "Set raft.disk.low-mark as well, for example 256MB.",
                        "raft.disk.low-mark");
            }
            return;
        }
        size("raft.disk.low-mark", low, DataSize.ofBytes(1), MAX_DISK_MARK);
        if (high != null && high.compareTo(MAX_DISK_MARK) > 0) {
            size("raft.disk.high-mark", high, low, MAX_DISK_MARK);
        }
        if (high != null && high.compareTo(low) < 0) {
            throw invalid(
                    "raft.disk.high-mark",
                    "is " + ValueText.of(high) + ", less than raft.disk.low-mark (" + ValueText.of(low) + ")",
                    "Write a size above the low mark, for example " + ValueText.of(DataSize.ofBytes(2 * low.toBytes()))
                            + ".",
                    "raft.disk.low-mark");
        }
        if (stop != null && (stop.isNegative() || stop.compareTo(low) >= 0)) {
            throw invalid(
                    "raft.disk.stop-mark",
                    "is " + ValueText.of(stop) + ", not between 0 and raft.disk.low-mark (" + ValueText.of(low) + ")",
                    "Write a smaller size, for example " + ValueText.of(DataSize.ofBytes(low.toBytes() / 4)) + ".",
                    "raft.disk.low-mark");
        }
    }

    /** The address to listen on is a host alone, and a port one of TCP. */
    public static void listenAddress(@Nullable String address, @Nullable Integer port) {
        if (address != null) {
            boolean oneColon = address.indexOf(':') >= 0 && address.indexOf(':') == address.lastIndexOf(':');
            if (address.isBlank() || oneColon || Peer.isMalformedHost(address) || HostNames.isMalformed(address)) {
                throw invalid(
                        "raft.transport.address",
                        address.isBlank() ? "is empty" : "is " + address + ", which is no name or address of a host",
                        "Write the name or address alone, for example 0.0.0.0 to listen on all, or leave it out to listen"
                                + " on the host of this member's entry in raft.peers. The port is raft.transport.port.");
            }
        }
        if (port != null && (port < 1 || port > MAX_PORT)) {
            throw invalid("raft.transport.port", "is " + port, "Write a port between 1 and " + MAX_PORT + ".");
        }
    }

    private static InvalidRaftPropertyException invalid(
            String property, String reason, String action, String... others) {
        return new InvalidRaftPropertyException(property, reason, action, List.of(others));
    }
}
