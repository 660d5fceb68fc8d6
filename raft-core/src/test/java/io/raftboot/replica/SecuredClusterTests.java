package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.api.Outcome;
import io.raftboot.raft.RaftConfig;
import io.raftboot.replica.config.Peer;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.transport.PeerDiscovery;
import io.raftboot.transport.netty.NettyTransport;
import io.raftboot.transport.netty.TransportOptions;
import io.raftboot.transport.tls.PeerNaming;
import io.raftboot.transport.tls.TestAuthority;
import io.raftboot.transport.tls.TlsMaterial;
import io.raftboot.transport.tls.TransportSecurity;
import io.raftboot.transport.tls.TransportSecurity.Mode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster whose certificates change, or that goes over to TLS, while commands are done: none is refused or lost. Over real sockets. */
class SecuredClusterTests {
    private static final TestAuthority AUTHORITY = new TestAuthority("authority");
    private static final String CLUSTER = "orders";

    @TempDir
    Path dir;

    private final Map<Long, Replica> replicas = new TreeMap<>();
    private final Map<Long, LedgerMachine> machines = new TreeMap<>();
    private final Map<Long, TransportSecurity> securities = new TreeMap<>();
    private final ConcurrentLinkedQueue<CompletableFuture<Outcome>> outcomes = new ConcurrentLinkedQueue<>();
    private final AtomicInteger submitted = new AtomicInteger();
    private List<Peer> peers = List.of();

    /** The member that takes the commands: any but one that is about to stop. */
    private volatile long asked = 1;

    @BeforeEach
    void choosePorts() throws IOException {
        peers = FreePeers.of(3);
    }

    @AfterEach
    void stop() {
        replicas.values().forEach(Replica::stop);
    }

    @Test
    void certificatesOfAllMembersChangeWithNoCommandRefusedOrLost() throws InterruptedException {
        peers.forEach(peer -> start(peer.id(), Mode.REQUIRED));
        awaitLeader();
        underLoad(() -> {
            for (Peer peer : peers) {
                assertThat(security(peer.id()).replace(material(peer.id()))).isTrue();
                // Two that it dialled, and two that it accepted.
                await().atMost(TestCluster.PATIENCE)
                        .until(() -> security(peer.id()).status().recycled() >= 4);
            }
        });
        assertThat(member(1).failure()).isNull();
    }

    @Test
    void clusterGoesOverToTlsInThreeStepsWithNoCommandRefusedOrLost() throws InterruptedException {
        peers.forEach(peer -> start(peer.id(), null));
        awaitLeader();
        underLoad(() -> {
            peers.forEach(peer -> restart(peer.id(), Mode.PERMISSIVE));
            // The second step is to look: nobody is connected without TLS any more.
            await().atMost(TestCluster.PATIENCE).untilAsserted(() -> {
                for (Peer peer : peers) {
                    assertThat(security(peer.id()).status().plainPeers()).isEmpty();
                    assertThat(TestCluster.get(member(peer.id()).status()).leaderId())
                            .isNotNull();
                }
            });
            peers.forEach(peer -> restart(peer.id(), Mode.REQUIRED));
        });
        for (Peer peer : peers) {
            assertThat(security(peer.id()).status().mode()).isEqualTo(Mode.REQUIRED);
            assertThat(TestCluster.get(member(peer.id()).status()).reach()).hasSize(2);
        }
    }

    private void restart(long id, Mode mode) {
        asked = id % 3 + 1;
        // What was given to it is done before it ends.
        outcomes.forEach(TestCluster::get);
        member(id).stop();
        start(id, mode);
        await().atMost(TestCluster.PATIENCE).until(() -> {
            var status = TestCluster.get(member(id).status());
            return status.leaderId() != null && status.service().trouble() == null;
        });
    }

    /** Submits commands one after the other in a thread of its own, while the action goes on. */
    private void underLoad(Runnable action) throws InterruptedException {
        var over = new AtomicBoolean();
        var load = new Thread(() -> {
            while (!over.get()) {
                var outcome = member(asked)
                        .submit(
                                LedgerMachine.NAME,
                                ("c" + submitted.getAndIncrement()).getBytes(UTF_8),
                                TestCluster.PATIENCE);
                outcomes.add(outcome);
                TestCluster.get(outcome);
            }
        });
        load.start();
        try {
            await().atMost(TestCluster.PATIENCE).until(() -> submitted.get() > 10);
            action.run();
        } finally {
            over.set(true);
            load.join();
        }
        assertThat(outcomes)
                .allSatisfy(outcome -> assertThat(TestCluster.get(outcome)).isInstanceOf(Outcome.Applied.class));
        var expected = new ArrayList<String>();
        for (int i = 0; i < submitted.get(); i++) {
            expected.add("c" + i);
        }
        await().atMost(TestCluster.PATIENCE).untilAsserted(() -> {
            for (Peer peer : peers) {
                assertThat(Objects.requireNonNull(machines.get(peer.id())).commands())
                        .isEqualTo(expected);
            }
        });
    }

    private static TlsMaterial material(long id) {
        return AUTHORITY.material(AUTHORITY.issue(TestAuthority.uri(CLUSTER, id)));
    }

    /** @param mode null for no TLS */
    private void start(long id, @Nullable Mode mode) {
        var self = peers.get((int) id - 1);
        var config = ReplicaConfig.builder(dir.resolve("node" + id))
                .nodeId(id)
                .peers(peers)
                .walSegmentSizeBytes(1024 * 1024)
                .build();
        var raftConfig = RaftConfig.forReplica(20, 2).id(id).build();
        TransportSecurity security = mode == null
                ? null
                : new TransportSecurity(mode, new PeerNaming(CLUSTER, null, null), id, List.of(), material(id));
        if (security != null) {
            securities.put(id, security);
        }
        var transport =
                new NettyTransport(self.host(), self.port(), TransportOptions.defaults(), PeerDiscovery.NONE, security);
        var machine = new LedgerMachine();
        machines.put(id, machine);
        var replica = new Replica(config, raftConfig, transport, () -> Map.of(LedgerMachine.NAME, machine));
        replicas.put(id, replica);
        replica.start();
    }

    private Replica member(long id) {
        return Objects.requireNonNull(replicas.get(id));
    }

    private TransportSecurity security(long id) {
        return Objects.requireNonNull(securities.get(id));
    }

    private void awaitLeader() {
        await().atMost(TestCluster.PATIENCE).until(() -> replicas.values().stream()
                .allMatch(one -> TestCluster.get(one.status()).leaderId() != null));
    }
}
