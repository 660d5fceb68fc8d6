package io.raftboot.replica;

import io.raftboot.api.MemberChange.Promotion;
import io.raftboot.raft.RaftConfig;
import io.raftboot.replica.config.DiskMarks;
import io.raftboot.replica.config.DivergencePolicy;
import io.raftboot.replica.config.MembershipPolicy;
import io.raftboot.replica.config.NoLeader;
import io.raftboot.replica.config.Peer;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.config.SessionPolicy;
import io.raftboot.replica.config.SnapshotPolicy;
import io.raftboot.replica.config.StorageKind;
import io.raftboot.replica.config.Timing;
import io.raftboot.replica.watch.Carriers;
import io.raftboot.simulation.Pace;
import io.raftboot.transport.netty.TransportOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What kind of world a seed has drawn: how many members there are, how they are set up, down to the least that is allowed, and how
 * their clocks and threads go. All members are set up alike, as the product asks.
 */
final class Mix {
    private static final int[] SIZES = {1, 2, 3, 3, 3, 3, 3, 4, 5, 5, 5, 5, 6, 7};
    private static final int[] TICK_MILLIS = {5, 10, 10, 20, 50};
    private static final long MEBIBYTE = 1024 * 1024;

    /** Clocks differ by less than a tenth where leaders may answer by their lease: that is what a lease counts on. */
    private static final double LEASE_DRIFT = 0.04;

    private static final double DRIFT = 0.3;

    /** Longest pause between two calls of a client. */
    private static final long CALLS_NANOS = 20_000_000;

    /** So that more time passes in as many steps. */
    private static final long RARE_CALLS_NANOS = 20 * CALLS_NANOS;

    /** Election timeouts: soon, and beyond most faults. */
    private static final int SOON_DEAD = 6;

    private static final int LATE_DEAD = 20;

    /** In which a network of messages finds out by itself who can be reached. */
    private static final Duration RECHECK = Duration.ofMillis(100);

    private final boolean leases;

    private final RandomGenerator random;
    private final int size;
    private final int clients;
    private final int keys;
    private final long longestPauseNanos;
    private final Timing timing;
    private final Carriers carriers;
    private final Pace pace;
    private final double drift;
    private final boolean wired;
    private final TransportOptions transport;
    private final Certificates.Use tls;
    private final ReplicaConfig model;
    private final RaftConfig raft;
    private final DivergencePolicy divergence;
    private final MembershipPolicy membership;

    /** In election timeouts; 0 for never. */
    private final int deadAfter;

    Mix(RandomGenerator random, Emphasis emphasis) {
        this.random = random;
        this.size = SIZES[random.nextInt(SIZES.length)];
        this.clients = random.nextInt(2, 9);
        this.keys = random.nextInt(1, 9);
        this.longestPauseNanos = emphasis == Emphasis.CHANGES ? RARE_CALLS_NANOS : CALLS_NANOS;
        this.leases = random.nextInt(3) == 0;
        this.carriers = random.nextBoolean() ? Carriers.THREE : Carriers.ONE;
        this.timing = timing();
        long tickNanos = timing.tickInterval().toNanos();
        this.drift = oneOf(0.0, LEASE_DRIFT, leases ? LEASE_DRIFT : DRIFT);
        this.pace = Pace.EXACT
                .withTurnNanos(oneOf(0L, 1_000L, 20_000L, 400_000L))
                .withLateNanos(oneOf(0L, 100_000L, tickNanos / 10));
        this.wired = random.nextBoolean() || emphasis == Emphasis.TLS;
        this.transport = transport();
        this.tls = tls(emphasis);
        this.membership = membership();
        this.deadAfter = oneOf(0, 0, 0, SOON_DEAD, LATE_DEAD);
        this.model = model();
        this.raft = raft();
        this.divergence = divergence();
    }

    /** Whether states are compared, and how often. */
    private DivergencePolicy divergence() {
        var policy = oneOf(0, 0, 0, 1, 7, 50);
        return policy == 0 ? DivergencePolicy.off() : DivergencePolicy.every(policy);
    }

    /** Members that compare their states may restore them now and then as well, each at entries of its own. */
    private DivergencePolicy divergenceOf(long id) {
        return divergence.isOn() && divergence.everyEntries() % 2 == 1 ? divergence.restoringBy(id) : divergence;
    }

