package io.raftboot.replica;

import static io.raftboot.replica.TestCluster.PATIENCE;
import static io.raftboot.replica.TestCluster.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.api.Consistency;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOptions;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.meter.MemberMeter;
import io.raftboot.replica.config.StorageKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is told of the work of a member, and that it is that of this member. */
class MeterTests {
    private final TestCluster cluster = new TestCluster(3, StorageKind.MEMORY, Path.of("unused"), config -> config);
    private final List<Counts> counts = new ArrayList<>();

    @AfterEach
    void close() {
        cluster.close();
    }

    private static final class Counts implements MemberMeter {
        private final Map<String, AtomicLong> all = new ConcurrentHashMap<>();

        private void count(String what, long many, long nanos) {
            assertThat(nanos).isNotNegative();
            all.computeIfAbsent(what, name -> new AtomicLong()).addAndGet(many);
        }

        long of(String what) {
            return all.getOrDefault(what, new AtomicLong()).get();
        }

        @Override
        public void command(String machine, @Nullable Outcome outcome, long nanos) {
            count(
                    "command " + machine + " "
                            + (outcome == null ? "failed" : outcome.getClass().getSimpleName()),
                    1,
                    nanos);
        }

        @Override
        public void query(String machine, Consistency consistency, @Nullable ReadOutcome outcome, long nanos) {
            count("query " + machine + " " + consistency, 1, nanos);
        }

        @Override
        public void forced(int entries, long nanos) {
            count("force", 1, nanos);
            count("forced entries", entries, 0);
        }

        @Override
        public void applied(int entries, long nanos) {
            count("applied entries", entries, nanos);
        }

        @Override
        public void snapshotTaken(long sizeBytes, long nanos) {
            count("snapshot", 1, nanos);
            count("snapshot bytes", sizeBytes, 0);
        }

        @Override
        public void snapshotInstalled(long nanos) {
            count("installed", 1, nanos);
        }

        @Override
        public void electionBegun() {
            count("election", 1, 0);
        }
    }

    private void measure() {
        for (long id = 1; id <= 3; id++) {
            var of = new Counts();
            counts.add(of);
            cluster.replica(id).addMeter(of);
        }
    }

    private Counts of(long id) {
        return counts.get((int) id - 1);
    }

    @Test
    void eachMemberTellsOfItsOwnWork() {
        measure();
        cluster.start();
        long leader = cluster.awaitLeader();
        long follower = cluster.otherThan(leader);
        for (int i = 0; i < 20; i++) {
            cluster.applied(follower, "c" + i);
        }
        assertThat(get(cluster.replica(leader).read(LedgerMachine.NAME, "".getBytes(UTF_8), ReadOptions.LINEARIZABLE)))
                .isInstanceOf(ReadOutcome.Answered.class);

        assertThat(of(follower).of("command " + LedgerMachine.NAME + " Applied"))
                .isEqualTo(20);
        assertThat(of(leader).of("command " + LedgerMachine.NAME + " Applied")).isZero();
        assertThat(of(leader).of("query " + LedgerMachine.NAME + " LINEARIZABLE"))
                .isEqualTo(1);
        assertThat(of(leader).of("election")).isPositive();
        counts.forEach(of -> await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(of.of("applied entries")).isGreaterThanOrEqualTo(20);
            assertThat(of.of("forced entries")).isGreaterThanOrEqualTo(20);
            assertThat(of.of("force")).isPositive();
        }));
    }

    @Test
    void snapshotIsToldByWhoTookIt() {
        measure();
        cluster.start();
        long leader = cluster.awaitLeader();
        cluster.applied(leader, "a");
        assertThat(get(cluster.replica(leader).takeSnapshot())).isNotNull();
        assertThat(of(leader).of("snapshot")).isEqualTo(1);
        assertThat(of(leader).of("snapshot bytes")).isPositive();
        assertThat(of(cluster.otherThan(leader)).of("snapshot")).isZero();
    }

    @Test
    void callOfAMemberThatDoesNotRunIsTold() {
        measure();
        assertThat(get(cluster.replica(1).submit(LedgerMachine.NAME, "a".getBytes(UTF_8), null)))
                .isInstanceOf(Outcome.Refused.class);
        assertThat(of(1).of("command " + LedgerMachine.NAME + " Refused")).isEqualTo(1);
    }
}
