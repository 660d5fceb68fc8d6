package io.raftboot.replica.config;

import io.raftboot.api.EntryName;
import io.raftboot.raft.RaftConfig;
import io.raftboot.replica.Replica;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a {@link Replica} is told. Checked when it is made: an {@link IllegalArgumentException} names the value and what
 * to write instead. What belongs to the algorithm alone is in {@link RaftConfig}, of which {@link #raftConfig} gives what a
 * replica wants.
 *
 * @param clusterName    tells clusters apart that might meet by mistake
 * @param group          the raft group within the cluster
 * @param nodeId         this member, one of {@code peers} unless that is empty
 * @param peers          the members to bootstrap with; empty for a cluster of one that nobody else talks to
 * @param join           whether this member joins an existing cluster instead of bootstrapping a new one
 * @param storage        where the log is kept
 * @param dataDir        directory of this member alone; not touched with {@link StorageKind#MEMORY}
 * @param timing         length of a tick, of an election timeout and of what lies between two heartbeats
 * @param commandTimeout how long an operation may take before its caller is told that it did not end, and how long it
 *                       waits for a leader
 * @param maxCommandSizeBytes        largest payload of one command, at most 64 MiB
 * @param maxPendingCommands         commands of this member's callers that may wait at once; more are refused
 * @param sessions                   how long results are kept for commands that may be sent again
 * @param snapshots                  when snapshots are taken and the log compacted
 * @param leaseReads                 whether leaders may answer reads by their lease, and count on this member for theirs; to be
 *     set alike on all members: one that does not keep leases leaves no leader any
 * @param walSegmentSizeBytes        size of a segment of the log
 * @param walCacheSizeBytes          newest entries held in memory
 * @param diskMarks                  how much room on the disk is little
 * @param maxPendingBytes            bytes of this member's callers' commands that may wait at once, and as many of their queries;
 *     more are refused, but for one at a time that is larger by itself
 * @param noLeader                   what becomes of calls that need a leader while none is known
 * @param applySkip                  entries that this member passes over instead of applying them, because they stop every
 *     member; to be the same on all members
 * @param onFailure                  what is done when the member has stopped by itself
 */
public record ReplicaConfig(
        String clusterName,
        String group,
        long nodeId,
        List<Peer> peers,
        boolean join,
        StorageKind storage,
        Path dataDir,
        Timing timing,
        Duration commandTimeout,
        int maxCommandSizeBytes,
        int maxPendingCommands,
        SessionPolicy sessions,
        SnapshotPolicy snapshots,
        boolean leaseReads,
        long walSegmentSizeBytes,
        long walCacheSizeBytes,
        DiskMarks diskMarks,
        long maxPendingBytes,
        NoLeader noLeader,
        List<EntryName> applySkip,
        OnFailure onFailure) {
    /**
     * What {@link #maxCommandSizeBytes()} may be at most: a command passes through memory several times over on every member,
     * so what is larger belongs elsewhere. Far from what the log can hold as one entry, at which a leader would stop.
     */
    public static final int MAX_COMMAND_SIZE_BYTES = 64 * 1024 * 1024;

    public ReplicaConfig {
        peers = List.copyOf(peers);
        applySkip = List.copyOf(applySkip);
        check(!clusterName.isBlank(), "the cluster name is empty; write a name that this cluster alone has");
        check(!group.isBlank(), "the group's name is empty");
        check(nodeId > 0, "the node id must be 1 or greater, not " + nodeId);
        checkPeers(nodeId, peers);
        check(
                !join || peers.size() > 1,
                "a member that joins needs its own entry and at least one member in the peers");
        check(!commandTimeout.isNegative() && !commandTimeout.isZero(), "the command timeout must be longer than 0");
        check(
                maxCommandSizeBytes > 0 && maxCommandSizeBytes <= MAX_COMMAND_SIZE_BYTES,
                "the largest command must have between 1 and " + MAX_COMMAND_SIZE_BYTES + " bytes");
        check(maxPendingCommands > 0, "the number of pending commands must be greater than 0");
        check(walCacheSizeBytes > 0, "the log's cache must be larger than 0 bytes");
        check(maxPendingBytes > 0, "the bytes of pending commands must be greater than 0");
        check(walSegmentSizeBytes > 0, "the log's segments must be larger than 0 bytes");
        checkTimes(timing.tickInterval(), commandTimeout, sessions);
    }

    /** What a command is known by must outlive all copies of it that this member may send. */
    private static void checkTimes(Duration tickInterval, Duration commandTimeout, SessionPolicy sessions) {
        check(
                commandTimeout.compareTo(tickInterval) > 0,
                "the command timeout (raft.command-timeout) is " + commandTimeout
                        + ", and must be longer than the tick interval (raft.tick-interval), which is " + tickInterval);
        check(
                SessionPolicy.outlivesRepetition(sessions.timeout(), commandTimeout),
                tooShort("the time-out of sessions (raft.session.timeout)", sessions.timeout(), commandTimeout));
        check(
                SessionPolicy.outlivesRepetition(sessions.keyRetention(), commandTimeout),
                tooShort(
                        "the retention of keys (raft.session.key-retention)", sessions.keyRetention(), commandTimeout));
    }

    private static String tooShort(String what, Duration value, Duration commandTimeout) {
        return what + " is " + value
                + ", and must be longer than twice the command timeout (raft.command-timeout), which is "
                + commandTimeout
                + ": until then the member itself may send a command again, which would be applied twice";
    }

    /** Length of one tick of the core. */
    public Duration tickInterval() {
        return timing.tickInterval();
    }

    /**
     * What the algorithm is told by a replica of this configuration: pre-votes, a leader that steps down without its quorum, and
     * the ticks of {@link #timing}.
     */
    public RaftConfig raftConfig() {
        return timing.raftConfig().id(nodeId).build();
    }

    /** A cluster of one with default limits, to be changed in the builder. */
    public static Builder builder(Path dataDir) {
        return new Builder(dataDir);
    }

    /** A builder that starts from this configuration. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    private static void checkPeers(long nodeId, List<Peer> peers) {
        Set<Long> ids = new HashSet<>();
        Set<String> addresses = new HashSet<>();
        for (Peer peer : peers) {
            check(ids.add(peer.id()), "two peers have the id " + peer.id() + "; give each member an id of its own");
            check(
                    addresses.add(peer.address()),
                    "two peers have the address " + peer.address() + "; give each member an address of its own");
        }
        check(
                peers.isEmpty() || ids.contains(nodeId),
                "node " + nodeId + " is not among the peers " + peers + "; add " + nodeId
                        + "@host:port to them, or set the node id to one of them");
    }

    private static void check(boolean valid, String message) {
        if (!valid) {
            throw new IllegalArgumentException(message);
        }
    }

    /** Collects the values of a {@link ReplicaConfig}; they are checked when it is built. */
    public static final class Builder {
        private String clusterName = "raft";
        private String group = "default";
        private long nodeId = 1;
        private List<Peer> peers = List.of();
        private boolean join;
        private StorageKind storage = StorageKind.WAL;
        private Path dataDir;
        private Timing timing = Timing.defaults();
        private Duration commandTimeout = Duration.ofSeconds(5);
        private int maxCommandSizeBytes = 1024 * 1024;
        private int maxPendingCommands = 16 * 1024;
        private SessionPolicy sessions = SessionPolicy.defaults();
        private SnapshotPolicy snapshots = SnapshotPolicy.defaults();
        private boolean leaseReads;
        private long walSegmentSizeBytes = 64L * 1024 * 1024;
        private long walCacheSizeBytes = MemoryBudget.ofThisProcess().walCacheBytes();

        private DiskMarks diskMarks = DiskMarks.defaults();
        private long maxPendingBytes = MemoryBudget.ofThisProcess().pendingBytes();
        private NoLeader noLeader = NoLeader.REFUSE;
        private OnFailure onFailure = OnFailure.STOP_MEMBER;

        private List<EntryName> applySkip = List.of();

        private Builder(Path dataDir) {
            this.dataDir = dataDir;
        }

        private Builder(ReplicaConfig config) {
            clusterName = config.clusterName;
            group = config.group;
            nodeId = config.nodeId;
            peers = config.peers;
            join = config.join;
            storage = config.storage;
            dataDir = config.dataDir;
            timing = config.timing;
            commandTimeout = config.commandTimeout;
            maxCommandSizeBytes = config.maxCommandSizeBytes;
            maxPendingCommands = config.maxPendingCommands;
            sessions = config.sessions;
            snapshots = config.snapshots;
            leaseReads = config.leaseReads;
            walSegmentSizeBytes = config.walSegmentSizeBytes;
            walCacheSizeBytes = config.walCacheSizeBytes;
            diskMarks = config.diskMarks;
            maxPendingBytes = config.maxPendingBytes;
            noLeader = config.noLeader;
            applySkip = config.applySkip;
            onFailure = config.onFailure;
        }

        public Builder clusterName(String value) {
            clusterName = value;
            return this;
        }

        public Builder group(String value) {
            group = value;
            return this;
        }

        public Builder nodeId(long value) {
            nodeId = value;
            return this;
        }

        public Builder peers(List<Peer> value) {
            peers = value;
            return this;
        }

        public Builder join(boolean value) {
            join = value;
            return this;
        }

        public Builder storage(StorageKind value) {
            storage = value;
            return this;
        }

        public Builder dataDir(Path value) {
            dataDir = value;
            return this;
        }

        /** Default {@link Timing#defaults}. */
        public Builder timing(Timing value) {
            timing = value;
            return this;
        }

        /** The times of {@link Timing#ofTick}. */
        public Builder tickInterval(Duration value) {
            return timing(Timing.ofTick(value));
        }

        public Builder commandTimeout(Duration value) {
            commandTimeout = value;
            return this;
        }

        public Builder maxCommandSizeBytes(int value) {
            maxCommandSizeBytes = value;
            return this;
        }

        public Builder maxPendingCommands(int value) {
            maxPendingCommands = value;
            return this;
        }

        public Builder sessions(SessionPolicy value) {
            sessions = value;
            return this;
        }

        public Builder snapshots(SnapshotPolicy value) {
            snapshots = value;
            return this;
        }

        /** Default false. */
        public Builder leaseReads(boolean value) {
            leaseReads = value;
            return this;
        }

        public Builder walSegmentSizeBytes(long value) {
            walSegmentSizeBytes = value;
            return this;
        }

        public Builder diskMarks(DiskMarks value) {
            diskMarks = value;
            return this;
        }

        /** Default a part of the heap, see {@link MemoryBudget}. */
        public Builder maxPendingBytes(long value) {
            maxPendingBytes = value;
            return this;
        }

        /** Default {@link NoLeader#REFUSE}. */
        public Builder noLeader(NoLeader value) {
            noLeader = value;
            return this;
        }

        /** Default none. */
        public Builder applySkip(List<EntryName> value) {
            applySkip = value;
            return this;
        }

        /** Default {@link OnFailure#STOP_MEMBER}. */
        public Builder onFailure(OnFailure value) {
            onFailure = value;
            return this;
        }

        /** Default a part of the heap, see {@link MemoryBudget}. */
        public Builder walCacheSizeBytes(long value) {
            walCacheSizeBytes = value;
            return this;
        }

        /**
         * The configuration.
         *
         * @throws IllegalArgumentException naming what is wrong and what to write instead
         */
        public ReplicaConfig build() {
            return new ReplicaConfig(
                    clusterName,
                    group,
                    nodeId,
                    peers,
                    join,
                    storage,
                    dataDir,
                    timing,
                    commandTimeout,
                    maxCommandSizeBytes,
                    maxPendingCommands,
                    sessions,
                    snapshots,
                    leaseReads,
                    walSegmentSizeBytes,
                    walCacheSizeBytes,
                    diskMarks,
                    maxPendingBytes,
                    noLeader,
                    applySkip,
                    onFailure);
        }
    }
}
