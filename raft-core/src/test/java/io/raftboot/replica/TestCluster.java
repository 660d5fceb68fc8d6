package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.raftboot.api.Consistency;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOptions;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.StateMachine;
import io.raftboot.raft.ProposalListener;
import io.raftboot.raft.RaftConfig;
import io.raftboot.raft.RaftException;
import io.raftboot.raft.proto.ConfChangeSingle;
import io.raftboot.raft.proto.ConfChangeType;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.Entry;
import io.raftboot.replica.config.Peer;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.config.StorageKind;
import io.raftboot.storage.OfflineDirectory;
import io.raftboot.storage.StorageOpenException;
import io.raftboot.storage.disk.Disk;
import io.raftboot.storage.disk.MemoryDisk;
import io.raftboot.storage.disk.UnforcedDisk;
import io.raftboot.storage.log.FaultDisk;
import io.raftboot.transport.SnapshotSource;
import io.raftboot.transport.memory.MemoryNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;
import java.util.function.UnaryOperator;

/** Members of one group in this process, on a network in memory, each with a {@link LedgerMachine}. */
public final class TestCluster implements AutoCloseable {
    public static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration TICK = Duration.ofMillis(10);
    private static final int ELECTION_TICKS = 20;
    private static final int HEARTBEAT_TICKS = 2;

    private final MemoryNetwork network;
    private final Map<Long, Replica> replicas = new TreeMap<>();
    private final Map<Long, LedgerMachine> machines = new TreeMap<>();

    private final List<Peer> peers;
    private final StorageKind storage;
    private final Path dir;
    private final UnaryOperator<ReplicaConfig.Builder> change;
    private final LongFunction<Map<String, StateMachine>> others;
    private final LongFunction<Disk> newDisk;
    private final Map<Long, Disk> disks = new TreeMap<>();

    private final LossyTransports transports = new LossyTransports();

    public TestCluster(int size, StorageKind storage, Path dir, UnaryOperator<ReplicaConfig.Builder> change) {
        this(size, storage, dir, change, id -> Map.of());
    }

    /**
     * @param others by node id, the state machines beside the ledger
     */
    public TestCluster(
            int size,
            StorageKind storage,
            Path dir,
            UnaryOperator<ReplicaConfig.Builder> change,
            LongFunction<Map<String, StateMachine>> others) {
        this(size, storage, dir, id -> storage == StorageKind.MEMORY ? new MemoryDisk() : unforced(), change, others);
    }

    /** A force that takes longer than an election timeout takes the leadership away, and what is looked at here is not its doing. */
    private static Disk unforced() {
        var disk = new UnforcedDisk();
        disk.stopForcing();
        return disk;
    }

    private TestCluster(
            int size,
            StorageKind storage,
            Path dir,
            LongFunction<Disk> newDisk,
            UnaryOperator<ReplicaConfig.Builder> change,
            LongFunction<Map<String, StateMachine>> others) {
        this.newDisk = newDisk;
        this.storage = storage;
        this.dir = dir;
        this.change = change;
        this.others = others;
        long seed = System.nanoTime();
        network = new MemoryNetwork(seed);
        peers = new ArrayList<>();
        for (long id = 1; size > 1 && id <= size; id++) {
            peers.add(new Peer(id, "member" + id, 7400));
        }
        for (long id = 1; id <= size; id++) {
            add(id, false);
        }
    }

    public static TestCluster inMemory(int size) {
        return new TestCluster(size, StorageKind.MEMORY, Path.of("unused"), UnaryOperator.identity());
    }

    static TestCluster onDisk(int size, Path dir) {
        return new TestCluster(size, StorageKind.WAL, dir, UnaryOperator.identity());
    }

    /** Each member on a disk in memory that can be told to fail. */
    static TestCluster onFaultDisks(int size, UnaryOperator<ReplicaConfig.Builder> change) {
        return onFaultDisks(size, change, id -> Map.of());
    }

    /** As the other one, with state machines beside the ledger, by node id. */
    static TestCluster onFaultDisks(
            int size, UnaryOperator<ReplicaConfig.Builder> change, LongFunction<Map<String, StateMachine>> others) {
        return new TestCluster(
                size, StorageKind.WAL, Path.of("/data"), id -> new FaultDisk(new MemoryDisk()), change, others);
    }

    FaultDisk disk(long id) {
        return (FaultDisk) Objects.requireNonNull(disks.get(id));
    }

    /** A member that joins; not started. */
    Replica join(long id) {
        if (peers.isEmpty()) {
            peers.add(new Peer(1, "member1", 7400));
        }
        peers.add(new Peer(id, "member" + id, 7400));
        add(id, true);
        return replica(id);
    }

    /** The same member in a new process: its state machines begin anew. The one before must have stopped. */
    Replica renew(long id) {
        add(id, false);
        return replica(id);
    }

    /** As {@link #renew}, for a member that was removed and added: its directory is made by joining. */
    Replica rejoin(long id) {
        add(id, true);
        return replica(id);
    }

