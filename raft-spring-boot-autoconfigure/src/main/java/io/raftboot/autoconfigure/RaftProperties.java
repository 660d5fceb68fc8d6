package io.raftboot.autoconfigure;

import io.raftboot.api.EntryName;
import io.raftboot.api.MemberChange.Promotion;
import io.raftboot.autoconfigure.properties.DirectoryCheck;
import io.raftboot.autoconfigure.properties.DurationChecks;
import io.raftboot.autoconfigure.properties.MembershipChecks;
import io.raftboot.autoconfigure.properties.PeerChecks;
import io.raftboot.autoconfigure.properties.PropertyChecks;
import io.raftboot.replica.config.DivergencePolicy;
import io.raftboot.replica.config.NoLeader;
import io.raftboot.replica.config.Peer;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.config.StorageKind;
import io.raftboot.transport.tls.TransportSecurity.Mode;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What the application's properties say. Checks itself, so that a wrong value fails the start whether or not Bean
 * Validation is there.
 *
 * @param nodeId Id of this member, one of those in raft.peers; 1 if there are no peers
 * @param clusterName Name that tells this cluster from others
 * @param peers Members to start the cluster with, each as id@host[:port]; none for a cluster of one
 * @param join Whether this member joins a running cluster instead of starting a new one
 * @param dataDir Directory of this member alone for its log and snapshots
 * @param storage Where the log is kept; memory is for tests
 * @param tickInterval Length of a tick, of which the other intervals are whole multiples
 * @param heartbeatInterval Time between two heartbeats of a leader
 * @param electionTimeout Time without word from a leader after which a member campaigns
 * @param preVote Whether a member asks whether it could win before it campaigns
 * @param checkQuorum Whether a leader that hears from no majority gives up its leadership
 * @param commandTimeout Time after which a caller is told that a command or a query did not end
 * @param maxCommandSize Largest payload of one command
 * @param maxPendingCommands Number of commands that may wait at this member; more are refused
 * @param read how queries are answered
 * @param session how long results are kept for commands that may be sent again
 * @param snapshot when snapshots are taken
 * @param wal the write-ahead log
 * @param disk how much room on the disk is little
 * @param transport the connections between the members
 * @param maxPendingBytes Size of the commands that may wait at this member, and of the queries; more are refused. A 32nd of the
 *     heap, 256MB at most, if not set
 * @param noLeader What becomes of commands, and of queries that need a leader, once none has been known for longer than
 *     an election takes
 * @param apply what is done with committed entries
 * @param onFailure What happens when the member has stopped by itself
 * @param divergenceCheck Number of entries between two comparisons of the members' states, from 1 to 100000, the same on all
 *     members; or off
 * @param membership how the members of the running cluster change
 * @param admin calls over HTTP that look after the cluster
 * @param console the page that shows the cluster
 */
