package io.raftboot.tool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.api.BackupOutcome;
import io.raftboot.api.Consistency;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOptions;
import io.raftboot.replica.Replica;
import io.raftboot.replica.config.Peer;
import io.raftboot.replica.config.SnapshotPolicy;
import io.raftboot.storage.Identity;
import io.raftboot.storage.OfflineDirectory;
import io.raftboot.storage.disk.RealDisk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From members at work to a backup, and from there to members of a new cluster. */
class RestoreTests {
    private static final ReadOptions LOCAL = ReadOptions.of(Consistency.LOCAL);

    @TempDir
    Path temp;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<Peer> peers = new ArrayList<>();
    private final List<Replica> members = new ArrayList<>();

    @AfterEach
    void stopAll() {
        members.forEach(Replica::stop);
    }

    private int run(Object... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        var words = Arrays.stream(arguments).map(Object::toString).toArray(String[]::new);
        return RaftTools.run(new PrintWriter(out, true), new PrintWriter(err, true), words);
    }

    private void startThree() throws IOException {
        choosePeers();
        for (Peer peer : peers) {
            members.add(Directories.started(
                    temp.resolve("node" + peer.id()), peer.id(), peers, peer.port(), SnapshotPolicy.defaults()));
        }
        await().until(() -> members.stream().anyMatch(Replica::isLeader));
    }

    private void choosePeers() throws IOException {
        peers.clear();
        for (int id = 1; id <= 3; id++) {
            peers.add(new Peer(id, "127.0.0.1", Directories.freePort()));
        }
    }

    private void stop() {
        members.forEach(Replica::stop);
        members.clear();
    }

    /** A member alone with a word or two, and its backup. */
    private Path backupOf(String... words) throws IOException {
        var file = temp.resolve("one.raftbackup");
        var replica = Directories.started(temp.resolve("one"), List.of(), null);
        try {
            for (String word : words) {
                Directories.submit(replica, word);
            }
            Directories.backUp(replica, file, ReadOptions.LINEARIZABLE);
        } finally {
            replica.stop();
        }
        return file;
    }

    private static Identity identity(Path dir) throws Exception {
        return OfflineDirectory.open(new RealDisk(), dir).identity();
    }

    /** Starts the restored member alone, as the tool says. */
    private Replica startedAlone(Path dir) throws IOException {
        choosePeers();
        var first = peers.get(0);
        var replica = Directories.started(dir, List.of(first), first.port());
        members.add(replica);
        await().until(replica::isLeader);
        return replica;
    }

    @Test
    void clusterOfABackupThatWasStreamedUnderLoadHasAllThatWasAcknowledgedBefore() throws Exception {
        startThree();
        var client = new Client(members.get(1));
        client.start();
        await().until(() -> client.acknowledged.size() >= 50);
        var before = List.copyOf(client.acknowledged);
        var file = temp.resolve("three.raftbackup");
        var read = new ByteArrayOutputStream();
        try (var backup = ((BackupOutcome.Ready)
                        members.get(2).backup(ReadOptions.LINEARIZABLE).join())
                .backup()) {
            int atBegin = client.acknowledged.size();
            var piece = ByteBuffer.allocate(64);
            while (backup.read(piece.clear()) >= 0) {
                read.write(piece.array(), 0, piece.position());
                if (read.size() == piece.capacity()) {
                    await().until(() -> client.acknowledged.size() > atBegin + 20);
                }
            }
        }
        Files.write(file, read.toByteArray());
        client.end();
        stop();

        var dir = temp.resolve("restored");
        assertThat(run("restore", file, dir, "--cluster-name", "raft"))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).contains("restored: " + dir).contains("raft.peers naming only");
        assertThat(run("log", "verify", dir)).isZero();
        var alone = startedAlone(dir);
        var words = Directories.words(alone);
        assertThat(words).containsAll(before).doesNotHaveDuplicates();

        // Whoever does not know what became of its command sends it again, to the new cluster.
        for (String word : words) {
            assertThat(alone.submitOnce(Directories.MACHINE, word.getBytes(UTF_8), word, null)
                            .join())
                    .isInstanceOf(Outcome.Applied.class);
        }
        assertThat(Directories.words(alone)).isEqualTo(words);

