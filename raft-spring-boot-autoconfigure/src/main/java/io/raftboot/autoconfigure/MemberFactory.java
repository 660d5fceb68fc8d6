package io.raftboot.autoconfigure;

import io.raftboot.agent.AgentHost;
import io.raftboot.autoconfigure.properties.LoneMember;
import io.raftboot.autoconfigure.properties.PeerChecks;
import io.raftboot.replica.config.DiskMarks;
import io.raftboot.replica.config.MembershipPolicy;
import io.raftboot.replica.config.MemoryBudget;
import io.raftboot.replica.config.OnFailure;
import io.raftboot.replica.config.Peer;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.config.SessionPolicy;
import io.raftboot.replica.config.SnapshotPolicy;
import io.raftboot.replica.config.Timing;
import io.raftboot.transport.Transport;
import io.raftboot.transport.netty.NettyTransport;
import io.raftboot.transport.netty.TransportOptions;
import io.raftboot.transport.tls.TransportSecurity;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** Translates properties into what a member is made of. */
final class MemberFactory {
    /** The one group of an application, for now. */
    static final String GROUP = RaftProperties.GROUP;

    /** Address for a cluster of one, which nobody else talks to unless another is named. */
    private static final String LOOPBACK = "127.0.0.1";

    /** What goes with the largest command in one frame: a message of usual size, and what is around it. */
    private static final long FRAME_ROOM_BYTES = 2L * 1024 * 1024;

    private MemberFactory() {}

    /** @throws InvalidRaftPropertyException if properties and peers do not fit each other */
    static ReplicaConfig replicaConfig(RaftProperties properties, List<Peer> peers) {
        // Again, because a RaftClusterDetails bean may say something else than the properties.
        PeerChecks.check(properties.nodeId(), peers, properties.join());
        if (peers.isEmpty()) {
            LoneMember.checkNodeId(properties.nodeId());
        }
        var memory = memory(peers);
        return ReplicaConfig.builder(
                        Path.of(properties.dataDir()).toAbsolutePath().normalize())
                .clusterName(properties.clusterName())
                .group(GROUP)
                .nodeId(properties.memberId())
                .peers(peers)
                .join(properties.join())
                .storage(properties.storage())
                .timing(timing(properties))
                .commandTimeout(properties.commandTimeout())
                .maxCommandSizeBytes((int) properties.maxCommandSize().toBytes())
                .maxPendingCommands(properties.maxPendingCommands())
                .maxPendingBytes(or(properties.maxPendingBytes(), memory.pendingBytes()))
                .sessions(sessions(properties.session(), memory))
                .snapshots(snapshots(properties.snapshot()))
                .leaseReads(properties.read().lease())
                .walSegmentSizeBytes(properties.wal().segmentSize().toBytes())
                .walCacheSizeBytes(or(properties.wal().cacheSize(), memory.walCacheBytes()))
                .diskMarks(diskMarks(properties.disk()))
                .membership(membership(properties.membership()))
                .noLeader(properties.noLeader())
                .applySkip(properties.apply().skip())
                .onFailure(properties.onFailure() == FailureAction.RESTART ? OnFailure.RESTART : OnFailure.STOP_MEMBER)
                .build();
    }

    static Timing timing(RaftProperties properties) {
        return new Timing(properties.tickInterval(), properties.electionTimeout(), properties.heartbeatInterval());
    }

    private static SnapshotPolicy snapshots(RaftProperties.Snapshot snapshot) {
        return SnapshotPolicy.defaults()
                .withIntervalEntries(snapshot.intervalEntries())
                .withIntervalBytes(snapshot.intervalSize().toBytes())
                .withInterval(snapshot.interval())
                .withRetainedCount(snapshot.retain())
                .withKeepEntries(snapshot.keepEntries())
                .withMaxKeptLogBytes(snapshot.maxKeptLog().toBytes());
    }

    private static DiskMarks diskMarks(RaftProperties.Disk disk) {
        return DiskMarks.defaults()
                .withLowBytes(bytes(disk.lowMark()))
                .withHighBytes(bytes(disk.highMark()))
                .withStopBytes(bytes(disk.stopMark()));
    }

    private static MembershipPolicy membership(RaftProperties.Membership membership) {
        Integer minVoters = membership.minVoters();
        return MembershipPolicy.defaults()
                .withStableAfter(membership.stableAfter())
                .withPromote(membership.promote())
                .withAcceptJoins(membership.acceptJoins())
                .withReplaceWiped(membership.replaceWiped())
                .withRemoveDeadAfter(membership.removeDeadAfter())
                .withMaxVoters(membership.maxVoters())
                .withMinVoters(minVoters == null ? 0 : minVoters);
    }

    private static @Nullable Long bytes(@Nullable DataSize size) {
        return size == null ? null : size.toBytes();
    }

    private static MemoryBudget memory(List<Peer> peers) {
        return MemoryBudget.ofThisProcess(peers.size() - 1);
    }

    private static long or(@Nullable DataSize size, long defaultBytes) {
        return size == null ? defaultBytes : size.toBytes();
    }

    private static SessionPolicy sessions(RaftProperties.Session session, MemoryBudget memory) {
        return SessionPolicy.defaults()
                .withTimeout(session.timeout())
                .withMaxSessions(session.maxSessions())
                .withKeyRetention(session.keyRetention())
                .withMaxKeys(session.maxKeys())
                .withMaxKeyBytes(or(session.maxKeySize(), memory.keyBytes()));
    }

    /** Listens where the member's own entry among the peers says, or the properties say otherwise. */
    static Transport transport(
            RaftProperties properties,
            List<Peer> peers,
            RaftPeerDiscovery discovery,
            @Nullable TransportSecurity security,
            AgentHost host) {
        Peer self = peers.stream()
                .filter(peer -> peer.id() == properties.memberId())
                .findFirst()
                .orElse(null);
        String address = properties.transport().address();
        Integer port = properties.transport().port();
        TransportOptions options = TransportOptions.defaults();
        long frameBytes = properties.maxCommandSize().toBytes() + FRAME_ROOM_BYTES;
        return new NettyTransport(
                address != null ? address : self != null ? self.host() : LOOPBACK,
                port != null ? port : self != null ? (Integer) self.port() : null,
                TransportOptions.builder()
                        .maxFrameBytes((int) Math.max(options.maxFrameBytes(), Math.min(frameBytes, Integer.MAX_VALUE)))
                        .maxQueuedBytes(memory(peers).queuedBytes())
                        .hostTimeout(properties.transport().hostTimeout())
                        .snapshotBytesPerSecond(
                                properties.snapshot().transferRate().toBytes())
                        .build(),
                discovery,
                security,
                host);
    }
}
