package io.raftboot.test.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.spring.RaftCallOptions;
import io.raftboot.spring.RaftResult;
import io.raftboot.spring.RaftTemplate;
import io.raftboot.test.RaftCluster;
import io.raftboot.test.RaftMember;
import io.raftboot.test.RaftTest;
import io.raftboot.test.jdbc.Tally.Count;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The process dies between every two steps of a command's life with the database. */
@RaftTest(
        nodes = 1,
        properties = {"raft.command-timeout=3s", "raft.snapshot.interval-entries=7"})
class TallyCrashTests {
    private static final String NAME = "apple";
    private static final int UNREACHED = 1_000;

    /** A failure differs from a result by one step, the return to the savepoint. */
    private static final int SOME_STEPS = 4;

    @Test
    void commandIsAppliedOnceWhereverTheProcessDies(RaftCluster cluster) throws Exception {
        int steps = stepsOfACommand(cluster, "warm-up");
        assertThat(steps).isGreaterThan(8);
        long expected = 1;
        // One more than there are: the command is through then, and what is lost is only what was not written yet.
        for (int step = 0; step <= steps; step++) {
            RaftMember member = cluster.member(1);
            String key = "key-" + step;
            member.bean(TallyDatabase.class).killBefore(step);
            add(member, key);
            if (!member.bean(TallyDatabase.class).isKilled()) {
                member.bean(TallyDatabase.class).kill();
            }
            expected++;
            cluster.crash(member);
            cluster.restart(member);
            cluster.leader();
            RaftResult<Long> again = add(member, key);
            assertThat(again)
                    .as("the command that was cut before step %s, asked again", step)
                    .isInstanceOfSatisfying(RaftResult.Applied.class, applied -> {});
            assertThat(((RaftResult.Applied<Long>) again).value()).isEqualTo(expected);
            assertThat(count(member)).as("step %s", step).isEqualTo(new Count(expected, expected));
        }
    }

    @Test
    void failureIsTheResultWhereverTheProcessDies(RaftCluster cluster) throws Exception {
        RaftMember member = cluster.member(1);
        int steps = stepsOf(member, () -> fail(member, "warm-up"));
        for (int step = 0; step <= steps; step += SOME_STEPS) {
            RaftMember dying = cluster.member(1);
            String key = "key-" + step;
            dying.bean(TallyDatabase.class).killBefore(step);
            fail(dying, key);
            if (!dying.bean(TallyDatabase.class).isKilled()) {
                dying.bean(TallyDatabase.class).kill();
            }
            cluster.crash(dying);
            cluster.restart(dying);
            cluster.leader();
            assertThat(fail(dying, key))
                    .as("the command that was cut before step %s, asked again", step)
                    .isInstanceOfSatisfying(RaftResult.Failed.class, failed -> assertThat(failed.message())
                            .isEqualTo("no more of apple"));
            assertThat(count(dying)).as("step %s", step).isEqualTo(new Count(0, 0));
        }
    }

    private static int stepsOfACommand(RaftCluster cluster, String key) throws Exception {
        RaftMember member = cluster.member(1);
        return stepsOf(member, () -> add(member, key));
    }

    private interface Action {
        Object run() throws Exception;
    }

    private static int stepsOf(RaftMember member, Action action) throws Exception {
        // The session is opened by a command of its own, and not counted.
        member.bean(Tally.class).count(NAME);
        member.bean(TallyDatabase.class).killBefore(UNREACHED);
        action.run();
        return member.bean(TallyDatabase.class).stepsSince(UNREACHED);
    }

    private static RaftResult<Long> add(RaftMember member, String key) throws Exception {
        return member.bean(RaftTemplate.class)
                .submit("tally", "add", Map.of("name", NAME), Long.class, options(key))
                .get(30, TimeUnit.SECONDS);
    }

    private static RaftResult<Object> fail(RaftMember member, String key) throws Exception {
        return member.bean(RaftTemplate.class)
                .submit("tally", "addAndFail", Map.of("name", NAME), Object.class, options(key))
                .get(30, TimeUnit.SECONDS);
    }

    private static RaftCallOptions options(String key) {
        return RaftCallOptions.defaults().withIdempotencyKey(key);
    }

    private static Count count(RaftMember member) {
        return member.bean(Tally.class).count(NAME);
    }
}
