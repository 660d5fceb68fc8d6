package io.raftboot.replica;

import io.raftboot.api.Outcome;
import io.raftboot.raft.RaftConfig;
import io.raftboot.replica.config.Peer;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.config.SnapshotPolicy;
import io.raftboot.transport.netty.NettyTransport;
import io.raftboot.transport.netty.TransportOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A member in a process of its own, for {@link LargeStateTests} and {@link LargeLogTests}: reads a line, does what it says, writes a line. Arguments: node
 * id, peers, directory, bytes of state, bytes of the log's cache, and {@code log} if no snapshots are to be taken.
 */
final class LargeStateMember {
    private static final SnapshotPolicy NO_SNAPSHOTS =
            SnapshotPolicy.defaults().withIntervalEntries(Long.MAX_VALUE).withIntervalBytes(0);

    private final Replica replica;
    private final GeneratedMachine machine;

    private LargeStateMember(
            long id, List<Peer> peers, Path dir, long stateBytes, long cacheBytes, SnapshotPolicy snapshots) {
        machine = new GeneratedMachine(stateBytes);
        var config = ReplicaConfig.builder(dir)
                .nodeId(id)
                .peers(peers)
                .snapshots(snapshots)
                .walCacheSizeBytes(cacheBytes)
                .build();
        var raftConfig = RaftConfig.builder()
                .id(id)
                .electionTicks(20)
                .heartbeatTicks(2)
                .preVote(true)
                .checkQuorum(true)
                .build();
        var self = peers.stream().filter(peer -> peer.id() == id).findFirst().orElseThrow();
        replica = new Replica(
                config,
                raftConfig,
                new NettyTransport(self.host(), self.port(), TransportOptions.defaults()),
                () -> Map.of(GeneratedMachine.NAME, machine));
    }

    public static void main(String[] arguments) throws IOException {
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        var member = new LargeStateMember(
                Long.parseLong(arguments[0]),
                Arrays.stream(arguments[1].split(",", -1)).map(Peer::valueOf).toList(),
                Path.of(arguments[2]),
                Long.parseLong(arguments[3]),
                Long.parseLong(arguments[4]),
                arguments[5].equals("log")
                        ? NO_SNAPSHOTS
                        : SnapshotPolicy.defaults().withKeepEntries(0));
        member.replica.start();
        out.println("started");
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            out.println(member.answer(line.split(" ", -1)));
        }
        member.replica.stop();
        Runtime.getRuntime().halt(0);
    }

    private String answer(String[] words) {
        return switch (words[0]) {
            case "fill" -> fill(Integer.parseInt(words[1]));
            case "snapshot" -> String.valueOf(replica.takeSnapshot().join());
            case "status" -> status();
            default -> throw new IllegalArgumentException(words[0]);
        };
    }

    private String fill(int count) {
        var outcomes = new CompletableFuture<?>[count];
        for (int i = 0; i < count; i++) {
            outcomes[i] = replica.submit(GeneratedMachine.NAME, new byte[100], TestCluster.PATIENCE);
        }
        int applied = 0;
        for (var outcome : outcomes) {
            applied += outcome.join() instanceof Outcome.Applied ? 1 : 0;
        }
        return String.valueOf(applied);
    }

    /** Leader or not, commands applied, first index of the log, bytes of state restored, peak of the heap, its limit. */
    private String status() {
        var status = replica.status().join();
        long peak = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(MemoryPoolMXBean::getPeakUsage)
                .mapToLong(usage -> usage.getUsed())
                .sum();
        return replica.isLeader() + " " + machine.commands() + " " + status.firstIndex() + " " + machine.restoredBytes()
                + " " + peak + " " + Runtime.getRuntime().maxMemory();
    }
}
