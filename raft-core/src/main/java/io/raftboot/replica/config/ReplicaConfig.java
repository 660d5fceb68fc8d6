package io.raftboot.replica.config;

import io.raftboot.api.EntryName;
import io.raftboot.raft.RaftConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a {@code Replica} is told. Checked when it is made: an {@link IllegalArgumentException} names the value and what
 * to write instead. What belongs to the algorithm alone is in {@link RaftConfig}, of which {@link #raftConfig} gives what a
 * replica wants. Immutable.
 */
public final class ReplicaConfig {
    /** Most that {@link #maxCommandSizeBytes()} may be: a command passes through memory several times over on every member. */
    public static final int MAX_COMMAND_SIZE_BYTES = 64 * 1024 * 1024;

    private final String clusterName;
    private final String group;
    private final long nodeId;
    private final List<Peer> peers;
    private final boolean join;
    private final StorageKind storage;
    private final Path dataDir;
    private final Timing timing;
    private final Duration commandTimeout;
    private final int maxCommandSizeBytes;
    private final int maxPendingCommands;
    private final SessionPolicy sessions;
    private final SnapshotPolicy snapshots;
    private final boolean leaseReads;
    private final long walSegmentSizeBytes;
    private final long walCacheSizeBytes;
    private final DiskMarks diskMarks;
    private final long maxPendingBytes;
    private final NoLeader noLeader;
    private final List<EntryName> applySkip;
    private final OnFailure onFailure;
    private final DivergencePolicy divergenceCheck;
    private final MembershipPolicy membership;

    private ReplicaConfig(Builder values) {
        clusterName = values.clusterName;
        group = values.group;
        nodeId = values.nodeId;
        peers = List.copyOf(values.peers);
        join = values.join;
        storage = values.storage;
        dataDir = values.dataDir;
        timing = values.timing;
        commandTimeout = values.commandTimeout;
        maxCommandSizeBytes = values.maxCommandSizeBytes;
        maxPendingCommands = values.maxPendingCommands;
        sessions = values.sessions;
        snapshots = values.snapshots;
        leaseReads = values.leaseReads;
        walSegmentSizeBytes = values.walSegmentSizeBytes;
        walCacheSizeBytes = values.walCacheSizeBytes;
        diskMarks = values.diskMarks;
        maxPendingBytes = values.maxPendingBytes;
        noLeader = values.noLeader;
        applySkip = List.copyOf(values.applySkip);
        onFailure = values.onFailure;
        divergenceCheck = values.divergenceCheck;
        membership = values.membership;
        ReplicaConfigChecks.check(this);
    }

    /** A cluster of one with default limits, to be changed in the builder. */
    public static Builder builder(Path dataDir) {
        return new Builder(dataDir);
    }

    /** A builder that starts from this configuration. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Name that tells clusters apart that might meet by mistake. */
    public String clusterName() {
        return clusterName;
    }

    /** Name of the raft group within the cluster. */
    public String group() {
        return group;
    }

    /** Id of this member, one of {@code peers} unless that is empty. */
    public long nodeId() {
        return nodeId;
    }

    /** The members to bootstrap with; empty for a cluster of one that nobody else talks to. */
    public List<Peer> peers() {
        return peers;
    }

    /** Whether this member joins an existing cluster instead of bootstrapping a new one. */
    public boolean join() {
        return join;
    }

    /** Place where the log is kept. */
    public StorageKind storage() {
        return storage;
    }

    /** Directory of this member alone; not touched with {@link StorageKind#MEMORY}. */
    public Path dataDir() {
        return dataDir;
    }

    /** Length of a tick, of an election timeout and of what lies between two heartbeats. */
    public Timing timing() {
        return timing;
    }

    /** Length of one tick of the core. */
    public Duration tickInterval() {
        return timing.tickInterval();
    }

    /** What a replica tells the algorithm: pre-votes, a leader that steps down without its quorum, the ticks of {@link #timing}. */
    public RaftConfig raftConfig() {
        return timing.raftConfig().id(nodeId).build();
    }

    /** Time that an operation may take before its caller is told that it did not end, and how long it waits for a leader. */
    public Duration commandTimeout() {
        return commandTimeout;
    }

    /** Largest payload of one command, at most 64 MiB. */
    public int maxCommandSizeBytes() {
        return maxCommandSizeBytes;
    }

    /** Commands of this member's callers that may wait at once; more are refused. */
    public int maxPendingCommands() {
        return maxPendingCommands;
    }

    /** How long results are kept for commands that may be sent again. */
    public SessionPolicy sessions() {
        return sessions;
    }

    /** Policy of when snapshots are taken and the log compacted. */
    public SnapshotPolicy snapshots() {
        return snapshots;
    }

    /** Whether leaders may answer reads by their lease, and count on this member for theirs; to be set alike on all members: one that does not keep leases leaves no leader any. */
    public boolean leaseReads() {
        return leaseReads;
    }

    /** Size of a segment of the log. */
    public long walSegmentSizeBytes() {
        return walSegmentSizeBytes;
    }

    /** Newest entries held in memory. */
    public long walCacheSizeBytes() {
        return walCacheSizeBytes;
    }

    /** How much room on the disk is little. */
    public DiskMarks diskMarks() {
        return diskMarks;
    }

    /** Bytes of this member's callers' commands that may wait at once, and as many of their queries; more are refused, but for one at a time that is larger by itself. */
    public long maxPendingBytes() {
        return maxPendingBytes;
    }

    /** What becomes of calls that need a leader while none is known. */
    public NoLeader noLeader() {
        return noLeader;
    }

    /** Entries that this member passes over instead of applying them, because they stop every member; to be the same on all members. */
    public List<EntryName> applySkip() {
        return applySkip;
    }

    /** What is done when the member has stopped by itself. */
    public OnFailure onFailure() {
        return onFailure;
    }

    /** How often the members compare their states. */
    public DivergencePolicy divergenceCheck() {
        return divergenceCheck;
    }

    /** Policy of how the members of the group change while it runs. */
    public MembershipPolicy membership() {
        return membership;
    }

    /** Collects the values of a {@code ReplicaConfig}; they are checked when it is built. */
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
        private DivergencePolicy divergenceCheck = DivergencePolicy.off();
        private MembershipPolicy membership = MembershipPolicy.defaults();

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
            divergenceCheck = config.divergenceCheck;
            membership = config.membership;
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

        /** Default {@link DivergencePolicy#off}. */
        public Builder divergenceCheck(DivergencePolicy value) {
            divergenceCheck = value;
            return this;
        }

        /** Default {@link MembershipPolicy#defaults}. */
        public Builder membership(MembershipPolicy value) {
            membership = value;
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
            return new ReplicaConfig(this);
        }
    }
}
