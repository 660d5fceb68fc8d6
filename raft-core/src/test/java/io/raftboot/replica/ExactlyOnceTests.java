package io.raftboot.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.api.CommandContext;
import io.raftboot.api.Outcome;
import io.raftboot.api.SnapshotWriter;
import io.raftboot.api.StateMachine;
import io.raftboot.replica.config.SnapshotPolicy;
import io.raftboot.replica.config.StorageKind;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Callers that send their commands again, while leaders fall and move, and members are brought up by snapshots. */
class ExactlyOnceTests {
    private static final String COUNTER = "counter";
    private static final int CALLERS = 16;
    private static final int INCREMENTS_BY_CALLER = 625;
    private static final int SNAPSHOT_INTERVAL_ENTRIES = 400;
    private static final int KEPT_ENTRIES = 20;

    private final Map<Long, Counter> counters = new TreeMap<>();

    @TempDir
    Path dir;

    @Test
    void incrementsWithKeysAreCountedOnceWhileLeadersDieAndMove() throws Exception {
        long seed = new SplittableRandom().nextLong();
        try (var cluster = cluster()) {
            cluster.start();
            var faults = new AtomicInteger();
            var done = incrementAll(cluster, seed, true);
            var random = new SplittableRandom(seed);
            while (done.stream().anyMatch(future -> !future.isDone())) {
                long leader = cluster.awaitLeader();
                if (random.nextBoolean()) {
                    kill(cluster, leader);
                } else {
                    TestCluster.get(cluster.replica(leader).transferLeadership(null));
                }
                faults.incrementAndGet();
            }
            for (Future<?> caller : done) {
                caller.get();
            }
            assertThat(faults).as("seed %s", seed).hasPositiveValue();
            awaitCount(seed);
        }
    }

    @Test
    void incrementsOfTheMembersSessionsAreCountedOnceAndNoneEndsUnknown() throws Exception {
        long seed = new SplittableRandom().nextLong();
        try (var cluster = cluster()) {
            cluster.start();
            var done = incrementAll(cluster, seed, false);
            var random = new SplittableRandom(seed);
            while (done.stream().anyMatch(future -> !future.isDone())) {
                long leader = cluster.awaitLeader();
                if (random.nextInt(3) > 0) {
                    // Long enough for another leader, and for a snapshot beyond what the old one has.
                    cluster.network().isolate(leader);
                    await().atMost(TestCluster.PATIENCE).until(() -> othersThan(leader).stream()
                            .anyMatch(id -> cluster.replica(id).isLeader()));
                    cluster.network().heal();
                } else {
                    TestCluster.get(cluster.replica(leader).transferLeadership(null));
                }
            }
            for (Future<?> caller : done) {
                caller.get();
            }
            awaitCount(seed);
        }
    }

    private TestCluster cluster() {
        return new TestCluster(
                3,
                StorageKind.WAL,
                dir,
                config -> config.snapshots(SnapshotPolicy.defaults()
                        .withIntervalEntries(SNAPSHOT_INTERVAL_ENTRIES)
                        .withKeepEntries(KEPT_ENTRIES)),
                id -> {
                    var counter = new Counter();
                    counters.put(id, counter);
                    return Map.of(COUNTER, counter);
                });
    }

    /** As far as the others can tell: all that was in its memory is gone. */
    private static void kill(TestCluster cluster, long id) {
        cluster.replica(id).stop();
        cluster.renew(id).start();
    }

    private static List<Long> othersThan(long id) {
        return List.of(1L, 2L, 3L).stream().filter(other -> other != id).toList();
    }

    private static List<Future<?>> incrementAll(TestCluster cluster, long seed, boolean withKeys) {
        var pool = Executors.newFixedThreadPool(CALLERS);
        List<Future<?>> done = new ArrayList<>();
        for (int caller = 0; caller < CALLERS; caller++) {
            int number = caller;
            done.add(pool.submit(() -> {
                var random = new SplittableRandom(seed + number);
                for (int i = 0; i < INCREMENTS_BY_CALLER; i++) {
                    if (withKeys) {
                        increment(cluster, random, number + "/" + i);
                    } else {
                        increment(cluster, random);
                    }
                }
            }));
        }
        pool.shutdown();
        return done;
    }

    /** Whatever is not known to be applied is sent again, through any member. */
    private static void increment(TestCluster cluster, SplittableRandom random, String key) {
        Outcome outcome;
        do {
            var member = cluster.replica(1 + random.nextInt(3));
            outcome = TestCluster.get(member.submitOnce(COUNTER, new byte[0], key, null));
        } while (!(outcome instanceof Outcome.Applied));
    }

    private static void increment(TestCluster cluster, SplittableRandom random) {
        Outcome outcome;
        do {
            CompletableFuture<Outcome> submitted =
                    cluster.replica(1 + random.nextInt(3)).submit(COUNTER, new byte[0], TestCluster.PATIENCE);
            outcome = TestCluster.get(submitted.orTimeout(TestCluster.PATIENCE.toSeconds() * 2, TimeUnit.SECONDS));
            assertThat(outcome).isNotInstanceOf(Outcome.Unknown.class);
        } while (!(outcome instanceof Outcome.Applied));
    }

    private void awaitCount(long seed) {
        await().atMost(TestCluster.PATIENCE).untilAsserted(() -> assertThat(counters.values())
                .as("seed %s", seed)
                .extracting(counter -> counter.value)
                .containsOnly((long) CALLERS * INCREMENTS_BY_CALLER));
    }

    /** Counts its commands. */
    private static final class Counter implements StateMachine {
        private volatile long value;

        @Override
        public byte[] apply(CommandContext context, byte[] command) {
            long next = value + 1;
            value = next;
            return ByteBuffer.allocate(Long.BYTES).putLong(next).array();
        }

        @Override
        public byte[] query(byte[] query) {
            return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
        }

        @Override
        public SnapshotWriter snapshot() {
            long captured = value;
            return out -> new DataOutputStream(out).writeLong(captured);
        }

        @Override
        public void restore(InputStream snapshot) throws IOException {
            value = new DataInputStream(snapshot).readLong();
        }
    }
}
