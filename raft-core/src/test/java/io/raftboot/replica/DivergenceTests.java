package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.api.Divergence;
import io.raftboot.api.Divergence.What;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReplicaListener;
import io.raftboot.api.StateMachine;
import io.raftboot.replica.config.DivergencePolicy;
import io.raftboot.replica.config.SnapshotPolicy;
import io.raftboot.replica.config.StorageKind;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a group of members finds that compare their states. */
class DivergenceTests {
    private final List<Divergence> told = new CopyOnWriteArrayList<>();
    private TestCluster cluster = TestCluster.inMemory(0);

    @AfterEach
    void close() {
        cluster.close();
    }

    private void start(LongFunction<String> ownWord, LongFunction<DivergencePolicy> policy) {
        cluster = new TestCluster(
                3,
                StorageKind.MEMORY,
                Path.of("unused"),
                config -> config.divergenceCheck(policy.apply(config.build().nodeId()))
                        .snapshots(SnapshotPolicy.defaults()
                                .withIntervalEntries(20)
                                .withKeepEntries(0)),
                id -> Map.<String, StateMachine>of(WordsMachine.NAME, new WordsMachine(ownWord.apply(id))));
        for (long id = 1; id <= 3; id++) {
            cluster.replica(id).addListener(new ReplicaListener() {
                @Override
                public void diverged(Divergence divergence) {
                    told.add(divergence);
                }
            });
        }
        cluster.start();
    }

    private long apply(String command) {
        var outcome = TestCluster.get(
                cluster.replica(cluster.awaitLeader()).submit(WordsMachine.NAME, command.getBytes(UTF_8), null));
        assertThat(outcome).isInstanceOf(Outcome.Applied.class);
        return ((Outcome.Applied) outcome).index();
    }

    /** Waits until each member has told all it has to the others, up to this index. */
    private void awaitCompared(long index) {
        await().atMost(TestCluster.PATIENCE).untilAsserted(() -> {
            for (long id = 1; id <= 3; id++) {
                var state = TestCluster.get(cluster.replica(id).status()).divergence();
                assertThat(state.hashedIndex()).isGreaterThanOrEqualTo(index);
                assertThat(state.settled()).isTrue();
            }
        });
    }

    private List<Divergence> found(long id) {
        return TestCluster.get(cluster.replica(id).status()).divergence().found();
    }

    private Divergence awaitTold() {
        await().atMost(TestCluster.PATIENCE).until(() -> told.size() == 3);
        assertThat(told)
                .allMatch(divergence -> divergence.index() == told.get(0).index());
        return told.get(0);
    }

    @Test
    void membersThatApplyAlikeAreFoundToBeAlike() {
        start(id -> "alike", id -> DivergencePolicy.every(1));
        long last = 0;
        for (int i = 0; i < 30; i++) {
            last = apply(i % 7 == 0 ? "tell" : "put:" + i);
        }
        apply("own");
        awaitCompared(last);
        assertThat(told).isEmpty();
    }

    @Test
    void stateThatIsAMembersOwnIsFoundWithTheCommandThatMadeIt() {
        start(id -> id == 3 ? "odd" : "even", id -> DivergencePolicy.every(1));
        apply("put:x");
        long index = apply("own");
        awaitCompared(apply("put:y"));
        var divergence = awaitTold();
        assertThat(divergence.machine()).isEqualTo(WordsMachine.NAME);
        assertThat(divergence.what()).isEqualTo(What.STATE);
        assertThat(divergence.index()).isEqualTo(index);
        assertThat(divergence.isExact()).isTrue();
        assertThat(divergence.command()).isEqualTo("own");
        assertThat(divergence.outliers()).containsExactly(3L);
        assertThat(divergence.hashes()).containsOnlyKeys(1L, 2L, 3L);
        for (long id = 1; id <= 3; id++) {
            assertThat(found(id)).hasSize(1);
            assertThat(cluster.replica(id).state()).isEqualTo(ReplicaState.RUNNING);
        }
    }

