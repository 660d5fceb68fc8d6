package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.api.Outcome;
import io.raftboot.raft.ProposalListener;
import io.raftboot.raft.RaftConfig;
import io.raftboot.raft.RaftException;
import io.raftboot.raft.proto.ConfChangeType;
import io.raftboot.replica.config.Peer;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.transport.Reach;
import io.raftboot.transport.netty.NettyTransport;
import io.raftboot.transport.netty.TransportOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members that come back under other addresses, and members that are gone. */
class MovedMemberTests {
    @TempDir
    Path dir;

    private final Map<Long, Replica> replicas = new TreeMap<>();
    private List<Peer> first = List.of();

    @BeforeEach
    void startThree() throws IOException {
        first = FreePeers.of(3);
        for (Peer peer : first) {
            start(peer.id(), first);
        }
        submit(1, "first");
    }

    @AfterEach
    void stop() {
        replicas.values().forEach(Replica::stop);
    }

    private void start(long id, List<Peer> peers) {
        var self = peers.get((int) id - 1);
        var config = ReplicaConfig.builder(dir.resolve("node" + id))
                .nodeId(id)
                .peers(peers)
                .walSegmentSizeBytes(1024 * 1024)
                .build();
        var raftConfig = RaftConfig.builder()
                .id(id)
                .electionTicks(10)
                .heartbeatTicks(1)
                .preVote(true)
                .checkQuorum(true)
                .build();
        var transport = new NettyTransport(self.host(), self.port(), TransportOptions.defaults());
        var replica = new Replica(config, raftConfig, transport, () -> Map.of(LedgerMachine.NAME, new LedgerMachine()));
        replicas.put(id, replica);
        replica.start();
    }

    private Replica replica(long id) {
        return Objects.requireNonNull(replicas.get(id));
    }

    private void submit(long id, String command) {
        await().atMost(TestCluster.PATIENCE)
                .until(() -> TestCluster.get(
                                replica(id).submit(LedgerMachine.NAME, command.getBytes(UTF_8), TestCluster.PATIENCE))
                        instanceof Outcome.Applied);
    }

    private void awaitDialled(long id, long peer) {
        await().atMost(TestCluster.PATIENCE).untilAsserted(() -> assertThat(
                        TestCluster.get(replica(id).status()).reach())
                .containsEntry(peer, Reach.DIALLED));
    }

    @Test
    void memberThatComesBackElsewhereIsFoundByThoseWhoWereNotTold() throws IOException {
        replica(2).stop();
        var moved = new ArrayList<>(first);
        moved.set(1, FreePeers.of(3).get(1));
        start(2, moved);
        submit(2, "moved");
        awaitDialled(1, 2);
        awaitDialled(3, 2);

        // Nor does the old list matter when they start with it again: the group knows better.
        replica(1).stop();
        start(1, first);
        submit(1, "again");
        awaitDialled(1, 2);
        awaitDialled(1, 3);
    }

    @Test
    void allMembersMoveAtOnce() throws IOException {
        replicas.values().forEach(Replica::stop);
        var moved = FreePeers.of(3);
        for (Peer peer : moved) {
            start(peer.id(), moved);
        }
        for (Peer peer : moved) {
            submit(peer.id(), "moved" + peer.id());
            for (Peer other : moved) {
                if (other.id() != peer.id()) {
                    awaitDialled(peer.id(), other.id());
                }
            }
        }
    }

    @Test
    void removedMemberIsDialledNoMore() {
        await().atMost(TestCluster.PATIENCE)
                .until(() -> replicas.values().stream().anyMatch(Replica::isLeader));
        var leader =
                replicas.values().stream().filter(Replica::isLeader).findFirst().orElseThrow();
        long removed = leader == replica(3) ? 2 : 3;
        leader.node()
                .proposeConfChange(
                        TestCluster.changeOf(ConfChangeType.CONF_CHANGE_REMOVE_NODE, removed), new ProposalListener() {
                            @Override
                            public void appended(long term, long index) {}

                            @Override
                            public void dropped(RaftException reason) {
                                throw new AssertionError(reason);
                            }
                        });
        await().atMost(TestCluster.PATIENCE)
                .untilAsserted(() ->
                        assertThat(TestCluster.get(leader.status()).reach()).doesNotContainKey(removed));
    }
}
