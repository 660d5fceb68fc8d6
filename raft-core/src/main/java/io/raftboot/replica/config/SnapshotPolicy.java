package io.raftboot.replica.config;

import java.time.Duration;

/**
 * Rule of when a member takes snapshots, how many it keeps, and how much of the log behind them. Whichever limit is reached first
 * counts. The members of a group don't take theirs at the same time: each has its own places in the log, a part of an
 * interval after those of the member before it. So the first of a new member may come earlier than after a whole interval.
 *
 * @param intervalEntries applied entries between two snapshots, greater than 0
 * @param intervalBytes bytes of applied entries between two snapshots; 0 for no such limit
 * @param interval time between two snapshots, if anything was applied; zero for no such limit
 * @param retainedCount how many of the newest files are kept, at least 1; besides, what the log needs and what is being sent
 * @param keepEntries entries kept behind a snapshot, so that a slow follower does not need the snapshot
 * @param maxKeptLogBytes bytes of log kept beyond that for one follower that catches up, from the index of the snapshot on
 *     that it gets until it has reached the log; less where the disk has little room
 */
public record SnapshotPolicy(
        long intervalEntries,
        long intervalBytes,
        Duration interval,
        int retainedCount,
        long keepEntries,
        long maxKeptLogBytes) {
    private static final SnapshotPolicy DEFAULTS =
            new SnapshotPolicy(100_000, 512L * 1024 * 1024, Duration.ZERO, 2, 10_000, 1024L * 1024 * 1024);

    public SnapshotPolicy {
        check(intervalEntries > 0, "the number of entries between snapshots must be greater than 0");
        check(intervalBytes >= 0, "the number of bytes between snapshots can't be negative; 0 is no limit");
        check(!interval.isNegative(), "the time between snapshots can't be negative; 0 is no limit");
        check(retainedCount > 0, "at least one snapshot must be kept");
        check(keepEntries >= 0, "the number of entries kept behind a snapshot can't be negative");
        check(maxKeptLogBytes >= 0, "the bytes of log kept for a follower can't be negative");
    }

    /**
     * Snapshots after 100,000 entries or 512 MiB of them; the newest two files, and 10,000 entries behind a snapshot; 1 GiB of log for a
     * follower that catches up.
     */
    public static SnapshotPolicy defaults() {
        return DEFAULTS;
    }

    public SnapshotPolicy withIntervalEntries(long value) {
        return new SnapshotPolicy(value, intervalBytes, interval, retainedCount, keepEntries, maxKeptLogBytes);
    }

    public SnapshotPolicy withIntervalBytes(long value) {
        return new SnapshotPolicy(intervalEntries, value, interval, retainedCount, keepEntries, maxKeptLogBytes);
    }

    public SnapshotPolicy withInterval(Duration value) {
        return new SnapshotPolicy(intervalEntries, intervalBytes, value, retainedCount, keepEntries, maxKeptLogBytes);
    }

    public SnapshotPolicy withRetainedCount(int value) {
        return new SnapshotPolicy(intervalEntries, intervalBytes, interval, value, keepEntries, maxKeptLogBytes);
    }

    public SnapshotPolicy withKeepEntries(long value) {
        return new SnapshotPolicy(intervalEntries, intervalBytes, interval, retainedCount, value, maxKeptLogBytes);
    }

    public SnapshotPolicy withMaxKeptLogBytes(long value) {
        return new SnapshotPolicy(intervalEntries, intervalBytes, interval, retainedCount, keepEntries, value);
    }

    private static void check(boolean valid, String message) {
        if (!valid) {
            throw new IllegalArgumentException(message);
        }
    }
}
