package io.raftboot.test.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.api.Consistency;
import io.raftboot.spring.RaftCallOptions;
import io.raftboot.spring.RaftResult;
import io.raftboot.spring.RaftTemplate;
import io.raftboot.test.RaftCluster;
import io.raftboot.test.RaftMember;
import io.raftboot.test.RaftTest;
import io.raftboot.test.jdbc.Tally.Count;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Callers that send their commands again while leaders fall and move, and databases are brought up by exports. */
@RaftTest(
        nodes = 3,
        properties = {"raft.snapshot.interval-entries=400", "raft.snapshot.keep-entries=20", "raft.command-timeout=2s"})
class TallyExactlyOnceTests {
    private static final String NAME = "apple";
    private static final int CALLERS = 16;
    private static final int INCREMENTS_BY_CALLER = 625;

    @Test
    void incrementsAreCountedOnceOnAllMembers(RaftCluster cluster) throws Exception {
        long seed = new SplittableRandom().nextLong();
        var random = new SplittableRandom(seed);
        var callers = Executors.newFixedThreadPool(CALLERS);
        List<Future<?>> done = new ArrayList<>();
        for (int caller = 0; caller < CALLERS; caller++) {
            int number = caller;
            done.add(callers.submit(() -> incrementAll(cluster, new SplittableRandom(seed + number), number)));
        }
        callers.shutdown();
        int faults = 0;
        while (done.stream().anyMatch(future -> !future.isDone())) {
            RaftMember leader = cluster.leader();
            if (random.nextBoolean()) {
                // Back when the others have gone on without it, so that now and then it needs a snapshot of theirs.
                cluster.crash(leader);
                cluster.leader();
                cluster.restart(leader);
            } else {
                cluster.moveLeadership(cluster.follower());
            }
            faults++;
        }
        for (Future<?> caller : done) {
            caller.get();
        }
        assertThat(faults).as("seed %s", seed).isPositive();
        cluster.awaitApplied();
        long expected = CALLERS * INCREMENTS_BY_CALLER;
        for (RaftMember member : cluster.members()) {
            assertThat(local(member, "count", Count.class))
                    .as("%s, seed %s", member, seed)
                    .isEqualTo(new Count(expected, expected));
            assertThat(ids(member)).hasSize((int) expected).isEqualTo(ids(cluster.member(1)));
        }
    }

    @Test
    void memberFarBehindGetsTheDatabaseOfAnother(RaftCluster cluster) throws Exception {
        RaftMember behind = cluster.follower();
        RaftMember leader = cluster.leader();
        increment(leader, "first");
        cluster.crash(behind);
        for (int i = 0; i < 600; i++) {
            increment(leader, "key-" + i);
        }
        cluster.restart(behind);
        cluster.awaitApplied();
        assertThat(local(behind, "count", Count.class)).isEqualTo(new Count(601, 601));
        // The sessions came with it: asked again through it, the first one is not done again.
        assertThat(increment(behind, "first")).isEqualTo(1);
        increment(behind, "last");
        cluster.awaitApplied();
        assertThat(ids(behind)).hasSize(602).isEqualTo(ids(leader));
    }

    private static List<Long> ids(RaftMember member) {
        List<?> ids = local(member, "ids", List.class);
        return ids.stream().map(id -> ((Number) id).longValue()).toList();
    }

    private static <T> T local(RaftMember member, String query, Class<T> type) {
        return Objects.requireNonNull(member.bean(RaftTemplate.class)
                .queryAndWait(
                        "tally",
                        query,
                        Map.of("name", NAME),
                        type,
                        RaftCallOptions.defaults().withConsistency(Consistency.LOCAL)));
    }

    private static void incrementAll(RaftCluster cluster, SplittableRandom random, int caller) {
        for (int i = 0; i < INCREMENTS_BY_CALLER; i++) {
            String key = caller + "/" + i;
            while (increment(cluster.member(1 + random.nextInt(3)), key) < 0) {
                Thread.onSpinWait();
            }
        }
    }

    /** What the command returned; less than 0 if it is not known to be applied. */
    private static long increment(RaftMember member, String key) {
        try {
            RaftResult<Long> result = member.bean(RaftTemplate.class)
                    .submit(
                            "tally",
                            "add",
                            Map.of("name", NAME),
                            Long.class,
                            RaftCallOptions.defaults().withIdempotencyKey(key))
                    .join();
            return result instanceof RaftResult.Applied<Long> applied ? applied.value() : -1;
        } catch (RuntimeException e) {
            // Of a member that has crashed, or is about to.
            return -1;
        }
    }
}