    @Test
    void resultThatIsAMembersOwnNamesItsCommandWhereverItStandsBetweenTwoComparisons() {
        start(id -> "member " + id / 2, id -> DivergencePolicy.every(64));
        apply("put:x");
        long index = apply("tell");
        apply("tell");
        long last = index;
        while (last % 64 != 0) {
            last = apply("put:y");
        }
        awaitCompared(last);
        var divergence = awaitTold();
        assertThat(divergence.what()).isEqualTo(What.RESULT);
        assertThat(divergence.index()).isEqualTo(index);
        assertThat(divergence.command()).isEqualTo("tell");
        assertThat(divergence.outliers()).containsExactly(1L);
    }

    @Test
    void stateThatDiffersWithoutAResultNamesWhereItWasTheSame() {
        start(id -> id == 2 ? "odd" : "even", id -> DivergencePolicy.every(8));
        long agreed = apply("put:x");
        while (agreed % 8 != 0) {
            agreed = apply("put:x");
        }
        awaitCompared(agreed);
        apply("own");
        long last = agreed;
        while (last % 8 != 0 || last == agreed) {
            last = apply("put:y");
        }
        awaitCompared(last);
        var divergence = awaitTold();
        assertThat(divergence.what()).isEqualTo(What.STATE);
        assertThat(divergence.agreedIndex()).isEqualTo(agreed);
        assertThat(divergence.index()).isEqualTo(last);
        assertThat(divergence.command()).isNull();
        assertThat(divergence.isExact()).isFalse();
    }

    /** "BB" and "Aa" have the same hash: which comes first says in which order they came into the map. */
    @Test
    void orderInWhichAMapIteratesIsFoundByRestoringOneMember() {
        start(id -> "alike", id -> id == 2 ? DivergencePolicy.every(1).restoringBy(5) : DivergencePolicy.every(1));
        apply("put:BB");
        apply("put:Aa");
        for (int i = 0; i < 20; i++) {
            apply("put:BB");
        }
        apply("first");
        var divergence = awaitTold();
        assertThat(divergence.what()).isEqualTo(What.RESULT);
        assertThat(divergence.command()).isEqualTo("first");
        assertThat(divergence.outliers()).containsExactly(2L);
    }

    @Test
    void memberThatIsRestoredFromAnothersSnapshotIsAlikeAgain() {
        start(id -> id == 3 ? "odd" : "even", id -> DivergencePolicy.every(1));
        apply("own");
        awaitTold();
        cluster.network().isolate(3);
        await().atMost(TestCluster.PATIENCE)
                .until(() -> cluster.replica(1).isLeader() || cluster.replica(2).isLeader());
        long other = cluster.replica(1).isLeader() ? 1 : 2;
        for (int i = 0; i < 60; i++) {
            assertThat(TestCluster.get(
                            cluster.replica(other).submit(WordsMachine.NAME, ("put:" + i).getBytes(UTF_8), null)))
                    .isInstanceOf(Outcome.Applied.class);
        }
        await().atMost(TestCluster.PATIENCE)
                .until(() -> TestCluster.get(cluster.replica(other).status()).firstIndex() > 30);
        cluster.network().heal();
        await().atMost(TestCluster.PATIENCE).untilAsserted(() -> {
            apply("put:more");
            for (long id = 1; id <= 3; id++) {
                assertThat(found(id)).isEmpty();
            }
        });
        assertThat(told).hasSize(3);
    }

    @Test
    void memberThatDoesNotCompareIsLeftAlone() {
        start(id -> id == 3 ? "odd" : "even", id -> id == 3 ? DivergencePolicy.off() : DivergencePolicy.every(1));
        long last = apply("own");
        await().atMost(TestCluster.PATIENCE).untilAsserted(() -> {
            for (long id = 1; id <= 2; id++) {
                var state = TestCluster.get(cluster.replica(id).status()).divergence();
                assertThat(state.hashedIndex()).isGreaterThanOrEqualTo(last);
                assertThat(state.settled()).isTrue();
            }
        });
        assertThat(told).isEmpty();
        assertThat(TestCluster.get(cluster.replica(3).status()).divergence().everyEntries())
                .isZero();
    }

    @Test
    void machineThatGivesNoStateIsComparedByItsResults() {
        // The word is empty, at which this machine gives none, and kept all the same.
        start(id -> id == 3 ? "" : "even", id -> DivergencePolicy.every(1));
        awaitCompared(apply("own"));
        assertThat(told).isEmpty();
        long index = apply("tell");
        assertThat(awaitTold().index()).isEqualTo(index);
    }
}
