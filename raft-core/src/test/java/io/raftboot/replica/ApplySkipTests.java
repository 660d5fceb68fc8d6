package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.raftboot.api.CommandContext;
import io.raftboot.api.DurableStateMachine;
import io.raftboot.api.EntryName;
import io.raftboot.api.Outcome;
import io.raftboot.api.SnapshotOutcome;
import io.raftboot.api.SnapshotWriter;
import io.raftboot.api.StateMachine;
import io.raftboot.api.StateMachineFailureException;
import io.raftboot.api.UnappliedEntryException;
import io.raftboot.replica.config.StorageKind;
import io.raftboot.storage.MemberStorage;
import io.raftboot.storage.OfflineDirectory;
import io.raftboot.storage.StorageOpenException;
import io.raftboot.storage.disk.RealDisk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An entry that stops all members, and the way out that an operator has to spell. */
class ApplySkipTests {
    private static final String KEY = "the-poison";

    private final Map<Long, Brittle> brittle = new HashMap<>();
    private final Map<Long, DurableMachine.Database> databases = new HashMap<>();
    private final Map<Long, List<EntryName>> skips = new HashMap<>();

    @TempDir
    private Path dir;

    /** Fails with an Error at a command, on every member and at every start. */
    static final class Brittle implements StateMachine {
        static final String NAME = "brittle";
        private final List<String> words = new CopyOnWriteArrayList<>();

        @Override
        public byte[] apply(CommandContext context, byte[] command) {
            String word = new String(command, UTF_8);
            if (word.equals("poison")) {
                throw new StackOverflowError("in " + word);
            }
            words.add(word);
            return new byte[0];
        }

        @Override
        public byte[] query(byte[] query) {
            return String.join(",", words).getBytes(UTF_8);
        }

        @Override
        public SnapshotWriter snapshot() {
            var captured = String.join(",", words);
            return out -> out.write(captured.getBytes(UTF_8));
        }

        @Override
        public void restore(InputStream snapshot) throws IOException {
            words.clear();
            var text = new String(snapshot.readAllBytes(), UTF_8);
            if (!text.isEmpty()) {
                words.addAll(List.of(text.split(",")));
            }
        }
    }

    /** Likewise, in a database. */
    private static final class BrittleDurable implements DurableStateMachine {
        private final DurableMachine inner;

        private BrittleDurable(DurableMachine inner) {
            this.inner = inner;
        }

        @Override
        public byte[] apply(CommandContext context, byte[] command) {
            if (new String(command, UTF_8).equals("poison")) {
                throw new StateMachineFailureException("the database failed", new IllegalStateException());
            }
            return inner.apply(context, command);
        }

        @Override
        public Position position() {
            return inner.position();
        }

        @Override
        public void readRows(BiConsumer<String, byte[]> reader) {
            inner.readRows(reader);
        }

        @Override
        public <T> T transact(Callable<T> work) throws Exception {
            return inner.transact(work);
        }

        @Override
        public void record(long index, Map<String, byte @Nullable []> changes) {
            inner.record(index, changes);
        }

        @Override
        public long durableIndex() {
            return inner.durableIndex();
        }

        @Override
        public byte[] query(byte[] query) {
            return inner.query(query);
        }

        @Override
        public SnapshotWriter snapshot() {
            return inner.snapshot();
        }

        @Override
        public void restore(InputStream snapshot, long index) throws IOException {
            inner.restore(snapshot, index);
        }
    }

    private TestCluster cluster() {
        var ids = new long[] {0};
        return new TestCluster(
                3, StorageKind.WAL, dir, config -> config.applySkip(skips.getOrDefault(ids[0], List.of())), id -> {
                    ids[0] = id;
                    var machine = new Brittle();
                    brittle.put(id, machine);
                    var database = databases.computeIfAbsent(id, any -> new DurableMachine.Database());
                    return Map.of(
                            Brittle.NAME,
                            machine,
                            DurableMachine.NAME,
                            new BrittleDurable(new DurableMachine(database)));
                });
    }

    private static Outcome submit(TestCluster cluster, long id, String machine, String word) {
        return TestCluster.get(cluster.replica(id).submit(machine, word.getBytes(UTF_8), null));
    }

    private static void awaitState(TestCluster cluster, long id, ReplicaState state) {
        await().atMost(TestCluster.PATIENCE).until(() -> cluster.replica(id).state() == state);
    }

