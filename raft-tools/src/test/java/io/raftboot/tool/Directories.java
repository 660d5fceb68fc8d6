package io.raftboot.tool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.raftboot.api.BackupOutcome;
import io.raftboot.api.ChangeOptions;
import io.raftboot.api.ChangeOutcome;
import io.raftboot.api.CommandContext;
import io.raftboot.api.MemberChange;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOptions;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.SnapshotOutcome;
import io.raftboot.api.SnapshotWriter;
import io.raftboot.api.StateMachine;
import io.raftboot.raft.RaftConfig;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.HardState;
import io.raftboot.replica.Replica;
import io.raftboot.replica.config.MembershipPolicy;
import io.raftboot.replica.config.Peer;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.config.SnapshotPolicy;
import io.raftboot.replica.proto.Envelope;
import io.raftboot.storage.IdentityRequest;
import io.raftboot.storage.MemberStorage;
import io.raftboot.storage.OfflineDirectory;
import io.raftboot.storage.StorageOptions;
import io.raftboot.storage.disk.RealDisk;
import io.raftboot.storage.log.LogWrite;
import io.raftboot.transport.netty.NettyTransport;
import io.raftboot.transport.netty.TransportOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Data directories to use the tool on, and members to start from what it made. */
final class Directories {
    static final String MACHINE = "words";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final int SECTOR_BYTES = 512;

    private Directories() {}

    /** Of a member alone, with this many commands, a snapshot, and as many commands behind it. */
    static void ofOne(Path dir, int commands) {
        var replica = started(dir, List.of(), null);
        try {
            for (int i = 0; i < commands; i++) {
                submit(replica, "a" + i);
            }
            assertThat(replica.takeSnapshot().join()).isInstanceOf(SnapshotOutcome.Taken.class);
            for (int i = 0; i < commands; i++) {
                submit(replica, "b" + i);
            }
        } finally {
            replica.stop();
        }
    }

    /** What a recovery does first, and no more. */
    static void beginRecovery(Path dir, long forkIndex) throws Exception {
        var peers = OfflineDirectory.open(new RealDisk(), dir).identity().bootstrapPeers();
        var request = new IdentityRequest("raft", "default", 1, peers, false);
        try (var storage = MemberStorage.open(new RealDisk(), dir, request, StorageOptions.defaults())) {
            storage.moveToCluster(77, List.of(io.raftboot.raft.Peer.of(1, "127.0.0.1:7401")), forkIndex);
        }
    }

    /** Of node 1 of 3, written without running: commands in the log, of which none is known to be committed. */
    static void ofOneOfThree(Path dir, List<String> commands) throws Exception {
        var peers = List.of(
                io.raftboot.raft.Peer.of(1, "127.0.0.1:7401"),
                io.raftboot.raft.Peer.of(2, "127.0.0.1:7402"),
                io.raftboot.raft.Peer.of(3, "127.0.0.1:7403"));
        var request = new IdentityRequest("raft", "default", 1, peers, false);
        try (var storage = MemberStorage.open(new RealDisk(), dir, request, StorageOptions.defaults())) {
            var entries = new ArrayList<Entry>();
            for (String command : commands) {
                entries.add(Entry.newBuilder()
                        .setTerm(4)
                        .setIndex(2 + entries.size())
                        .setData(Envelope.newBuilder()
                                .setFormatVersion(1)
                                .setGroup("default")
                                .setMachine(MACHINE)
                                .setPayload(ByteString.copyFromUtf8(command))
                                .build()
                                .toByteString())
                        .build());
            }
            var hardState = HardState.newBuilder().setTerm(4).setVote(2).setCommit(1);
            var unused = storage.writer().append(List.of(LogWrite.entries(hardState.build(), entries)));
        }
    }

    static Replica started(Path dir, List<Peer> peers, @Nullable Integer port) {
        return started(dir, 1, peers, port, SnapshotPolicy.defaults());
    }

    static Replica started(Path dir, long nodeId, List<Peer> peers, @Nullable Integer port, SnapshotPolicy snapshots) {
        return started(dir, nodeId, peers, port, snapshots, false);
    }