    /** A member that is not running loses all that it has written. */
    void emptyDisk(long id) {
        disks.put(id, newDisk.apply(id));
        if (storage == StorageKind.WAL && Files.exists(directory(id))) {
            try (var files = Files.walk(directory(id))) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** Proposes a change of the configuration; returns where it is appended. */
    CompletableFuture<Long> propose(long leader, ConfChangeV2 change) {
        var appended = new CompletableFuture<Long>();
        replica(leader).node().proposeConfChange(change, new ProposalListener() {
            @Override
            public void appended(long term, long index) {
                appended.complete(index);
            }

            @Override
            public void dropped(RaftException reason) {
                appended.completeExceptionally(reason);
            }
        });
        return appended;
    }

    static ConfChangeV2 changeOf(ConfChangeType type, long... ids) {
        var change = ConfChangeV2.newBuilder();
        for (long id : ids) {
            change.addChanges(ConfChangeSingle.newBuilder().setType(type).setNodeId(id));
        }
        return change.build();
    }

    /** Changes the configuration, and waits until the member that leads has it in force. */
    void changed(long leader, ConfChangeV2 change) {
        long index = get(propose(leader, change));
        await().atMost(PATIENCE).until(() -> replica(leader).configuration().index() >= index);
    }

    /** Changes the configuration by one member, and waits until that is in force. */
    void change(long leader, ConfChangeType type, long id) {
        var unused = get(propose(leader, changeOf(type, id)));
        boolean isMember = type == ConfChangeType.CONF_CHANGE_ADD_NODE;
        await().atMost(PATIENCE)
                .until(() ->
                        get(replica(leader).status()).configuration().voters().contains(id) == isMember);
    }

    /** What the log of a member that does not run holds. */
    List<Entry> logOf(long id) {
        var entries = new ArrayList<Entry>();
        try {
            OfflineDirectory.open(Objects.requireNonNull(disks.get(id)), directory(id))
                    .entries(1, Long.MAX_VALUE, entries::add);
        } catch (IOException | StorageOpenException e) {
            throw new AssertionError(e);
        }
        return entries;
    }

    /** Blocks the raft stage of a leader, as something that is attached to what it completes may, until told otherwise. */
    void hangRaftStage(long leader, CountDownLatch release) {
        var hangs = new CountDownLatch(1);
        replica(leader).node().propose(ByteString.EMPTY, new ProposalListener() {
            @Override
            public void appended(long term, long index) {
                hangs.countDown();
                try {
                    release.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }

            @Override
            public void dropped(RaftException reason) {
                throw new AssertionError(reason);
            }
        });
        await().atMost(PATIENCE).until(() -> hangs.getCount() == 0);
    }

    Path directory(long id) {
        return dir.resolve("node" + id);
    }

    /** As {@link #renew}, for a member that is told of nobody else. */
    Replica alone(long id) {
        add(id, false, List.of(new Peer(id, "member" + id, 7400)));
        return replica(id);
    }

    private void add(long id, boolean join) {
        add(id, join, peers);
    }

    private void add(long id, boolean join, List<Peer> told) {
        var machine = new LedgerMachine();
        machines.put(id, machine);
        var all = new TreeMap<String, StateMachine>(others.apply(id));
        all.put(LedgerMachine.NAME, machine);
        var config = ReplicaConfig.builder(directory(id))
                .clusterName("test")
                .nodeId(id)
                .peers(told)
                .join(join)
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
                        transports.around(id, network.join(id)),
                        () -> all,
                        disks.computeIfAbsent(id, newDisk::apply),
                        ReplicaRuntime.ofThisProcess()));
    }

    public TestCluster start() {
        replicas.values().forEach(Replica::start);
        return this;
    }

    AtomicInteger snapshotsToLose() {
        return transports.snapshotsToLose();
    }

    public LossyTransports transports() {
        return transports;
    }

    Queue<Long> snapshotsSent() {
        return transports.snapshotsSent();
    }

    /** How long a snapshot is on its way, from now on. */
    void transferTime(Duration time) {
        transports.transferTime(time);
    }

    /** What the files of snapshots that are sent from now on are read through. */
    void sources(UnaryOperator<SnapshotSource> newSources) {
        transports.sources(newSources);
    }

    /** Cuts a follower off, and waits until its leader does not keep the log for it any more. */
    void cutOff(long leader, long follower) {
        network.isolate(follower);
        await().atMost(PATIENCE).until(() -> {
            var progress = get(replica(leader).status()).progress().get(follower);
            return progress == null || !progress.recentActive();
        });
    }

    MemoryNetwork network() {
        return network;
    }

    public Replica replica(long id) {
        return Objects.requireNonNull(replicas.get(id));
    }

    public LedgerMachine machine(long id) {
        return Objects.requireNonNull(machines.get(id));
    }

    /** Waits until exactly one running member leads and says so. */
    public long awaitLeader() {
        return await().atMost(PATIENCE)
                .until(this::leaders, leaders -> leaders.size() == 1)
                .get(0);
    }

    public long otherThan(long id) {
        return replicas.keySet().stream()
                .filter(other -> other != id)
                .findFirst()
                .orElseThrow();
    }

    /** Submits and waits for the outcome. */
    Outcome submit(long id, String command) {
        return get(replica(id).submit(LedgerMachine.NAME, command.getBytes(UTF_8), null));
    }

    /** Submits, and insists that the command is applied. */
    public Outcome.Applied applied(long id, String command) {
        var outcome = submit(id, command);
        assertThat(outcome).isInstanceOf(Outcome.Applied.class);
        return (Outcome.Applied) outcome;
    }

    String read(long id, Consistency consistency) {
        var outcome = get(replica(id).read(LedgerMachine.NAME, new byte[0], ReadOptions.of(consistency)));
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

    public static <T> T get(CompletableFuture<T> future) {
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
        // A stop waits for a thread that hangs, and no test needs that here.
        disks.values().stream()
                .filter(FaultDisk.class::isInstance)
                .map(FaultDisk.class::cast)
                .forEach(FaultDisk::heal);
        replicas.values().forEach(Replica::stop);
        network.close();
    }
}
