package io.raftboot.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.raftboot.agent.ThreadedHost;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOptions;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.ReplicaListener;
import io.raftboot.raft.RaftConfig;
import io.raftboot.replica.Replica;
import io.raftboot.replica.config.DiskMarks;
import io.raftboot.replica.config.Peer;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.config.SnapshotPolicy;
import io.raftboot.storage.disk.Disk;
import io.raftboot.storage.disk.RealDisk;
import io.raftboot.storage.disk.UnforcedDisk;
import io.raftboot.transport.Transport;
import io.raftboot.transport.memory.MemoryNetwork;
import io.raftboot.transport.netty.NettyTransport;
import io.raftboot.transport.netty.TransportOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A member in a process of its own: reads a line, does what it says, writes a line. Where it stops by itself, the process ends
 * with {@link #STOPPED_BY_ITSELF} after the last outcome is noted. Also opens directories in the process of a test.
 */
final class WritingMember implements AutoCloseable {
    /** What the process ends with when the member has failed. */
    static final int STOPPED_BY_ITSELF = 3;

    /** What it ends with when the member could not be started. */
    static final int NOT_STARTED = 4;

    static final long SEGMENT_SIZE_BYTES = 256 * 1024;

    private static final Duration TICK = Duration.ofMillis(20);
    private static final int ELECTION_TICKS = 20;
    private static final int HEARTBEAT_TICKS = 2;
    /** So small that only the file system itself says that it is full. */
    private static final DiskMarks NO_MARKS = new DiskMarks(1L, 1L, 0L);

    private final NumberMachine machine = new NumberMachine();
    private final Replica replica;
    private final @Nullable MemoryNetwork network;
    private @Nullable Writers writers;

    /**
     * @param peers none for a cluster of one
     * @param disk that of the machine, or one like it
     */
    private WritingMember(
            long id, List<Peer> peers, Path dir, DiskMarks marks, long entriesBetweenSnapshots, Disk disk) {
        var config = ReplicaConfig.builder(dir)
                .nodeId(id)
                .peers(peers)
                .tickInterval(TICK)
                .walSegmentSizeBytes(SEGMENT_SIZE_BYTES)
                .snapshots(SnapshotPolicy.defaults()
                        .withIntervalEntries(entriesBetweenSnapshots)
                        .withKeepEntries(entriesBetweenSnapshots / 4))
                .diskMarks(marks)
                .build();
        var raftConfig = RaftConfig.builder()
                .id(id)
                .electionTicks(ELECTION_TICKS)
                .heartbeatTicks(HEARTBEAT_TICKS)
                .preVote(true)
                .checkQuorum(true)
                .build();
        Transport transport;
        if (peers.isEmpty()) {
            network = new MemoryNetwork(0);
            transport = network.join(id);
        } else {
            network = null;
            var self =
                    peers.stream().filter(peer -> peer.id() == id).findFirst().orElseThrow();
            transport = new NettyTransport(self.host(), self.port(), TransportOptions.defaults());
        }
        replica = new Replica(
                config, raftConfig, transport, () -> Map.of(NumberMachine.NAME, machine), disk, ThreadedHost.SYSTEM);
    }

    /** A cluster of one over a directory that one of these has left. */
    static WritingMember open(Path dir) {
        var member = new WritingMember(1, List.of(), dir, NO_MARKS, Long.MAX_VALUE, new RealDisk());
        try {
            member.replica.start();
            return member;
        } catch (RuntimeException e) {
            member.close();
            throw e;
        }
    }

    NumberMachine machine() {
        return machine;
    }

    boolean takes(int number) {
        return replica.submit(NumberMachine.NAME, NumberMachine.command(number, 0), null)
                        .join()
                instanceof Outcome.Applied;
    }

    @Override
    public void close() {
        replica.stop();
        if (network != null) {
            network.close();
        }
    }

    /** Arguments: node id, peers or "alone", directory, file of the outcomes, marks of the disk or "none", entries between snapshots. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        var answers = new PrintStream(System.out, true, UTF_8);
        // What is logged must not come between the answers.
        System.setOut(System.err);
        var peers = arguments[1].equals("alone")
                ? List.<Peer>of()
                : Arrays.stream(arguments[1].split(",", -1)).map(Peer::valueOf).toList();
        var disk = new UnforcedDisk();
        try (var outcomes = new OutcomeFile(Path.of(arguments[3]));
                var member = new WritingMember(
                        Long.parseLong(arguments[0]),
                        peers,
                        Path.of(arguments[2]),
                        marks(arguments[4]),
                        Long.parseLong(arguments[5]),
                        disk)) {
            member.start(outcomes);
            answers.println("started");
            var in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.equals("stop-forcing")) {
                    disk.stopForcing();
                    answers.println("not forcing");
                } else {
                    answers.println(member.answer(line.split(" ", -1), outcomes));
                }
            }
        }
        Runtime.getRuntime().halt(0);
    }

    private static DiskMarks marks(String text) {
        if (text.equals("none")) {
            return NO_MARKS;
        }
        var bytes = Arrays.stream(text.split(",", -1)).map(Long::valueOf).toList();
        return new DiskMarks(bytes.get(0), bytes.get(1), bytes.get(2));
    }

    private void start(OutcomeFile outcomes) {
        replica.addListener(new ReplicaListener() {
            @Override
            public void failed(Throwable cause) {
                end(outcomes, cause);
            }
        });
        try {
            replica.start();
        } catch (RuntimeException e) {
            outcomes.failure(e);
            Runtime.getRuntime().halt(NOT_STARTED);
        }
    }

    /** The futures have ended: what the callers were told is waited for, and then there is nothing left to do. */
    private void end(OutcomeFile outcomes, Throwable cause) {
        try {
            stopWriting();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        outcomes.failure(cause);
        Runtime.getRuntime().halt(STOPPED_BY_ITSELF);
    }

    private void stopWriting() throws InterruptedException {
        var running = writers;
        if (running != null) {
            running.stop();
        }
    }

    private String answer(String[] words, OutcomeFile outcomes) throws IOException, InterruptedException {
        return switch (words[0]) {
            case "write" -> {
                writers = new Writers(replica, outcomes, Integer.parseInt(words[1]), Long.parseLong(words[2]));
                yield "writing";
            }
            case "stop-writing" -> {
                stopWriting();
                yield "stopped";
            }
            case "submit" -> submit(Integer.parseInt(words[1]), outcomes);
            case "read" -> read();
            case "leads" -> String.valueOf(replica.isLeader());
            case "dump" -> {
                Files.write(Path.of(words[1]), machine.numbers().toByteArray());
                yield "dumped";
            }
            default -> throw new IllegalArgumentException(words[0]);
        };
    }

    private String submit(int number, OutcomeFile outcomes) {
        var outcome = replica.submit(NumberMachine.NAME, NumberMachine.command(number, 0), null)
                .join();
        if (outcome instanceof Outcome.Applied) {
            outcomes.applied(number);
            return "applied";
        }
        if (outcome instanceof Outcome.Refused refused) {
            outcomes.refused(number);
            return refused.reason().name();
        }
        return "unknown";
    }

    private String read() {
        var outcome = replica.read(NumberMachine.NAME, new byte[0], ReadOptions.LINEARIZABLE)
                .join();
        return outcome instanceof ReadOutcome.Answered ? "answered" : String.valueOf(outcome);
    }
}
