package io.raftboot.liars;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.api.Outcome;
import io.raftboot.liars.ChainMachine.Chain;
import io.raftboot.raft.RaftConfig;
import io.raftboot.replica.FreePeers;
import io.raftboot.replica.Replica;
import io.raftboot.replica.ReplicaState;
import io.raftboot.replica.ReplicaStatus;
import io.raftboot.replica.config.Peer;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.config.SnapshotPolicy;
import io.raftboot.transport.ForwardingTransport;
import io.raftboot.transport.LocalMember;
import io.raftboot.transport.PeerDiscovery;
import io.raftboot.transport.TransportListener;
import io.raftboot.transport.netty.NettyTransport;
import io.raftboot.transport.netty.TransportOptions;
import io.raftboot.transport.tls.PeerNaming;
import io.raftboot.transport.tls.TestAuthority;
import io.raftboot.transport.tls.TransportSecurity;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Three members at work, over real sockets, and commands that they are given all the time. */
final class HonestMembers implements AutoCloseable {
    static final String CLUSTER = "orders";
    static final TestAuthority AUTHORITY = new TestAuthority("authority");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration BETWEEN_COMMANDS = Duration.ofMillis(5);

    /** Long: a machine that is busy with something else for a second is no reason for an election. */
    private static final int ELECTION_TICKS = 100;

    private final Path dir;
    private final boolean secured;
    private final List<Peer> peers = FreePeers.of(3);
    private final Map<Long, Replica> replicas = new TreeMap<>();
    private final Map<Long, ChainMachine> machines = new TreeMap<>();
    private final Map<Long, LocalMember> introductions = new ConcurrentHashMap<>();
    private Chain expected = Chain.EMPTY;
    private volatile boolean over;
    private @Nullable Thread load;
    private volatile @Nullable Throwable refused;

    HonestMembers(Path dir, boolean secured) throws IOException {
        this.dir = dir;
        this.secured = secured;
        peers.forEach(this::start);
        await().atMost(PATIENCE).until(() -> replicas.keySet().stream()
                .allMatch(id -> status(id).leaderId() != null));
    }

    private void start(Peer self) {
        var config = ReplicaConfig.builder(dir.resolve("node" + self.id()))
                .nodeId(self.id())
                .peers(peers)
                .clusterName(CLUSTER)
                .walSegmentSizeBytes(1024 * 1024)
                .walCacheSizeBytes(1024 * 1024)
                .snapshots(SnapshotPolicy.defaults().withIntervalEntries(500).withKeepEntries(200))
                .build();
        var raft = RaftConfig.forReplica(ELECTION_TICKS, 2).id(self.id()).build();
        var machine = new ChainMachine();
        machines.put(self.id(), machine);
        var replica = new Replica(config, raft, transport(self), () -> Map.of(ChainMachine.NAME, machine));
        replicas.put(self.id(), replica);
        replica.start();
    }

    private ForwardingTransport transport(Peer self) {
        TransportSecurity security = !secured
                ? null
                : new TransportSecurity(
                        TransportSecurity.Mode.REQUIRED,
                        new PeerNaming(CLUSTER, null, null),
                        self.id(),
                        List.of(),
                        AUTHORITY.material(AUTHORITY.issue(TestAuthority.uri(CLUSTER, self.id()))));
        var netty =
                new NettyTransport(self.host(), self.port(), TransportOptions.defaults(), PeerDiscovery.NONE, security);
        return new ForwardingTransport(netty) {
            @Override
            public void start(LocalMember member, TransportListener listener) throws IOException {
                introductions.put(self.id(), member);
                super.start(member, listener);
            }

            /** Without TLS a liar is let go on, so that all that comes behind the first lie of a connection is heard as well. */
            @Override
            public void disconnect(long peerId) {
                if (secured) {
                    super.disconnect(peerId);
                }
            }
        };
    }

    boolean secured() {
        return secured;
    }

    /** What a member says of itself to all others, who can say it as well. */
    LocalMember introduction(long id) {
        return Objects.requireNonNull(introductions.get(id));
    }

    int port(long id) {
        return peers.get((int) id - 1).port();
    }

    List<Long> ids() {
        return List.copyOf(replicas.keySet());
    }

    /** The member that leads. */
    long leaderId() {
        return Objects.requireNonNull(status(1).leaderId());
    }

    ReplicaStatus status(long id) {
        return get(Objects.requireNonNull(replicas.get(id)).status());
    }

    /** Gives them commands one after the other, through all members but one, until {@link #endLoad}. Each has to be applied. */
    void beginLoad(long spared) {
        var asked = ids().stream().filter(id -> id != spared).toList();
        var thread = new Thread(
                () -> {
                    try {
                        for (int number = 0; !over; number++) {
                            submit(asked.get(number % asked.size()), ("command " + number).getBytes(UTF_8));
                            TimeUnit.NANOSECONDS.sleep(BETWEEN_COMMANDS.toNanos());
                        }
                    } catch (Throwable e) {
                        refused = e;
                    }
                },
                "load");
        load = thread;
        thread.start();
    }

    private void submit(long id, byte[] command) {
        var outcome = get(Objects.requireNonNull(replicas.get(id)).submit(ChainMachine.NAME, command, PATIENCE));
        assertThat(outcome).isInstanceOf(Outcome.Applied.class);
        synchronized (this) {
            expected = expected.plus(command);
        }
    }

    /** What was given to them and applied. */
    synchronized Chain expected() {
        return expected;
    }

    void endLoad() {
        over = true;
        try {
            if (load != null) {
                load.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    void assertCommandsGoOn() {
        assertThat(refused).as("a command under way").isNull();
        long count = expected().count();
        await().atMost(PATIENCE).until(() -> refused != null || expected().count() > count + 1);
        assertThat(refused).as("a command under way").isNull();
    }

    /** Nobody has stopped, and no term has begun; says so at once, so that what was said last is what did it. */
    void assertRunning(long term) {
        assertThat(refused).as("a command under way").isNull();
        for (long id : ids()) {
            var status = status(id);
            assertThat(status.failure()).as("failure of node %s", id).isNull();
            assertThat(status.term()).as("term of node %s", id).isEqualTo(term);
        }
    }

    /** All have what they were given, in that order, and nothing else; nobody has led but who led in that term. */
    void assertUnmoved(long term, long leaderId) {
        for (long id : ids()) {
            await().atMost(PATIENCE).untilAsserted(() -> {
                var status = status(id);
                assertThat(status.state()).as("node %s", id).isEqualTo(ReplicaState.RUNNING);
                assertThat(status.term()).as("term of node %s", id).isEqualTo(term);
                assertThat(status.leaderId()).as("leader of node %s", id).isEqualTo(leaderId);
                assertThat(Objects.requireNonNull(machines.get(id)).chain())
                        .as("commands of node %s", id)
                        .isEqualTo(expected());
            });
            assertThat(Objects.requireNonNull(replicas.get(id)).failure()).isNull();
        }
    }

    @Override
    public void close() {
        endLoad();
        replicas.values().forEach(Replica::stop);
    }

    private static <T> T get(CompletableFuture<T> future) {
        try {
            return future.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
