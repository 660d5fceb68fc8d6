package io.raftboot.benchmarks.command;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.raftboot.api.Outcome;
import io.raftboot.autoconfigure.metrics.RaftMeters;
import io.raftboot.replica.Replica;
import io.raftboot.replica.config.Peer;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.config.StorageKind;
import io.raftboot.transport.Transport;
import io.raftboot.transport.memory.MemoryNetwork;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Commands to a group of one, in memory, all that may be under way at once: what the path from the call through the three stages to the
 * outcome costs without network and disk. With {@code -prof gc} it says what is allocated for a command, of all threads.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class CommandBenchmark {
    private static final String MACHINE = "nothing";
    private static final int IN_FLIGHT = 256;
    private static final int VALUE_SIZE_BYTES = 256;

    private final List<CompletableFuture<Outcome>> underWay = new ArrayList<>(IN_FLIGHT);
    private final Transport transport = new MemoryNetwork(1).join(1);
    private final Replica replica = new Replica(
            ReplicaConfig.builder(Path.of("unused"))
                    .storage(StorageKind.MEMORY)
                    .clusterName("benchmark")
                    .nodeId(1)
                    .peers(List.of(Peer.valueOf("1@localhost:7400")))
                    .build(),
            transport,
            () -> Map.of(MACHINE, new NothingMachine()));

    /** Whether the member has its meters, in a registry in memory. */
    @Param({"false", "true"})
    boolean metered;

    private @Nullable RaftMeters meters;

    /** Starts the member, which leads when that returns. */
    @Setup(Level.Trial)
    public void start() {
        if (metered) {
            meters = new RaftMeters(replica, transport, "default", "raft-meters", 0);
            meters.bindTo(new SimpleMeterRegistry());
            replica.addListener(meters);
            meters.start();
        }
        replica.start();
    }

    /** Ends it. */
    @TearDown(Level.Trial)
    public void stop() {
        replica.stop();
        if (meters != null) {
            meters.stop();
        }
    }

    /** Submits as many commands as may be under way, and waits for all of them. */
    @Benchmark
    @OperationsPerInvocation(IN_FLIGHT)
    public void applied() {
        for (int i = 0; i < IN_FLIGHT; i++) {
            underWay.add(replica.submit(MACHINE, new byte[VALUE_SIZE_BYTES], null));
        }
        for (var future : underWay) {
            if (!(future.join() instanceof Outcome.Applied)) {
                throw new IllegalStateException("a command came to " + future.join());
            }
        }
        underWay.clear();
    }
}