    private Timing timing() {
        var tick = Duration.ofMillis(TICK_MILLIS[random.nextInt(TICK_MILLIS.length)]);
        int heartbeat = random.nextInt(1, 4);
        int election = heartbeat * random.nextInt(4, 9);
        return new Timing(tick, tick.multipliedBy(election), tick.multipliedBy(heartbeat));
    }

    private ReplicaConfig model() {
        var commandTimeout = timing.electionTimeout().multipliedBy(random.nextInt(3, 9));
        return ReplicaConfig.builder(Path.of("/data"))
                .clusterName("simulated")
                .storage(StorageKind.WAL)
                .timing(timing)
                .commandTimeout(commandTimeout)
                .maxCommandSizeBytes(oneOf(1_000, 100_000))
                .maxPendingCommands(oneOf(2, 16, 1_000))
                .maxPendingBytes(oneOf(1L, 500L, MEBIBYTE))
                .sessions(new SessionPolicy(
                        sessionTimeout(commandTimeout),
                        oneOf(2, 20, 10_000),
                        commandTimeout.multipliedBy(random.nextInt(3, 20)),
                        oneOf(10, 100_000),
                        oneOf(2_000L, MEBIBYTE)))
                .snapshots(new SnapshotPolicy(
                        oneOf(3L, 20L, 100L, 1_000L),
                        oneOf(0L, 500L, MEBIBYTE),
                        oneOf(Duration.ZERO, timing.electionTimeout()),
                        random.nextInt(1, 4),
                        oneOf(0L, 5L, 50L),
                        oneOf(0L, 1_000L, MEBIBYTE)))
                .leaseReads(leases)
                .walSegmentSizeBytes(oneOf(4_096L, 8_192L, 65_536L))
                .walCacheSizeBytes(oneOf(1L, 200L, 4_096L, MEBIBYTE))
                .noLeader(oneOf(NoLeader.REFUSE, NoLeader.WAIT))
                .diskMarks(DiskMarks.defaults())
                .membership(membership)
                .build();
    }

    private MembershipPolicy membership() {
        return MembershipPolicy.defaults()
                .withStableAfter(timing.electionTimeout().multipliedBy(random.nextInt(0, 4)))
                .withPromote(oneOf(Promotion.AUTO, Promotion.AUTO, Promotion.MANUAL))
                .withAcceptJoins(random.nextInt(3) == 0)
                .withReplaceWiped(random.nextBoolean())
                .withMinVoters(oneOf(0, 0, 1, 2, 3));
    }

    /** How members change by themselves. */
    MembershipPolicy membershipPolicy() {
        return membership;
    }

    /** Silence after which a member is taken for dead, which is shorter than a user may write; null for never. */
    @Nullable
    Duration deadAfter() {
        return deadAfter == 0 ? null : timing.electionTimeout().multipliedBy(deadAfter);
    }

    /** In half of the worlds the least that is allowed, so that sessions end while what their members send does not get through. */
    private Duration sessionTimeout(Duration commandTimeout) {
        return random.nextBoolean()
                ? commandTimeout.multipliedBy(2).plusMillis(1)
                : commandTimeout.multipliedBy(random.nextInt(3, 20));
    }

    private RaftConfig raft() {
        long message = oneOf(1L, 100L, 1_000L, MEBIBYTE);
        return timing.raftConfig()
                .maxSizePerMessageBytes(message)
                .maxInflightMessages(oneOf(1, 2, 256))
                .maxInflightBytes(message * oneOf(1L, 4L) + oneOf(0L, 8 * MEBIBYTE))
                .maxUncommittedEntriesSizeBytes(oneOf(200L, 4_000L, 8 * MEBIBYTE))
                .maxCommittedSizePerReadyBytes(oneOf(1L, 200L, MEBIBYTE))
                .build();
    }

    @SafeVarargs
    private <T> T oneOf(T... values) {
        return values[random.nextInt(values.length)];
    }

    int size() {
        return size;
    }

    /** Whether members compare their states. */
    boolean comparesStates() {
        return divergence.isOn();
    }

    int clients() {
        return clients;
    }

    int keys() {
        return keys;
    }

    /** Of a client, between two calls. */
    long longestPauseNanos() {
        return longestPauseNanos;
    }

