package io.raftboot.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.raftboot.replica.Replica;
import io.raftboot.replica.ReplicaStartException;
import io.raftboot.replica.config.Peer;
import io.raftboot.replica.config.SnapshotPolicy;
import io.raftboot.storage.OfflineDirectory;
import io.raftboot.storage.disk.RealDisk;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tool as it is called, within this process. */
class RaftToolsTests {
    private static final int COMMANDS = 20;

    @TempDir
    Path temp;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(Object... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        var words = new ArrayList<String>();
        for (Object argument : arguments) {
            words.add(argument.toString());
        }
        return RaftTools.run(new PrintWriter(out, true), new PrintWriter(err, true), words.toArray(new String[0]));
    }

    private Path directory() {
        var dir = temp.resolve("node");
        Directories.ofOne(dir, COMMANDS);
        return dir;
    }

    @Test
    void wholeLogIsVerified() {
        var dir = directory();
        assertThat(run("log", "verify", dir)).isZero();
        assertThat(out.toString()).startsWith("whole: entries 2 to ").contains("snapshot at ");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void damagedLogIsNamedWithFileAndOffset() throws IOException {
        var dir = directory();
        var segment = Directories.first(dir.resolve("wal"), ".wal");
        long batch = Directories.batch(segment, 5);
        Directories.flip(segment, batch + 40);
        assertThat(run("log", "verify", dir)).isEqualTo(1);
        assertThat(err.toString()).startsWith("DAMAGED " + segment + " at offset " + batch);
        assertThat(run("log", "dump", dir)).isEqualTo(1);
        assertThat(run("recover", dir, "--new-cluster", "--confirm")).isEqualTo(1);
    }

    @Test
    void missingSnapshotIsADamagedLog() throws IOException {
        var dir = directory();
        Files.delete(Directories.first(dir.resolve("snapshots"), ".snap"));
        assertThat(run("log", "verify", dir)).isEqualTo(1);
        assertThat(err.toString()).contains(".snap").contains("missing");
    }

    @Test
    void entriesAreDumpedOnALineEach() {
        var dir = directory();
        assertThat(run("log", "dump", dir)).isZero();
        var lines = out.toString().lines().toList();
        assertThat(lines).hasSizeGreaterThan(2 * COMMANDS);
        assertThat(lines.get(0)).startsWith("2 term ");
        assertThat(lines)
                .filteredOn(line -> line.contains("command for 'words', 2 bytes, from node 1"))
                .hasSize(20);
        assertThat(lines).anyMatch(line -> line.contains("system member 1"));
        assertThat(lines).anyMatch(line -> line.contains("session with 'words' opened, from node 1"));
        assertThat(lines).anyMatch(line -> line.matches(".*'words', 2 bytes.*, number 1 of session \\d+"));

        assertThat(run("log", "dump", dir, "--from", 5, "--to", 7)).isZero();
        assertThat(out.toString().lines().toList()).isEqualTo(lines.subList(3, 6));
    }

    @Test
    void snapshotsAreVerified() throws IOException {
        var dir = directory();
        assertThat(run("snapshot", "verify", dir)).isZero();
        assertThat(out.toString()).contains("whole: ").contains("voters [1]").contains("words");
        var file = Directories.first(dir.resolve("snapshots"), ".snap");
        assertThat(run("snapshot", "verify", file)).isZero();

        long length = Files.size(file);
        for (long offset : new long[] {0, 20, length / 2, length - 1}) {
            Directories.flip(file, offset);
            assertThat(run("snapshot", "verify", dir)).isEqualTo(1);
            assertThat(err.toString()).startsWith("DAMAGED " + file + " at offset ");
            Directories.flip(file, offset);
        }
        assertThat(run("snapshot", "verify", dir)).isZero();
    }

    @Test
    void exportedSnapshotIsImportedIntoANewCluster() throws Exception {
        var dir = directory();
        var file = temp.resolve("backup.snap");
        assertThat(run("snapshot", "export", dir, file)).isZero();
        assertThat(run("snapshot", "export", dir, file)).isEqualTo(1);
        assertThat(err.toString()).contains("exists already");

        var imported = temp.resolve("imported");
        assertThat(run("snapshot", "import", file, imported)).as(err.toString()).isZero();
        assertThat(run("log", "verify", imported)).isZero();
        assertThat(clusterId(imported)).isNotEqualTo(clusterId(dir)).isNotZero();
        var replica = Directories.started(imported, List.of(), null);
        try {
            assertThat(Directories.words(replica))
                    .containsExactlyElementsOf(
                            IntStream.range(0, COMMANDS).mapToObj(i -> "a" + i).toList());
            Directories.submit(replica, "more");
        } finally {
            replica.stop();
        }
        assertThat(run("snapshot", "import", file, imported)).isEqualTo(1);
        assertThat(err.toString()).contains("already");
    }

    @Test
    void membersThatImportAlikeAreOneCluster() throws Exception {
        var dir = directory();
        var file = temp.resolve("backup.snap");
        assertThat(run("snapshot", "export", dir, file)).isZero();
        for (int id = 1; id <= 2; id++) {
            assertThat(run("snapshot", "import", file, temp.resolve("new" + id), "--node-id", id, "--peers", "1@a,2@b"))
                    .isZero();
        }
        assertThat(clusterId(temp.resolve("new1"))).isEqualTo(clusterId(temp.resolve("new2")));
        assertThat(run("snapshot", "import", file, temp.resolve("new3"), "--node-id", 3, "--peers", "1@a,2@b"))
                .isEqualTo(1);
        assertThat(Files.exists(temp.resolve("new3"))).isFalse();
    }

    @Test
    void directoryInUseIsRefused() {
        var dir = temp.resolve("node");
        var replica = Directories.started(dir, List.of(), null);
        try {
            for (var command : List.of(
                    List.of("log", "verify", dir),
                    List.of("log", "dump", dir),
                    List.of("snapshot", "verify", dir),
                    List.of("snapshot", "export", dir, temp.resolve("x")),
                    List.of("recover", dir, "--new-cluster", "--confirm"))) {
                assertThat(run(command.toArray())).as(command.toString()).isEqualTo(1);
                assertThat(err.toString()).contains("is in use by process");
            }
        } finally {
            replica.stop();
        }
    }

    @Test
    void whatIsNoDirectoryOfAMemberIsRefused() {
        assertThat(run("log", "verify", temp.resolve("nowhere"))).isEqualTo(1);
        assertThat(err.toString()).contains("nowhere").contains("not the data directory");
        assertThat(run("log", "verify")).isEqualTo(2);
        assertThat(run("log", "mend", temp)).isEqualTo(2);
    }

    @Test
    void readingChangesNothing() throws IOException {
        var dir = directory();
        var before = Directories.contents(dir);
        assertThat(run("log", "verify", dir)).isZero();
        assertThat(run("log", "dump", dir)).isZero();
        assertThat(run("snapshot", "verify", dir)).isZero();
        assertThat(run("snapshot", "export", dir, temp.resolve("backup.snap"))).isZero();
        assertThat(run("recover", dir, "--new-cluster")).isEqualTo(2);
        assertThat(out.toString()).contains("WARNING").contains("Nothing was changed");
        assertThat(run("recover", dir)).isEqualTo(2);
        assertThat(Directories.contents(dir)).isEqualTo(before);
    }

    @Test
    void oneOfThreeIsMadeAClusterOfItsOwn() throws Exception {
        var dir = temp.resolve("node");
        Directories.ofOneOfThree(dir, List.of("x", "y", "z"));
        long before = clusterId(dir);
        assertThat(run("recover", dir, "--new-cluster", "--confirm"))
                .as(err.toString())
                .isZero();
        assertThat(out.toString())
                .contains("WARNING")
                .contains("Voters are [1, 2, 3]")
                .contains("Done");
        assertThat(clusterId(dir)).isNotEqualTo(before);
        assertThat(run("log", "verify", dir)).isZero();
        assertThat(run("log", "dump", dir, "--from", 5)).isZero();
        assertThat(out.toString().lines().toList()).hasSize(2);

        int port = Directories.freePort();
        var replica = Directories.started(dir, List.of(new Peer(1, "127.0.0.1", port)), port);
        try {
            await().until(replica::isLeader);
            assertThat(Directories.words(replica)).containsExactly("x", "y", "z");
            Directories.submit(replica, "more");
            assertThat(replica.status().join().configuration().voters()).containsExactly(1L);
        } finally {
            replica.stop();
        }
    }

    /** The tool is killed when the directory has its new cluster, and not yet the entries that make it one of this member alone. */
    @Test
    void recoveryThatWasInterruptedIsRefusedAtTheStartAndDoneToItsEndByTheNext() throws Exception {
        var dir = temp.resolve("node");
        Directories.ofOneOfThree(dir, List.of("x", "y", "z"));
        Directories.beginRecovery(dir, 4 + 2);
        long begun = clusterId(dir);
        int port = Directories.freePort();
        var peers = List.of(new Peer(1, "127.0.0.1", port));
        assertThatThrownBy(() -> Directories.started(dir, peers, port))
                .isInstanceOf(ReplicaStartException.class)
                .hasMessageContaining("recover' was interrupted")
                .hasMessageContaining("call it again");

        assertThat(run("recover", dir, "--new-cluster", "--confirm"))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).contains("was interrupted").contains("Done");
        assertThat(clusterId(dir)).isEqualTo(begun);
        var replica = Directories.started(dir, peers, port);
        try {
            await().until(replica::isLeader);
            assertThat(Directories.words(replica)).containsExactly("x", "y", "z");
        } finally {
            replica.stop();
        }
    }

