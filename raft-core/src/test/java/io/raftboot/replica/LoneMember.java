package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import io.raftboot.agent.Clock;
import io.raftboot.agent.ThreadedHost;
import io.raftboot.api.Consistency;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOptions;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.StateMachine;
import io.raftboot.raft.RaftConfig;
import io.raftboot.replica.config.OnFailure;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.config.StorageKind;
import io.raftboot.replica.watch.Carriers;
import io.raftboot.replica.watch.LifeTimes;
import io.raftboot.storage.disk.Disk;
import io.raftboot.storage.disk.MemoryDisk;
import io.raftboot.storage.log.FaultDisk;
import io.raftboot.transport.Transport;
import io.raftboot.transport.memory.MemoryNetwork;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/** A cluster of one that does not wait for long, on a disk in memory that can be told to fail. */
final class LoneMember implements AutoCloseable {
    static final String MACHINE = "machine";
    static final LifeTimes SHORT = new LifeTimes(
            Duration.ofMillis(100),
            Duration.ofMillis(100),
            Duration.ofMillis(500),
            Duration.ofMillis(20),
            Duration.ofMillis(100),
            Duration.ofMinutes(1));

    final FaultDisk disk = new FaultDisk(new MemoryDisk());
    final Path directory = Path.of("/data/node1");
    final Replica replica;
    private final MemoryNetwork network = new MemoryNetwork(1);

    LoneMember(StateMachine machine) {
        this(machine, UnaryOperator.identity(), UnaryOperator.identity(), UnaryOperator.identity(), Clock.SYSTEM);
    }

    LoneMember(StateMachine machine, OnFailure onFailure) {
        this(
                machine,
                config -> config.onFailure(onFailure),
                UnaryOperator.identity(),
                UnaryOperator.identity(),
                Clock.SYSTEM);
    }

    /** What a test puts in the way of the member's own disk and transport, and its clock. */
    LoneMember(
            StateMachine machine,
            UnaryOperator<ReplicaConfig.Builder> change,
            UnaryOperator<Disk> aroundDisk,
            UnaryOperator<Transport> aroundTransport,
            Clock clock) {
        var config = ReplicaConfig.builder(directory)
                .storage(StorageKind.WAL)
                .tickInterval(Duration.ofMillis(10))
                .walSegmentSizeBytes(64 * 1024);
        var raftConfig = RaftConfig.builder()
                .id(1)
                .electionTicks(20)
                .heartbeatTicks(2)
                .preVote(true)
                .checkQuorum(true)
                .build();
        replica = new Replica(
                change.apply(config).build(),
                raftConfig,
                aroundTransport.apply(network.join(1)),
                () -> Map.of(MACHINE, machine),
                aroundDisk.apply(disk),
                new ReplicaRuntime(new ThreadedHost(clock), Carriers.THREE, SHORT));
    }

    LoneMember start() {
        replica.start();
        return this;
    }

    CompletableFuture<Outcome> submit(String command) {
        return replica.submit(MACHINE, command.getBytes(UTF_8), null);
    }

    Outcome applied(String command) {
        var outcome = TestCluster.get(submit(command));
        if (!(outcome instanceof Outcome.Applied)) {
            throw new AssertionError("not applied: " + outcome);
        }
        return outcome;
    }

    CompletableFuture<ReadOutcome> read() {
        return replica.read(MACHINE, new byte[0], ReadOptions.of(Consistency.LINEARIZABLE));
    }

    void awaitState(ReplicaState state) {
        await().atMost(TestCluster.PATIENCE).until(() -> replica.state() == state);
    }

    @Override
    public void close() {
        disk.heal();
        replica.stop();
        network.close();
    }
}