    boolean leases() {
        return leases;
    }

    /** Whether members are joined by connections, and not by messages each of which goes its own way. */
    boolean wired() {
        return wired;
    }

    private Certificates.Use tls(Emphasis emphasis) {
        if (!wired) {
            return Certificates.Use.NONE;
        }
        var drawn = oneOf(Certificates.Use.ALL, Certificates.Use.ALL, Certificates.Use.ROLLED_OUT);
        return emphasis == Emphasis.TLS
                ? drawn
                : oneOf(drawn, drawn, drawn, Certificates.Use.NONE, Certificates.Use.NONE);
    }

    /** How members have come to TLS, which takes connections. */
    Certificates.Use tls() {
        return tls;
    }

    TransportOptions transportOptions() {
        return transport;
    }

    /** How long the network may take to have everybody connected again once all is well with it. */
    Duration reconnection() {
        return wired
                ? transport.idleTimeout().plus(transport.connectTimeout()).plus(transport.maxReconnectDelay())
                : RECHECK;
    }

    private TransportOptions transport() {
        var tick = timing.tickInterval();
        var ping = tick.multipliedBy(random.nextInt(2, 20));
        var minDelay = tick.dividedBy(random.nextInt(1, 5));
        return TransportOptions.builder()
                .maxQueuedMessages(oneOf(1, 64, 4_096))
                .maxQueuedBytes(oneOf(1L, 20_000L, MEBIBYTE))
                .maxPendingRequests(oneOf(1, 16, 1_000))
                .connectTimeout(timing.electionTimeout())
                .handshakeTimeout(timing.electionTimeout())
                .reconnectDelay(minDelay, minDelay.multipliedBy(random.nextInt(1, 50)))
                .liveness(ping, ping.multipliedBy(random.nextInt(2, 5)))
                .snapshotChunkBytes(oneOf(1, 100, 4_096))
                .snapshotBytesPerSecond(oneOf(0L, 0L, 20_000L))
                .snapshotAttempts(random.nextInt(1, 6))
                .snapshotStallTimeout(timing.electionTimeout().multipliedBy(random.nextInt(1, 20)))
                .build();
    }

    Carriers carriers() {
        return carriers;
    }

    Duration electionTimeout() {
        return timing.electionTimeout();
    }

    Duration commandTimeout() {
        return model.commandTimeout();
    }

    /** For how long a client may be away: longer than sessions live, where they live for as short a time as they may. */
    Duration longestSleep() {
        return model.commandTimeout().multipliedBy(3);
    }

    Duration keyRetention() {
        return model.sessions().keyRetention();
    }

    /** How much true time a second of the slowest clock takes, at most. */
    double slowestSecond() {
        return 1 / (1 - drift);
    }

    /** How a member is set up that knows these, and itself. */
    ReplicaConfig config(long id, List<Peer> peers, boolean join) {
        return model.toBuilder()
                .dataDir(Path.of("/data/" + id))
                .nodeId(id)
                .peers(peers)
                .join(join)
                .divergenceCheck(divergenceOf(id))
                .build();
    }

    RaftConfig raftConfig(long id) {
        return raft.toBuilder().id(id).build();
    }

    /** How time passes for a member, drawn for it. */
    Pace paceOfOne() {
        return pace.withRate(drift == 0 ? 1 : random.nextDouble(1 - drift, 1 + drift))
                .withOffsetNanos(random.nextLong(1_000_000_000));
    }

    /** What a run of this kind is, for a report. */
    @Override
    public String toString() {
        return size + " members, ticks of " + timing.tickInterval().toMillis() + " ms, election timeout of "
                + timing.electionTimeout().toMillis() + " ms, carriers " + carriers + (leases ? ", leases" : "")
                + (divergence.isOn() ? ", states compared each " + divergence.everyEntries() + " entries" : "")
                + (wired ? ", wired" : "")
                + (tls.isOn() ? ", TLS of " + tls : "")
                + (membership.acceptJoins() ? ", joins accepted, promotion " + membership.promote() : "")
                + (membership.replaceWiped() ? ", wiped ones replaced" : "")
                + (deadAfter > 0 ? ", removed when dead for " + deadAfter() : "")
                + (membership.minVoters() > 0 ? ", " + membership.minVoters() + " voters at least" : "");
    }
}
