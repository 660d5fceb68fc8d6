package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.raft.RaftConfig;
import io.raftboot.storage.Disk;
import io.raftboot.storage.FaultDisk;
import io.raftboot.storage.MemoryDisk;
import io.raftboot.storage.RealDisk;
import io.raftboot.transport.MemoryNetwork;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import java.util.function.UnaryOperator;

/** Members of one group in this process, on a network in memory, each with a {@link LedgerMachine}. */
final class TestCluster implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration TICK = Duration.ofMillis(10);
    private static final int ELECTION_TICKS = 20;
    private static final int HEARTBEAT_TICKS = 2;

    private final MemoryNetwork network;
    private final Map<Long, Replica> replicas = new TreeMap<>();
    private final Map<Long, LedgerMachine> machines = new TreeMap<>();
    private final Map<Long, FaultDisk> disks = new TreeMap<>();

    TestCluster(int size, StorageKind storage, Path dir, UnaryOperator<ReplicaConfig.Builder> change) {
        this(size, storage, dir, id -> storage == StorageKind.MEMORY ? new MemoryDisk() : new RealDisk(), change);
    }

    private TestCluster(
            int size,
            StorageKind storage,
            Path dir,
            LongFunction<Disk> disks,
            UnaryOperator<ReplicaConfig.Builder> change) {
        long seed = System.nanoTime();
        network = new MemoryNetwork(seed);
        var peers = new ArrayList<Peer>();
        for (long id = 1; size > 1 && id <= size; id++) {
            peers.add(new Peer(id, "member" + id, 7400));
        }
        for (long id = 1; id <= size; id++) {
            var disk = disks.apply(id);
            if (disk instanceof FaultDisk faulty) {
                this.disks.put(id, faulty);
            }
            add(id, peers, storage, dir, disk, change);
        }
    }

    static TestCluster inMemory(int size) {
        return new TestCluster(size, StorageKind.MEMORY, Path.of("unused"), UnaryOperator.identity());
    }

    static TestCluster onDisk(int size, Path dir) {
        return new TestCluster(size, StorageKind.WAL, dir, UnaryOperator.identity());
    }

    /** Each member on a disk in memory that can be told to fail. */
    static TestCluster onFaultDisks(int size, UnaryOperator<ReplicaConfig.Builder> change) {
        return new TestCluster(size, StorageKind.WAL, Path.of("/data"), id -> new FaultDisk(new MemoryDisk()), change);
    }

    FaultDisk disk(long id) {
        return Objects.requireNonNull(disks.get(id));
    }

    private void add(
            long id,
            List<Peer> peers,
            StorageKind storage,
            Path dir,
            Disk disk,
            UnaryOperator<ReplicaConfig.Builder> change) {
        var machine = new LedgerMachine();
        machines.put(id, machine);
        var config = ReplicaConfig.builder(dir.resolve("node" + id))
                .clusterName("test")
                .nodeId(id)
                .peers(peers)
                .storage(storage)
                .tickInterval(TICK)
                .walSegmentSizeBytes(1024 * 1024);
        var raftConfig = RaftConfig.builder()
                .id(id)
                .electionTicks(ELECTION_TICKS)
                .heartbeatTicks(HEARTBEAT_TICKS)
                .preVote(true)
                .checkQuorum(true)
                .build();
        replicas.put(
                id,
                new Replica(
                        change.apply(config).build(),
                        raftConfig,
                        network.join(id),
                        () -> Map.of(LedgerMachine.NAME, machine),
                        disk,
                        NanoClock.SYSTEM,
                        Carriers.chosen()));
    }

    TestCluster start() {
        replicas.values().forEach(Replica::start);
        return this;
    }

    MemoryNetwork network() {
        return network;
    }

    Replica replica(long id) {
        return Objects.requireNonNull(replicas.get(id));
    }

    LedgerMachine machine(long id) {
        return Objects.requireNonNull(machines.get(id));
    }

    /** Waits until exactly one running member leads and says so. */
    long awaitLeader() {
        await().atMost(PATIENCE).until(() -> leaders().size() == 1);
        return leaders().get(0);
    }

    long otherThan(long id) {
        return replicas.keySet().stream()
                .filter(other -> other != id)
                .findFirst()
                .orElseThrow();
    }

    /** Submits and waits for the outcome. */
    Outcome submit(long id, String command) {
        return get(replica(id).submit(LedgerMachine.NAME, command.getBytes(UTF_8), null));
    }

    /** Submits until the command is applied; only for commands that may be applied more than once. */
    Outcome.Applied applied(long id, String command) {
        var outcome = submit(id, command);
        assertThat(outcome).isInstanceOf(Outcome.Applied.class);
        return (Outcome.Applied) outcome;
    }

    String read(long id, Consistency consistency) {
        var outcome = get(replica(id).read(LedgerMachine.NAME, new byte[0], consistency, null));
        assertThat(outcome).isInstanceOf(ReadOutcome.Answered.class);
        return new String(((ReadOutcome.Answered) outcome).value(), UTF_8);
    }

    void awaitCommands(List<String> expected) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> replicas.forEach((id, replica) -> {
                    if (replica.state() == ReplicaState.RUNNING) {
                        assertThat(machine(id).commands()).as("node " + id).isEqualTo(expected);
                    }
                }));
    }

    static <T> T get(CompletableFuture<T> future) {
        try {
            return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("no outcome in time", e);
        }
    }

    private List<Long> leaders() {
        return replicas.entrySet().stream()
                .filter(entry -> entry.getValue().isLeader())
                .map(Map.Entry::getKey)
                .toList();
    }

    @Override
    public void close() {
        disks.values().forEach(FaultDisk::heal);
        replicas.values().forEach(Replica::stop);
        network.close();
    }
}