    /** One that joins a cluster of one, and is added to it. */
    static Replica joined(Path dir, long nodeId, List<Peer> peers, int port, Replica leader) {
        var joined = started(dir, nodeId, peers, port, SnapshotPolicy.defaults(), true);
        var address = peers.stream()
                .filter(peer -> peer.id() == nodeId)
                .findFirst()
                .orElseThrow()
                .address();
        var change = new MemberChange.Add(new MemberChange.Address(nodeId, address), MemberChange.Promotion.AUTO);
        assertThat(leader.membership().change(change, ChangeOptions.DEFAULTS).join())
                .isInstanceOf(ChangeOutcome.Accepted.class);
        return joined;
    }

    private static Replica started(
            Path dir, long nodeId, List<Peer> peers, @Nullable Integer port, SnapshotPolicy snapshots, boolean join) {
        var config = ReplicaConfig.builder(dir)
                .nodeId(nodeId)
                .peers(peers)
                .join(join)
                .tickInterval(Duration.ofMillis(10))
                .membership(MembershipPolicy.defaults().withStableAfter(Duration.ZERO))
                .snapshots(snapshots)
                .build();
        var raftConfig = RaftConfig.builder()
                .id(nodeId)
                .electionTicks(10)
                .heartbeatTicks(2)
                .build();
        var replica = new Replica(
                config,
                raftConfig,
                new NettyTransport("127.0.0.1", port, TransportOptions.defaults()),
                () -> Map.of(MACHINE, new Words()));
        replica.start();
        return replica;
    }

    /** Writes a backup to a file that does not exist. */
    static void backUp(Replica replica, Path file, ReadOptions freshness) throws IOException {
        var outcome = replica.backup(freshness).join();
        assertThat(outcome).isInstanceOf(BackupOutcome.Ready.class);
        try (var backup = ((BackupOutcome.Ready) outcome).backup();
                var channel = Files.newByteChannel(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            backup.writeTo(channel);
        }
    }

    static void submit(Replica replica, String word) {
        assertThat(replica.submit(MACHINE, word.getBytes(UTF_8), PATIENCE).join())
                .isInstanceOf(Outcome.Applied.class);
    }

    static List<String> words(Replica replica) {
        var outcome = replica.read(MACHINE, new byte[0], ReadOptions.LINEARIZABLE.withTimeout(PATIENCE))
                .join();
        assertThat(outcome).isInstanceOf(ReadOutcome.Answered.class);
        return List.of(new String(((ReadOutcome.Answered) outcome).value(), UTF_8).split("\n", -1));
    }

    /** Every file with its bytes. */
    static Map<String, List<Byte>> contents(Path dir) throws IOException {
        var contents = new TreeMap<String, List<Byte>>();
        try (var files = Files.walk(dir)) {
            files.filter(Files::isRegularFile).forEach(file -> contents.put(file.toString(), bytes(file)));
        }
        return contents;
    }

    private static List<Byte> bytes(Path file) {
        try {
            var bytes = new ArrayList<Byte>();
            for (byte value : Files.readAllBytes(file)) {
                if (value != 0) {
                    bytes.add(value);
                }
            }
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Flips a byte; returns the file. */
    static void flip(Path file, long offset) throws IOException {
        var bytes = Files.readAllBytes(file);
        bytes[(int) offset] ^= (byte) 0xff;
        Files.write(file, bytes);
    }

    /** Where a batch of a segment begins, counted from 0. */
    static long batch(Path segment, int number) throws IOException {
        var bytes = Files.readAllBytes(segment);
        int left = number;
        for (int at = SECTOR_BYTES; at < bytes.length; at += SECTOR_BYTES) {
            if (new String(bytes, at, 4, UTF_8).equals("RBT1") && left-- == 0) {
                return at;
            }
        }
        throw new IOException("there are not so many batches");
    }

    static Path first(Path dir, String suffix) throws IOException {
        try (var files = Files.list(dir)) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** A port of this machine that nobody listens at now. */
    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static final class Words implements StateMachine {
        private final List<String> words = new ArrayList<>();

        @Override
        public byte[] apply(CommandContext context, byte[] command) {
            words.add(new String(command, UTF_8));
            return new byte[0];
        }

        @Override
        public byte[] query(byte[] query) {
            return String.join("\n", words).getBytes(UTF_8);
        }

        @Override
        public SnapshotWriter snapshot() {
            var captured = String.join("\n", words).getBytes(UTF_8);
            return out -> out.write(captured);
        }

        @Override
        public void restore(InputStream snapshot) throws IOException {
            words.clear();
            words.addAll(List.of(new String(snapshot.readAllBytes(), UTF_8).split("\n", -1)));
        }
    }
}