@ConfigurationProperties("raft")
public record RaftProperties(
        @Nullable Long nodeId,
        @DefaultValue("raft") String clusterName,
        @DefaultValue List<Peer> peers,
        @DefaultValue("false") boolean join,
        @DefaultValue("data/raft") String dataDir,
        @DefaultValue("wal") StorageKind storage,
        @DefaultValue("50ms") Duration tickInterval,
        @DefaultValue("100ms") Duration heartbeatInterval,
        @DefaultValue("1s") Duration electionTimeout,
        @DefaultValue("true") boolean preVote,
        @DefaultValue("true") boolean checkQuorum,
        @DefaultValue("5s") Duration commandTimeout,
        @DefaultValue("1MB") DataSize maxCommandSize,
        @DefaultValue("16384") int maxPendingCommands,
        @DefaultValue Read read,
        @DefaultValue Session session,
        @DefaultValue Snapshot snapshot,
        @DefaultValue Wal wal,
        @DefaultValue Disk disk,
        @DefaultValue Transport transport,
        @Nullable DataSize maxPendingBytes,
        @DefaultValue("refuse") NoLeader noLeader,
        @DefaultValue Apply apply,
        @DefaultValue("restart") FailureAction onFailure,
        @DefaultValue("off") String divergenceCheck,
        @DefaultValue Membership membership,
        @DefaultValue Admin admin,
        @DefaultValue Console console) {
    /** Name of the group of state machines: an application has one. */
    public static final String GROUP = "default";

    private static final DataSize MAX_COMMAND_SIZE = DataSize.ofBytes(ReplicaConfig.MAX_COMMAND_SIZE_BYTES);

    public RaftProperties {
        peers = List.copyOf(peers);
        PropertyChecks.name("raft.cluster-name", clusterName, "a name that this cluster alone has, for example orders");
        DirectoryCheck.check(dataDir);
        PropertyChecks.nodeId(nodeId);
        PeerChecks.check(nodeId, peers, join);
        DurationChecks.intervals(tickInterval, heartbeatInterval, electionTimeout);
        DurationChecks.positive("raft.command-timeout", commandTimeout, "5s");
        PropertyChecks.size("raft.max-command-size", maxCommandSize, DataSize.ofBytes(1), MAX_COMMAND_SIZE);
        PropertyChecks.positive("raft.max-pending-commands", maxPendingCommands, "16384");
        PropertyChecks.heapShare("raft.max-pending-bytes", maxPendingBytes);
        PropertyChecks.pendingBytes(maxPendingBytes, maxCommandSize);
        DurationChecks.longerThanTick("raft.command-timeout", commandTimeout, tickInterval);
        DurationChecks.outlives("raft.session.timeout", session.timeout(), commandTimeout);
        DurationChecks.outlives("raft.session.key-retention", session.keyRetention(), commandTimeout);
        PropertyChecks.lease(read.lease(), checkQuorum);
        PropertyChecks.divergence(divergenceCheck);
    }

    /** Id of this member, the default put in. */
    public long memberId() {
        return nodeId == null ? 1 : nodeId;
    }

    /** How often the members compare their states. */
    public DivergencePolicy divergencePolicy() {
        return PropertyChecks.divergence(divergenceCheck);
    }

    /**
     * How queries are answered.
     *
     * @param lease Whether leaders may answer queries of consistency LEASE without asking the others; must be the same on all
     *     members, needs raft.check-quorum, and turns the fast fail-over off
     */
    public record Read(@DefaultValue("false") boolean lease) {}

    /**
     * How long, and how many, results are kept for commands that may be sent again.
     *
     * @param timeout Time without a command after which a member's session with a state machine ends
     * @param maxSessions Number of sessions that a state machine may have; each start of a member opens one
     * @param keyRetention Time for which the result of a command with an idempotency key is kept
     * @param maxKeys Number of idempotency keys that a state machine may hold; more are refused
     * @param maxKeySize Size of the keys and results that a state machine may hold for them; a 16th of the heap, 64MB at most, if
     *     not set
     */
    public record Session(
            @DefaultValue("1h") Duration timeout,
            @DefaultValue("10000") int maxSessions,
            @DefaultValue("1h") Duration keyRetention,
            @DefaultValue("100000") int maxKeys,
            @Nullable DataSize maxKeySize) {
        private static final DataSize MAX_KEY_SIZE = DataSize.ofGigabytes(1);

        public Session {
            DurationChecks.positive("raft.session.timeout", timeout, "1h");
            PropertyChecks.positive("raft.session.max-sessions", maxSessions, "10000");
            DurationChecks.positive("raft.session.key-retention", keyRetention, "1h");
            PropertyChecks.positive("raft.session.max-keys", maxKeys, "100000");
            if (maxKeySize != null) {
                PropertyChecks.size("raft.session.max-key-size", maxKeySize, DataSize.ofBytes(1), MAX_KEY_SIZE);
                PropertyChecks.heapShare("raft.session.max-key-size", maxKeySize);
            }
        }
    }

    /**
     * Limits at which snapshots are taken, and what is kept of them.
     *
     * @param interval Time after which a snapshot is taken if anything was applied; 0 for no such limit
     * @param intervalEntries Number of applied entries after which a snapshot is taken and the log shortened
     * @param intervalSize Size of applied entries after which a snapshot is taken; 0 for no such limit
     * @param retain Number of newest snapshot files that are kept
     * @param keepEntries Number of entries kept behind a snapshot for slow followers
     * @param transferRate Size that one transfer to another member may send in a second; 0 for no limit
     * @param maxKeptLog Size of log kept beyond that for a member that gets a snapshot, until it has caught up
     */
    public record Snapshot(
            @DefaultValue("100000") long intervalEntries,
            @DefaultValue("512MB") DataSize intervalSize,
            @DefaultValue("0s") Duration interval,
            @DefaultValue("2") int retain,
            @DefaultValue("10000") long keepEntries,
            @DefaultValue("0B") DataSize transferRate,
            @DefaultValue("1GB") DataSize maxKeptLog) {
        private static final DataSize NO_LIMIT = DataSize.ofBytes(0);
        private static final DataSize MAX_SIZE = DataSize.ofTerabytes(1024);

        public Snapshot {
            PropertyChecks.positive("raft.snapshot.interval-entries", intervalEntries, "100000");
            PropertyChecks.size("raft.snapshot.interval-size", intervalSize, NO_LIMIT, MAX_SIZE);
            DurationChecks.notNegative("raft.snapshot.interval", interval, "1h");
            PropertyChecks.positive("raft.snapshot.retain", retain, "2");
            PropertyChecks.notNegative("raft.snapshot.keep-entries", keepEntries, "10000");
            PropertyChecks.size("raft.snapshot.transfer-rate", transferRate, NO_LIMIT, MAX_SIZE);
            PropertyChecks.size("raft.snapshot.max-kept-log", maxKeptLog, NO_LIMIT, MAX_SIZE);
        }
    }

    /**
     * The write-ahead log.
     *
     * @param segmentSize Size of one file of the log
     * @param cacheSize Newest entries that are held in memory; a 16th of the heap, 64MB at most, if not set
     */
    public record Wal(@DefaultValue("64MB") DataSize segmentSize, @Nullable DataSize cacheSize) {
        private static final DataSize MIN_SEGMENT_SIZE = DataSize.ofKilobytes(4);
        private static final DataSize MAX_SEGMENT_SIZE = DataSize.ofGigabytes(1);
        private static final DataSize MAX_CACHE_SIZE = DataSize.ofGigabytes(64);

        public Wal {
            PropertyChecks.size("raft.wal.segment-size", segmentSize, MIN_SEGMENT_SIZE, MAX_SEGMENT_SIZE);
            if (cacheSize != null) {
                PropertyChecks.size("raft.wal.cache-size", cacheSize, DataSize.ofBytes(1), MAX_CACHE_SIZE);
                PropertyChecks.heapShare("raft.wal.cache-size", cacheSize);
            }
        }
    }

    /**
     * How much room on the disk is little.
     *
     * @param lowMark Free space below which a leader hands over, or refuses commands if no other member has more; a tenth of the
     *     disk but 256MB at most if not set
     * @param highMark Free space from which on all is as before; one and a half times the low mark if not set
     * @param stopMark Free space below which the member stops when its reserve is used up; a quarter of the low mark if not set
     */
    public record Disk(@Nullable DataSize lowMark, @Nullable DataSize highMark, @Nullable DataSize stopMark) {
        public Disk {
            PropertyChecks.diskMarks(lowMark, highMark, stopMark);
        }
    }

    /**
     * The connections between the members.
     *
     * @param address Address to listen on; the host of this member's entry in raft.peers if not set
     * @param port Port to listen on; the port of this member's entry in raft.peers if not set
     * @param hostTimeout Time for which a start waits for the name of the host to listen on to become known; 0 to not wait
     * @param ssl TLS on these connections
     */
    public record Transport(
            @Nullable String address,
            @Nullable Integer port,
            @DefaultValue("1m") Duration hostTimeout,
            @DefaultValue Ssl ssl) {
        public Transport {
            DurationChecks.notNegative("raft.transport.host-timeout", hostTimeout, "1m");
            PropertyChecks.listenAddress(address, port);
        }
    }

    /**
     * TLS between the members, each of which shows by its certificate who it is.
     *
     * @param bundle Name of the SSL bundle with the certificate of this member and the issuer of all members' certificates; no TLS
     *     if not set
     * @param mode Whether members without TLS are heard and dialled as well, while a cluster goes over to it
     * @param peerName Name that the certificate of a member must have if it has no URI spiffe://TRUST-DOMAIN/raft/CLUSTER/ID, with
     *     {id}, {host} and {cluster} for those of the member; its host in raft.peers if not set
     * @param trustDomain Trust domain that such a URI must have; any if not set
     */
    public record Ssl(
            @Nullable String bundle,
            @DefaultValue("required") Mode mode,
            @Nullable String peerName,
            @Nullable String trustDomain) {}

    /**
     * What is done with committed entries.
     *
     * @param skip Entries that are passed over instead of being applied, because they stop every member; each as
     *     INDEX:TERM:CHECKSUM, as the member that stopped says it, and the same on all members
     */
    public record Apply(@DefaultValue List<EntryName> skip) {
        public Apply {
            skip = List.copyOf(skip);
        }
    }

    /**
     * How the members of the running cluster change. The same on all members: that of the leader counts.
     *
     * @param stableAfter Time for which a member that was added must have kept up before it gets a vote by itself
     * @param promote Whether a member that was added gets a vote by itself, unless whoever adds it says otherwise
     * @param acceptJoins Whether a process with raft.join=true is added as soon as it announces itself
     * @param replaceWiped Whether a member that comes back with an empty directory takes its own place by itself, while all others are
     *     there
     * @param removeDeadAfter Time without a word from a voter after which it is removed, 1h at least; never if not set
     * @param minVoters Fewest voters that the removal of dead ones leaves; a majority of as many as were wanted last if that is more, or this is
     *     not set
     * @param maxVoters Voters beyond which a process that joins by accept-joins stays a learner
     */
    public record Membership(
            @DefaultValue("10s") Duration stableAfter,
            @DefaultValue("auto") Promotion promote,
            @DefaultValue("false") boolean acceptJoins,
            @DefaultValue("false") boolean replaceWiped,
            @Nullable Duration removeDeadAfter,
            @Nullable Integer minVoters,
            @DefaultValue("7") int maxVoters) {
        public Membership {
            DurationChecks.notNegative("raft.membership.stable-after", stableAfter, "10s");
            MembershipChecks.removal(removeDeadAfter, minVoters);
            MembershipChecks.most(maxVoters);
        }
    }

    /**
     * Calls over HTTP that look after the cluster, below /raft/admin.
     *
     * @param enabled Whether a web application serves the calls below /raft/admin
     * @param role Role that a caller must have, where Spring Security is in use
     * @param allowRemote Whether calls from other machines are served where Spring Security is not in use
     */
    public record Admin(
            @DefaultValue("false") boolean enabled,
            @DefaultValue("RAFT_ADMIN") String role,
            @DefaultValue("false") boolean allowRemote) {
        public Admin {
            MembershipChecks.role(role);
        }
    }

    /**
     * The page that shows the cluster, at /raft/console. Who may look is said by raft.admin.role and raft.admin.allow-remote, whether
     * the calls below /raft/admin are served or not.
     *
     * @param enabled Whether a web application serves the page at /raft/console
     * @param showPayloads Whether the first bytes of commands are shown with the newest entries of the log
     */
    public record Console(@DefaultValue("false") boolean enabled, @DefaultValue("false") boolean showPayloads) {}
}