    /** Commands through all, then one that stops all; returns its name as the members say it. */
    private EntryName poison(TestCluster cluster, String machine) {
        cluster.start();
        long leader = cluster.awaitLeader();
        assertThat(submit(cluster, leader, machine, "a")).isInstanceOf(Outcome.Applied.class);
        assertThat(TestCluster.get(cluster.replica(leader).submitOnce(machine, "poison".getBytes(UTF_8), KEY, null)))
                .isInstanceOf(Outcome.Unknown.class);
        var names = new ArrayList<EntryName>();
        for (long id = 1; id <= 3; id++) {
            // One that hears of the commit no more, because the others have stopped, is told by the next leader.
            if (cluster.replica(id).state() != ReplicaState.FAILED) {
                continue;
            }
            names.add(nameSaidBy(cluster, id));
        }
        assertThat(names).isNotEmpty();
        assertThat(names).containsOnly(names.get(0));
        stopAll(cluster);
        return names.get(0);
    }

    private static EntryName nameSaidBy(TestCluster cluster, long id) {
        var failure = Objects.requireNonNull(cluster.replica(id).failure());
        assertThat(failure).isInstanceOf(UnappliedEntryException.class);
        var name = ((UnappliedEntryException) failure).entry();
        assertThat(failure).hasMessageContaining("raft.apply.skip=" + name);
        return name;
    }

    private static void stopAll(TestCluster cluster) {
        for (long id = 1; id <= 3; id++) {
            cluster.replica(id).stop();
        }
    }

    private void restartAll(TestCluster cluster, List<EntryName> names) {
        for (long id = 1; id <= 3; id++) {
            skips.put(id, names);
            restart(cluster, id);
        }
    }

    /** As a new process; the failed one before may take a moment to close its directory. */
    private void restart(TestCluster cluster, long id) {
        await().atMost(TestCluster.PATIENCE)
                .ignoreException(StorageOpenException.class)
                .until(() -> {
                    MemberStorage.checkUnlocked(new RealDisk(), cluster.directory(id));
                    return true;
                });
        cluster.renew(id).start();
    }

    private static EntryName withAnotherChecksum(EntryName name) {
        return new EntryName(name.index(), name.term(), name.checksum() ^ 1);
    }

    private void assertGoesOn(TestCluster cluster) {
        long leader = cluster.awaitLeader();
        assertThat(submit(cluster, leader, Brittle.NAME, "b")).isInstanceOf(Outcome.Applied.class);
        for (long id = 1; id <= 3; id++) {
            var machine = Objects.requireNonNull(brittle.get(id));
            await().atMost(TestCluster.PATIENCE).until(() -> machine.words.contains("b"));
            assertThat(machine.words).doesNotContain("poison");
        }
    }

    @Test
    void allMembersStopAtEachStartAndGoOnAlikeWhenAllPassTheEntryOver() {
        try (var cluster = cluster()) {
            var name = poison(cluster, Brittle.NAME);
            restartAll(cluster, List.of());
            await().atMost(TestCluster.PATIENCE).until(() -> countFailed(cluster) >= 2);
            stopAll(cluster);

            restartAll(cluster, List.of(name));

            assertGoesOn(cluster);
            long leader = cluster.awaitLeader();
            var status = TestCluster.get(cluster.replica(leader).status());
            assertThat(status.skippedEntries()).containsExactly(name.toString());
            // Who sends it again is told that it was passed over, and it stops nobody.
            assertThat(TestCluster.get(
                            cluster.replica(leader).submitOnce(Brittle.NAME, "poison".getBytes(UTF_8), KEY, null)))
                    .isInstanceOfSatisfying(Outcome.Failed.class, failed -> assertThat(failed.message())
                            .contains("passed over"));
            assertThat(cluster.replica(leader).state()).isEqualTo(ReplicaState.RUNNING);
        }
    }

    private static long countFailed(TestCluster cluster) {
        long failed = 0;
        for (long id = 1; id <= 3; id++) {
            failed += cluster.replica(id).state() == ReplicaState.FAILED ? 1 : 0;
        }
        return failed;
    }