    @Test
    void exportTouchesNoFileOfOthersAndLeavesNoPart() throws IOException {
        var dir = directory();
        var file = temp.resolve("all.snap");
        var others = temp.resolve("all.snap.tmp");
        Files.writeString(others, "of somebody else");
        assertThat(run("snapshot", "export", dir, file)).as(err.toString()).isZero();
        assertThat(others).hasContent("of somebody else");
        assertThat(run("snapshot", "verify", file)).isZero();

        var gone = temp.resolve("gone.snap");
        assertThatThrownBy(() -> FileCopy.copy(gone, temp.resolve("copy.snap"))).isInstanceOf(IOException.class);
        try (var left = Files.list(temp)) {
            assertThat(left.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("node", "all.snap", "all.snap.tmp");
        }
    }

    @Test
    void nodeIdThatNoMemberHasIsRefusedBeforeAnythingIsMade() {
        var file = temp.resolve("all.snap");
        assertThat(run("snapshot", "export", directory(), file)).isZero();
        var made = temp.resolve("made");
        assertThat(run("snapshot", "import", file, made, "--node-id=-3")).isOne();
        assertThat(err.toString()).contains("-3").contains("from 1 upwards");
        assertThat(made).doesNotExist();
    }

    /** As docs/operations.md says: after the loss of a directory, or of a majority, without a line of code. */
    @Test
    void whatOneMemberHasBecomesSeveralNewMembers() throws Exception {
        var dir = temp.resolve("node");
        Directories.ofOneOfThree(dir, List.of("x", "y", "z"));
        assertThat(run("recover", dir, "--new-cluster", "--confirm")).isZero();
        int alonePort = Directories.freePort();
        var alone = Directories.started(
                dir,
                1,
                List.of(new Peer(1, "127.0.0.1", alonePort)),
                alonePort,
                SnapshotPolicy.defaults().withIntervalEntries(1));
        try {
            await().until(() -> alone.status().join().snapshotIndex() > 6);
        } finally {
            alone.stop();
        }
        var file = temp.resolve("all.snap");
        assertThat(run("snapshot", "export", dir, file)).as(err.toString()).isZero();

        var peers = new ArrayList<Peer>();
        for (int id = 1; id <= 3; id++) {
            peers.add(new Peer(id, "127.0.0.1", Directories.freePort()));
        }
        String written = String.join(
                ",",
                peers.stream().map(peer -> peer.id() + "@" + peer.address()).toList());
        var members = new ArrayList<Replica>();
        try {
            for (Peer peer : peers) {
                var made = temp.resolve("new" + peer.id());
                assertThat(run("snapshot", "import", file, made, "--node-id", peer.id(), "--peers", written))
                        .as(err.toString())
                        .isZero();
                members.add(Directories.started(made, peer.id(), peers, peer.port(), SnapshotPolicy.defaults()));
            }
            await().until(() -> members.stream().anyMatch(Replica::isLeader));
            Directories.submit(members.get(1), "more");
            for (Replica member : members) {
                assertThat(Directories.words(member)).containsExactly("x", "y", "z", "more");
            }
        } finally {
            members.forEach(Replica::stop);
        }
    }

    private static long clusterId(Path dir) throws Exception {
        return OfflineDirectory.open(new RealDisk(), dir).identity().clusterId();
    }
}
