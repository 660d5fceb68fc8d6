package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.api.Outcome;
import io.raftboot.raft.proto.ConfChangeType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members that come back as something else than they were: with an empty directory, or with an older copy of it. */
class IdentityTests {
    private static final Duration LONG_ENOUGH_FOR_ELECTIONS = Duration.ofSeconds(2);

    @TempDir
    Path dir;

    private static void fill(TestCluster cluster, String prefix, List<String> commands) {
        long leader = cluster.awaitLeader();
        for (int i = 0; i < 10; i++) {
            commands.add(prefix + i);
            cluster.applied(leader, prefix + i);
        }
        cluster.awaitCommands(commands);
    }

    private static void delete(Path directory) {
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copy(Path from, Path to) {
        try (var files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void replace(Path directory, Path copy) {
        delete(directory);
        copy(copy, directory);
    }

    /** One of two others that are left is stopped: whoever may lead now can do so with the third member's help only. */
    private static void assertDoesNotTakePart(TestCluster cluster, long id) {
        long leader = cluster.awaitLeader();
        long other = 6 - id - leader;
        cluster.replica(leader).stop();
        var outcome =
                cluster.replica(other).submit(LedgerMachine.NAME, "no".getBytes(UTF_8), LONG_ENOUGH_FOR_ELECTIONS);
        assertThat(TestCluster.get(outcome)).isInstanceOf(Outcome.Refused.class);
        assertThat(cluster.replica(id).leaderId()).isNull();
        assertThat(cluster.replica(other).leaderId()).isNull();
        // Not for want of trying: a leader that still counts on it would have made it fail. One that has begun anew is
        // on its way.
        await().atMost(TestCluster.PATIENCE)
                .untilAsserted(() -> assertThat(cluster.replica(id).state()).isEqualTo(ReplicaState.RUNNING));
        cluster.replica(leader).start();
        cluster.awaitLeader();
    }

    @Test
    void voterWhoseDirectoryVanishedDoesNotVoteOrAcknowledge() {
        var commands = new ArrayList<String>();
        try (var cluster = TestCluster.onDisk(3, dir).start()) {
            fill(cluster, "a", commands);
            long wiped = cluster.otherThan(cluster.awaitLeader());
            cluster.replica(wiped).stop();
            delete(cluster.directory(wiped));
            cluster.renew(wiped).start();
            assertDoesNotTakePart(cluster, wiped);
            assertThat(cluster.machine(wiped).commands()).isEmpty();
            await().atMost(TestCluster.PATIENCE).untilAsserted(() -> assertThat(
                            TestCluster.get(cluster.replica(wiped).status()).refusals())
                    .isNotEmpty()
                    .allSatisfy((peer, reason) -> assertThat(reason)
                            .contains("another data directory")
                            .contains("docs/operations.md")));
        }
    }

    @Test
    void wipedVoterIsRefusedAlsoByMembersThatStartWithIt() {
        var commands = new ArrayList<String>();
        try (var cluster = TestCluster.onDisk(3, dir).start()) {
            fill(cluster, "a", commands);
        }
        delete(dir.resolve("node3"));
        try (var cluster = TestCluster.onDisk(3, dir)) {
            cluster.replica(1).start();
            cluster.replica(3).start();
            var outcome =
                    cluster.replica(1).submit(LedgerMachine.NAME, "no".getBytes(UTF_8), LONG_ENOUGH_FOR_ELECTIONS);
            assertThat(TestCluster.get(outcome)).isInstanceOf(Outcome.Refused.class);
            assertThat(cluster.replica(3).leaderId()).isNull();
        }
    }

    @Test
    void wipedVoterTakesPartAgainWhenItIsRemovedAndAdded() {
        var commands = new ArrayList<String>();
        try (var cluster = TestCluster.onDisk(3, dir).start()) {
            fill(cluster, "a", commands);
            long leader = cluster.awaitLeader();
            long wiped = cluster.otherThan(leader);
            cluster.replica(wiped).stop();
            delete(cluster.directory(wiped));
            cluster.change(leader, ConfChangeType.CONF_CHANGE_REMOVE_NODE, wiped);
            cluster.change(leader, ConfChangeType.CONF_CHANGE_ADD_NODE, wiped);
            cluster.rejoin(wiped).start();
            fill(cluster, "b", commands);

            // And now it counts.
            long other = 6 - wiped - cluster.awaitLeader();
            if (other != wiped) {
                cluster.replica(other).stop();
            }
            cluster.applied(cluster.awaitLeader(), "c");
        }
    }

    @Test
    void memberWithACopyFromBeforeItsLastStartIsRefused() {
        var commands = new ArrayList<String>();
        long old;
        try (var cluster = TestCluster.onDisk(3, dir).start()) {
            fill(cluster, "a", commands);
            old = cluster.otherThan(cluster.awaitLeader());
            cluster.replica(old).stop();
            copy(cluster.directory(old), dir.resolve("copy"));
            cluster.replica(old).start();
            fill(cluster, "b", commands);
        }
        // All have forgotten what they had in memory.
        replace(dir.resolve("node" + old), dir.resolve("copy"));
        try (var cluster = TestCluster.onDisk(3, dir)) {
            for (long id = 1; id <= 3; id++) {
                if (id != old) {
                    cluster.replica(id).start();
                }
            }
            cluster.awaitLeader();
            // Before they have applied what they had, they know of no newer run, and only what it answers does not
            // count.
            for (long id = 1; id <= 3; id++) {
                var machine = cluster.machine(id);
                await().atMost(TestCluster.PATIENCE)
                        .until(() -> machine == cluster.machine(old)
                                || machine.commands().contains("b9"));
            }
            cluster.replica(old).start();
            assertDoesNotTakePart(cluster, old);
            assertThat(cluster.machine(old).commands()).doesNotContain("b9");
        }
    }

    @Test
    void memberWithACopyOfTheRunThatWasItsLastIsRefused() {
        var commands = new ArrayList<String>();
        try (var cluster = TestCluster.onDisk(3, dir).start()) {
            fill(cluster, "a", commands);
            long old = cluster.otherThan(cluster.awaitLeader());
            copy(cluster.directory(old), dir.resolve("copy"));
            fill(cluster, "b", commands);
            cluster.replica(old).stop();
            replace(cluster.directory(old), dir.resolve("copy"));
            cluster.renew(old).start();
            // The leader that it had acknowledged to remembers; that it does not hear from it is enough.
            await().during(Duration.ofSeconds(1))
                    .atMost(TestCluster.PATIENCE)
                    .until(() -> !cluster.machine(old).commands().contains("b9"));
            cluster.applied(cluster.awaitLeader(), "c");
            assertThat(cluster.replica(old).leaderId()).isNull();
            assertThat(cluster.replica(old).state()).isEqualTo(ReplicaState.RUNNING);
        }
    }

    @Test
    void membersThatComeBackAsTheyWereAreNotRefused() {
        var commands = new ArrayList<String>();
        try (var cluster = TestCluster.onDisk(3, dir).start()) {
            for (int round = 0; round < 4; round++) {
                fill(cluster, "r" + round, commands);
                long leader = cluster.awaitLeader();
                long member = round % 2 == 0 ? leader : cluster.otherThan(leader);
                cluster.replica(member).stop();
                cluster.awaitLeader();
                cluster.renew(member).start();
            }
            fill(cluster, "last", commands);
        }
    }
}