    @Test
    void snapshotRemembersWhatWasPassedOverSoThatThePropertyCanGo() {
        try (var cluster = cluster()) {
            var name = poison(cluster, Brittle.NAME);
            restartAll(cluster, List.of(name));
            assertGoesOn(cluster);
            for (long id = 1; id <= 3; id++) {
                assertThat(TestCluster.get(cluster.replica(id).takeSnapshot()))
                        .isInstanceOf(SnapshotOutcome.Taken.class);
            }
            long leader = cluster.awaitLeader();
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> TestCluster.get(cluster.replica(leader).status())
                            .skippedEntries()
                            .isEmpty());
            // One after the other, without it: those with and those without agree.
            for (long id = 1; id <= 3; id++) {
                cluster.replica(id).stop();
                skips.remove(id);
                restart(cluster, id);
                var replica = cluster.replica(id);
                await().atMost(TestCluster.PATIENCE).until(() -> replica.leaderId() != null);
            }
            assertGoesOn(cluster);
        }
    }

    @Test
    void wrongChecksumChangesNothing() {
        try (var cluster = cluster()) {
            var name = poison(cluster, Brittle.NAME);
            restartAll(cluster, List.of(withAnotherChecksum(name)));
            await().atMost(TestCluster.PATIENCE).until(() -> countFailed(cluster) >= 2);
            for (long id = 1; id <= 3; id++) {
                if (cluster.replica(id).state() == ReplicaState.FAILED) {
                    assertThat(nameSaidBy(cluster, id)).isEqualTo(name);
                }
            }
        }
    }

    @Test
    void memberThatPassesOverAnotherEntryThanTheOthersStopsByName() {
        try (var cluster = cluster()) {
            var name = poison(cluster, Brittle.NAME);
            for (long id = 1; id <= 2; id++) {
                skips.put(id, List.of(name));
                restart(cluster, id);
            }
            long leader = cluster.awaitLeader();
            skips.put(3L, List.of(withAnotherChecksum(name)));
            restart(cluster, 3);
            awaitState(cluster, 3, ReplicaState.FAILED);

            assertThat(submit(cluster, leader, Brittle.NAME, "b")).isInstanceOf(Outcome.Applied.class);
            assertThat(cluster.replica(1).state()).isEqualTo(ReplicaState.RUNNING);
            assertThat(cluster.replica(2).state()).isEqualTo(ReplicaState.RUNNING);

            // As the others do, it is one of them.
            cluster.replica(3).stop();
            skips.put(3L, List.of(name));
            restart(cluster, 3);
            assertGoesOn(cluster);
        }
    }

    @Test
    void memberThatHasAppliedTheEntryDoesNotStart() {
        try (var cluster = cluster()) {
            cluster.start();
            long leader = cluster.awaitLeader();
            var durable = (Outcome.Applied) submit(cluster, leader, DurableMachine.NAME, "a");
            submit(cluster, leader, Brittle.NAME, "a");
            assertThat(TestCluster.get(cluster.replica(leader).takeSnapshot()))
                    .isInstanceOf(SnapshotOutcome.Taken.class);
            // Behind the snapshot in the log, which names it then.
            submit(cluster, leader, Brittle.NAME, "b");
            cluster.replica(leader).stop();

            // A snapshot has it.
            skips.put(leader, List.of(new EntryName(durable.index(), 1, 1)));
            assertThatExceptionOfType(ReplicaStartException.class)
                    .isThrownBy(() -> cluster.renew(leader).start())
                    .withMessageContaining("this member has applied it: it is in the snapshot")
                    .satisfies(e -> assertThat(e.problem()).isEqualTo(ReplicaStartException.Problem.ENTRY_SKIP));
        }
    }

    @Test
    void databaseThatHasTheEntryDoesNotStart() {
        try (var cluster = cluster()) {
            var name = poison(cluster, Brittle.NAME);
            restartAll(cluster, List.of(name));
            assertGoesOn(cluster);
            long leader = cluster.awaitLeader();
            submit(cluster, leader, DurableMachine.NAME, "a");
            var replica = cluster.replica(leader);
            var applied = (Outcome.Applied) submit(cluster, leader, DurableMachine.NAME, "b");
            replica.stop();
            var entry = nameOf(leader, applied.index());
            skips.put(leader, List.of(name, entry));
            assertThatExceptionOfType(ReplicaStartException.class)
                    .isThrownBy(() -> cluster.renew(leader).start())
                    .withMessageContaining("raft.apply.skip names entry " + entry)
                    .withMessageContaining("the state of 'durable'");
        }
    }

    private EntryName nameOf(long id, long index) {
        var names = new ArrayList<EntryName>();
        try {
            OfflineDirectory.open(new RealDisk(), dir.resolve("node" + id))
                    .entries(index, index, entry -> names.add(EntryName.of(entry)));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        return names.get(0);
    }

    @Test
    void databaseRemembersWhatItPassedOverWithoutASnapshot() {
        try (var cluster = cluster()) {
            var name = poison(cluster, DurableMachine.NAME);
            restartAll(cluster, List.of(name));
            assertGoesOn(cluster);
            stopAll(cluster);
            // With the property it is not taken for one that has applied the entry; without it, it says the same to the
            // others.
            restartAll(cluster, List.of(name));
            assertGoesOn(cluster);
            cluster.replica(1).stop();
            skips.remove(1L);
            restart(cluster, 1);
            assertGoesOn(cluster);
            assertThat(Objects.requireNonNull(databases.get(1L)).rows()).containsExactly("a");
        }
    }
}