        for (Peer peer : peers.subList(1, 3)) {
            members.add(Directories.joined(temp.resolve("added" + peer.id()), peer.id(), peers, peer.port(), alone));
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(
                            alone.status().join().configuration().voters())
                    .contains(peer.id()));
        }
        Directories.submit(members.get(2), "more");
        for (Replica member : members) {
            assertThat(Directories.words(member)).hasSize(words.size() + 1).endsWith("more");
        }
    }

    @Test
    void whatTheLastOneOfThreeHasIsBackedUpAndRestored() throws Exception {
        startThree();
        for (String word : List.of("x", "y", "z")) {
            Directories.submit(members.get(0), word);
        }
        await().until(() -> members.get(2).status().join().appliedIndex()
                == members.get(0).status().join().appliedIndex());
        members.get(0).stop();
        members.get(1).stop();
        var file = temp.resolve("last.raftbackup");
        Directories.backUp(members.get(2), file, LOCAL);
        stop();

        var dir = temp.resolve("restored");
        assertThat(run("restore", file, dir, "--node-id", 1)).as(err.toString()).isZero();
        var alone = startedAlone(dir);
        assertThat(Directories.words(alone)).containsExactly("x", "y", "z");
        assertThat(alone.status().join().configuration().voters()).containsExactly(1L);
    }

    @Test
    void eachRestoredDirectoryIsANewClusterThatKnowsItsPast() throws Exception {
        var file = backupOf("a");
        var first = temp.resolve("first");
        var second = temp.resolve("second");
        assertThat(run("restore", file, first, "--node-id", 5))
                .as(err.toString())
                .isZero();
        assertThat(run("restore", file, second, "--rename-to", "copy"))
                .as(err.toString())
                .isZero();
        var origin = identity(temp.resolve("one")).clusterId();
        assertThat(List.of(origin, identity(first).clusterId(), identity(second).clusterId()))
                .doesNotHaveDuplicates();
        assertThat(identity(first).nodeId()).isEqualTo(5);
        assertThat(identity(second).clusterName()).isEqualTo("copy");
        assertThat(identity(first).ancestors()).singleElement().satisfies(ancestor -> assertThat(ancestor.clusterId())
                .isEqualTo(origin));

        assertThat(run("restore", file, temp.resolve("third"))).isZero();
        var third = Directories.started(temp.resolve("third"), List.of(), null);
        members.add(third);
        Directories.submit(third, "b");
        var again = temp.resolve("again.raftbackup");
        Directories.backUp(third, again, ReadOptions.LINEARIZABLE);
        third.stop();
        assertThat(run("restore", again, temp.resolve("fourth"))).isZero();
        assertThat(identity(temp.resolve("fourth")).ancestors())
                .extracting(ancestor -> ancestor.clusterId())
                .containsExactly(origin, identity(temp.resolve("third")).clusterId());
        var fourth = Directories.started(temp.resolve("fourth"), List.of(), null);
        members.add(fourth);
        assertThat(Directories.words(fourth)).containsExactly("a", "b");
    }

    @Test
    void directoryWithAnythingInItIsRefusedAndStaysAsItIs() throws IOException {
        var file = backupOf("a");
        var full = Files.createDirectory(temp.resolve("full"));
        Files.writeString(full.resolve("notes.txt"), "mine");
        assertThat(run("restore", file, full)).isOne();
        assertThat(err.toString())
                .startsWith("FAILED " + full)
                .contains("notes.txt")
                .contains("is not empty");

        var before = Directories.contents(temp.resolve("one"));
        assertThat(run("restore", file, temp.resolve("one"))).isOne();
        assertThat(err.toString()).contains("is the data directory of a member already");
        assertThat(Directories.contents(temp.resolve("one"))).isEqualTo(before);

        assertThat(run("restore", file, full.resolve("notes.txt"))).isOne();
        assertThat(err.toString()).contains("notes.txt").contains("is a file");
        assertThat(full.resolve("notes.txt")).hasContent("mine");
        assertThat(run("restore", file, Files.createDirectory(temp.resolve("empty"))))
                .as(err.toString())
                .isZero();
    }

    @Test
    void damagedFileMakesNoDirectory() throws IOException {
        var file = backupOf("a", "b", "c");
        var dir = temp.resolve("restored");
        var whole = Files.readAllBytes(file);
        for (int at : new int[] {3, 20, whole.length / 2, whole.length - 1}) {
            Directories.flip(file, at);
            assertThat(run("restore", file, dir)).as("byte %d", at).isOne();
            assertThat(err.toString()).startsWith("DAMAGED " + file);
            assertThat(run("snapshot", "verify", file)).isOne();
            Directories.flip(file, at);
        }
        for (int length : new int[] {0, 10, whole.length / 2, whole.length - 1}) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThat(run("restore", file, dir)).as("%d bytes", length).isOne();
            assertThat(err.toString()).startsWith("DAMAGED " + file);
        }
        assertThat(err.toString())
                .contains("was cut: it has " + (whole.length - 1) + " bytes, and had " + whole.length);
        assertThat(dir).doesNotExist();
        Files.write(file, whole);
        assertThat(run("snapshot", "verify", file)).isZero();
        assertThat(out.toString()).startsWith("whole: ").contains("words");
    }

    @Test
    void fileThatIsNotTheRightOneIsRefused() throws IOException {
        var file = backupOf("a");
        var dir = temp.resolve("restored");
        assertThat(run("restore", file, dir, "--cluster-name", "orders")).isOne();
        assertThat(err.toString())
                .contains("is a backup of the cluster 'raft', and not of 'orders'")
                .contains("--cluster-name=raft --rename-to=orders");
        assertThat(run("restore", Directories.first(temp.resolve("one").resolve("snapshots"), ".snap"), dir))
                .isOne();
        assertThat(err.toString()).contains("is a snapshot and no backup").contains("snapshot import");
        assertThat(run("restore", temp.resolve("nowhere"), dir)).isOne();
        assertThat(err.toString()).contains("nowhere").contains("no such file");
        assertThat(run("restore", temp, dir)).isOne();
        assertThat(err.toString()).contains("is no file");
        assertThat(run("restore", file, dir, "--node-id", 0)).isOne();
        assertThat(err.toString()).contains("from 1 upwards");
        assertThat(run("restore", file, dir, "--rename-to", " ")).isOne();
        assertThat(err.toString()).contains("must not be blank");
        assertThat(run("restore", file)).isEqualTo(2);
        assertThat(dir).doesNotExist();
    }

    @Test
    void restoreThatWasInterruptedIsRepeated() throws IOException {
        var file = backupOf("a");
        var dir = Files.createDirectory(temp.resolve("restored"));
        Files.writeString(dir.resolve("identity.new"), "a part");
        Files.createDirectory(dir.resolve("wal"));
        Files.writeString(dir.resolve("wal").resolve("0000000000000001.wal"), "a part");
        Files.createDirectory(dir.resolve("snapshots"));
        assertThat(run("restore", file, dir)).as(err.toString()).isZero();
        assertThat(run("log", "verify", dir)).as(err.toString()).isZero();
        assertThat(Directories.words(startedAlone(dir))).containsExactly("a");
    }

    /** Sends one command after the other, each under its own word as the key. */
    private static final class Client extends Thread {
        final List<String> acknowledged = new CopyOnWriteArrayList<>();
        private final Replica replica;
        private volatile boolean ended;

        Client(Replica replica) {
            this.replica = replica;
        }

        @Override
        public void run() {
            for (int i = 0; !ended; i++) {
                String word = "w" + i;
                var outcome = replica.submitOnce(Directories.MACHINE, word.getBytes(UTF_8), word, null)
                        .join();
                if (outcome instanceof Outcome.Applied) {
                    acknowledged.add(word);
                }
            }
        }

        void end() throws InterruptedException {
            ended = true;
            join();
        }
    }
}
