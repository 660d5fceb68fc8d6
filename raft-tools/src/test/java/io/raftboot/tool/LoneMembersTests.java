package io.raftboot.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.raftboot.api.ChangeOptions;
import io.raftboot.api.ChangeOutcome;
import io.raftboot.api.MemberChange;
import io.raftboot.replica.Replica;
import io.raftboot.replica.ReplicaStartException;
import io.raftboot.replica.config.Peer;
import io.raftboot.replica.config.SnapshotPolicy;
import io.raftboot.storage.OfflineDirectory;
import io.raftboot.storage.disk.RealDisk;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As docs/operations.md says of processes that were to be one cluster, and each of which began one of its own. */
class LoneMembersTests {
    @TempDir
    Path temp;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<Peer> peers = new ArrayList<>();
    private Path chosen = Path.of("");
    private Path other = Path.of("");

    @BeforeEach
    void beginApart() throws IOException {
        for (int id = 1; id <= 3; id++) {
            peers.add(new Peer(id, "127.0.0.1", Directories.freePort()));
        }
        chosen = alone("chosen", List.of("x", "y"));
        other = alone("other", List.of("p", "q", "r"));
    }

    @Test
    void whatOneOfThemHasBecomesTheBeginningOfTheCluster() throws Exception {
        assertThat(run("snapshot", "export", chosen, temp.resolve("early.snap")))
                .isEqualTo(1);
        assertThat(err.toString()).contains("raft.snapshot.interval-entries=1");
        var file = snapshotOf(chosen);
        var members = new ArrayList<Replica>();
        try {
            for (Peer peer : peers) {
                var dir = temp.resolve("new" + peer.id());
                assertThat(imported(file, dir, peer)).as(err.toString()).isZero();
                members.add(Directories.started(dir, peer.id(), peers, peer.port(), SnapshotPolicy.defaults()));
            }
            await().until(() -> members.stream().anyMatch(Replica::isLeader));
            Directories.submit(members.get(2), "more");
            for (Replica member : members) {
                assertThat(Directories.words(member)).containsExactly("x", "y", "more");
            }
        } finally {
            members.forEach(Replica::stop);
        }
    }

    @Test
    void oneOfThemListensWithItsOwnEntryAndOthersAreAdded() throws Exception {
        var first = peers.get(0);
        var deaf = Directories.started(chosen, List.of(), null);
        try {
            await().until(deaf::isLeader);
            var second = new MemberChange.Address(2, peers.get(1).address());
            var outcome = deaf.membership()
                    .change(new MemberChange.Add(second, MemberChange.Promotion.AUTO), ChangeOptions.DEFAULTS)
                    .join();
            assertThat(outcome)
                    .isInstanceOfSatisfying(ChangeOutcome.Refused.class, refused -> assertThat(refused.message())
                            .contains("it listens for nobody")
                            .contains("raft.peers=1@HOST:PORT"));
        } finally {
            deaf.stop();
        }
        assertThatExceptionOfType(ReplicaStartException.class)
                .isThrownBy(() -> Directories.started(chosen, 1, peers, first.port(), SnapshotPolicy.defaults()))
                .withMessageContaining("with its own entry alone");

        var members = new ArrayList<Replica>();
        try {
            var leader = Directories.started(chosen, List.of(first), first.port());
            members.add(leader);
            await().until(leader::isLeader);
            for (Peer peer : peers.subList(1, 3)) {
                members.add(
                        Directories.joined(temp.resolve("added" + peer.id()), peer.id(), peers, peer.port(), leader));
                await().until(() ->
                        leader.status().join().configuration().voters().contains(peer.id()));
            }
            Directories.submit(members.get(2), "more");
            for (Replica member : members) {
                assertThat(Directories.words(member)).containsExactly("x", "y", "more");
            }
        } finally {
            members.forEach(Replica::stop);
        }
    }

    @Test
    void historiesAreNotMixed() throws Exception {
        var file = snapshotOf(chosen);
        var otherFile = snapshotOf(other);
        assertThat(imported(file, other, peers.get(1))).isEqualTo(1);
        assertThat(err.toString()).contains("is the data directory of a member already");

        assertThatExceptionOfType(ReplicaStartException.class)
                .isThrownBy(
                        () -> Directories.started(other, 1, peers, peers.get(0).port(), SnapshotPolicy.defaults()))
                .satisfies(refused ->
                        assertThat(refused.problem()).isEqualTo(ReplicaStartException.Problem.PEERS_CHANGED));

        var first = temp.resolve("new1");
        var second = temp.resolve("new2");
        var third = temp.resolve("new3");
        assertThat(imported(file, first, peers.get(0))).isZero();
        assertThat(imported(file, second, peers.get(1))).isZero();
        assertThat(imported(otherFile, third, peers.get(2))).isZero();
        assertThat(clusterId(second)).isEqualTo(clusterId(first));
        assertThat(clusterId(third)).isNotEqualTo(clusterId(first));
        var members = new ArrayList<Replica>();
        try {
            for (Peer peer : peers) {
                members.add(Directories.started(
                        temp.resolve("new" + peer.id()), peer.id(), peers, peer.port(), SnapshotPolicy.defaults()));
            }
            await().until(() -> members.stream().anyMatch(Replica::isLeader));
            Directories.submit(members.get(0), "more");
            assertThat(Directories.words(members.get(1))).containsExactly("x", "y", "more");
            await().until(() -> !members.get(2).status().join().refusals().isEmpty());
            assertThat(members.get(2).isLeader()).isFalse();
        } finally {
            members.forEach(Replica::stop);
        }
    }

    private Path alone(String name, List<String> words) {
        var dir = temp.resolve(name);
        var replica = Directories.started(dir, List.of(), null);
        try {
            words.forEach(word -> Directories.submit(replica, word));
        } finally {
            replica.stop();
        }
        return dir;
    }

    private Path snapshotOf(Path dir) {
        var replica = Directories.started(
                dir, 1, List.of(), null, SnapshotPolicy.defaults().withIntervalEntries(1));
        try {
            // Whatever was applied before, and what a member says of itself at its start.
            await().until(() -> replica.status().join().snapshotIndex()
                    == replica.status().join().appliedIndex());
        } finally {
            replica.stop();
        }
        var file = temp.resolve(dir.getFileName() + ".snap");
        assertThat(run("snapshot", "export", dir, file)).as(err.toString()).isZero();
        return file;
    }

    private int imported(Path file, Path dir, Peer peer) {
        String written = peers.stream().map(Peer::toString).collect(Collectors.joining(","));
        return run("snapshot", "import", file, dir, "--node-id", peer.id(), "--peers", written);
    }

    private int run(Object... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        var words = new ArrayList<String>();
        for (Object argument : arguments) {
            words.add(argument.toString());
        }
        return RaftTools.run(new PrintWriter(out, true), new PrintWriter(err, true), words.toArray(new String[0]));
    }

    private static long clusterId(Path dir) throws Exception {
        return OfflineDirectory.open(new RealDisk(), dir).identity().clusterId();
    }
}
