package io.raftboot.replica.config;

import java.util.Locale;

/**
 * How much of the heap each thing may take of which a member holds a changing number of bytes. The shares are parts of the
 * heap, so that a small one is not filled by limits made for a large one, and end where more would be of no use. Together
 * they are about two fifths of a small heap: the rest is the application's, its state machines' above all, and what a
 * command takes while it passes.
 *
 * <p>A limit that is smaller than one command lets one command through at a time.
 */
public final class MemoryBudget {
    private static final long MIB = 1024 * 1024;

    private static final int LARGE_SHARE = 16;
    private static final int SMALL_SHARE = 32;

    private static final long MAX_WAL_CACHE_BYTES = 64 * MIB;
    private static final long MAX_PENDING_BYTES = 256 * MIB;
    private static final long MAX_UNCOMMITTED_BYTES = 64 * MIB;
    private static final long MAX_INFLIGHT_BYTES = 8 * MIB;
    private static final long MAX_QUEUED_BYTES = 64 * MIB;
    private static final long MAX_BATCH_BYTES = 4 * MIB;
    private static final long MAX_KEY_BYTES = 64 * MIB;
    private static final long MIN_BYTES = 256 * 1024;

    /** A few thousand small commands. */
    private static final long MIN_PENDING_BYTES = 2 * MIB;

    /** Size of a message with entries, as it usually is at most. */
    private static final long MIN_INFLIGHT_BYTES = MIB;

    private final long heapBytes;
    private final long walCacheBytes;
    private final long pendingBytes;
    private final long readBytes;
    private final long remoteBytes;
    private final long uncommittedBytes;
    private final long inflightBytes;
    private final long queuedBytes;
    private final int batchBytes;
    private final long keyBytes;

    private MemoryBudget(long heapBytes, int otherMembers) {
        int others = Math.max(1, otherMembers);
        long large = heapBytes / LARGE_SHARE;
        long small = heapBytes / SMALL_SHARE;
        this.heapBytes = heapBytes;
        walCacheBytes = between(large, MAX_WAL_CACHE_BYTES);
        pendingBytes = Math.max(MIN_PENDING_BYTES, between(small, MAX_PENDING_BYTES));
        readBytes = pendingBytes;
        remoteBytes = pendingBytes;
        uncommittedBytes = between(large, MAX_UNCOMMITTED_BYTES);
        inflightBytes = Math.max(MIN_INFLIGHT_BYTES, Math.min(small / others, MAX_INFLIGHT_BYTES));
        // What is on its way to all of them must find room: what does not is dropped, and sent again later.
        queuedBytes = between(small + others * inflightBytes, MAX_QUEUED_BYTES);
        batchBytes = (int) between(small, MAX_BATCH_BYTES);
        keyBytes = between(large, MAX_KEY_BYTES);
    }

    /** The same with what was configured in place of the defaults. */
    private MemoryBudget(MemoryBudget defaults, ReplicaConfig config, long uncommittedBytes, long inflightBytes) {
        heapBytes = defaults.heapBytes;
        walCacheBytes = config.walCacheSizeBytes();
        pendingBytes = config.maxPendingBytes();
        readBytes = config.maxPendingBytes();
        remoteBytes = defaults.remoteBytes;
        this.uncommittedBytes = uncommittedBytes;
        this.inflightBytes = inflightBytes;
        queuedBytes = defaults.queuedBytes;
        batchBytes = defaults.batchBytes;
        keyBytes = config.sessions().maxKeyBytes();
    }

    /** The budget of this process, in a group of three. */
    public static MemoryBudget ofThisProcess() {
        return ofThisProcess(2);
    }

    /**
     * The budget of this process.
     *
     * @param otherMembers of the group; none counts as one
     */
    public static MemoryBudget ofThisProcess(int otherMembers) {
        return of(Runtime.getRuntime().maxMemory(), otherMembers);
    }

    /**
     * The budget for a heap of a size.
     *
     * @param otherMembers of the group, that share what goes to all of them; none counts as one
     */
    public static MemoryBudget of(long heapBytes, int otherMembers) {
        return new MemoryBudget(heapBytes, otherMembers);
    }

    private static long between(long share, long most) {
        return Math.max(MIN_BYTES, Math.min(share, most));
    }

    /** The same with what was configured in place of the defaults. */
    public MemoryBudget with(ReplicaConfig config, long newUncommittedBytes, long newInflightBytes) {
        return new MemoryBudget(this, config, newUncommittedBytes, newInflightBytes);
    }

    /** Size of the heap of the process. */
    public long heapBytes() {
        return heapBytes;
    }

    /** Newest entries of the log, to be sent and applied without reading them back. */
    public long walCacheBytes() {
        return walCacheBytes;
    }

    /** Commands of this member's callers that wait for their outcome. */
    public long pendingBytes() {
        return pendingBytes;
    }

    /** Queries of this member's callers that wait for their answer. */
    public long readBytes() {
        return readBytes;
    }

    /** Commands that other members have sent to this one because it leads. */
    public long remoteBytes() {
        return remoteBytes;
    }

    /** Entries that a leader has appended and no majority has yet. */
    public long uncommittedBytes() {
        return uncommittedBytes;
    }

    /** Entries on their way to one follower. */
    public long inflightBytes() {
        return inflightBytes;
    }

    /** Messages that wait for the transport, or for one member, to take them. */
    public long queuedBytes() {
        return queuedBytes;
    }

    /** Entries written to the log at once; outside the heap. */
    public int batchBytes() {
        return batchBytes;
    }

    /** Idempotency keys with their results, of one state machine. */
    public long keyBytes() {
        return keyBytes;
    }

    /** What the member may hold of the heap, all limits reached at once; some count the same bytes. */
    public long totalBytes(int otherMembers, int machines) {
        int others = Math.max(1, otherMembers);
        return walCacheBytes
                + pendingBytes
                + readBytes
                + remoteBytes
                + uncommittedBytes
                + others * inflightBytes
                + queuedBytes
                + machines * keyBytes;
    }

    /** One line for the log, each part under the property that sets it where there is one. */
    public String describe(int otherMembers, int machines) {
        return "up to " + text(totalBytes(otherMembers, machines)) + " of the heap of " + text(heapBytes)
                + ": newest entries " + text(walCacheBytes) + " (raft.wal.cache-size), commands that wait "
                + text(pendingBytes) + " (raft.max-pending-bytes), queries that wait " + text(readBytes)
                + ", commands of other members " + text(remoteBytes) + ", uncommitted entries " + text(uncommittedBytes)
                + ", entries on their way to each other member " + text(inflightBytes) + ", messages that wait "
                + text(queuedBytes) + ", for each state machine " + text(keyBytes)
                + " of idempotency keys (raft.session.max-key-size)";
    }

    public static String text(long bytes) {
        return bytes < MIB
                ? bytes / 1024 + " KB"
                : String.format(Locale.ROOT, bytes < 10 * MIB ? "%.1f MB" : "%.0f MB", (double) bytes / MIB);
    }
}
