package io.raftboot.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.api.Consistency;
import io.raftboot.api.RefusalReason;
import io.raftboot.spring.RaftCallOptions;
import io.raftboot.spring.RaftCallScope;
import io.raftboot.spring.RaftCommand;
import io.raftboot.spring.RaftQuery;
import io.raftboot.spring.RaftRefusedException;
import io.raftboot.spring.RaftResult;
import io.raftboot.spring.RaftStateMachine;
import io.raftboot.spring.RaftTemplate;
import java.time.Duration;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

@RaftTest(nodes = 3, properties = "raft.read.lease=true")
class ReadsTests {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Test
    void queriesOfAllConsistenciesAreAnsweredByAllMembers(RaftCluster cluster) {
        for (int i = 1; i <= 5; i++) {
            cluster.follower().bean(Counter.class).increment();
            cluster.awaitApplied();
            for (RaftMember member : cluster.members()) {
                assertThat(member.bean(Counter.class).exact()).isEqualTo(i);
                assertThat(member.bean(Counter.class).leased()).isEqualTo(i);
                assertThat(member.bean(Counter.class).recent()).isEqualTo(i);
            }
        }
    }

    @Test
    void memberThatIsCutOffRefusesOnceItsStateMayBeTooOld(RaftCluster cluster) {
        RaftMember follower = cluster.follower();
        assertThat(follower.bean(Counter.class).recent()).isZero();
        cluster.partition(follower);
        await().atMost(PATIENCE).until(() -> refusalOf(follower) == RefusalReason.TOO_STALE);
        cluster.heal();
        await().atMost(PATIENCE).until(() -> refusalOf(follower) == null);
    }

    @Test
    void localQueryWithAnIndexSeesTheCommandThatWasAppliedThere(RaftCluster cluster) {
        RaftMember leader = cluster.leader();
        RaftMember follower = cluster.follower();
        for (int i = 1; i <= 20; i++) {
            var result = leader.bean(RaftTemplate.class)
                    .submit("counter", "increment", Map.of(), Integer.class, RaftCallOptions.defaults())
                    .join();
            long index = ((RaftResult.Applied<Integer>) result).index();
            var options = RaftCallOptions.defaults()
                    .withConsistency(Consistency.LOCAL)
                    .withMinIndex(index);
            try (var scope = RaftCallScope.open(options)) {
                assertThat(scope).isNotNull();
                assertThat(follower.bean(Counter.class).exact()).isEqualTo(i);
            }
        }
    }

    @Test
    void queryWithAnIndexThatIsNotReachedInTimeIsRefused(RaftCluster cluster) {
        var options = RaftCallOptions.defaults()
                .withConsistency(Consistency.LOCAL)
                .withMinIndex(1_000_000)
                .withTimeout(Duration.ofMillis(200));
        RaftTemplate template = cluster.leader().bean(RaftTemplate.class);
        Assertions.assertThatExceptionOfType(RaftRefusedException.class)
                .isThrownBy(() -> template.queryAndWait("counter", "exact", Map.of(), int.class, options))
                .withMessageContaining("1000000 is needed")
                .extracting(RaftRefusedException::reason)
                .isEqualTo(RefusalReason.TIMED_OUT);
    }

    private static @Nullable RefusalReason refusalOf(RaftMember member) {
        try {
            member.bean(Counter.class).recent();
            return null;
        } catch (RaftRefusedException e) {
            return e.reason();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Counter.class)
    static class Application {}

    @RaftStateMachine("counter")
    static class Counter {
        private int value;

        @RaftCommand
        int increment() {
            return ++value;
        }

        @RaftQuery
        int exact() {
            return value;
        }

        @RaftQuery(consistency = Consistency.LEASE)
        int leased() {
            return value;
        }

        @RaftQuery(consistency = Consistency.LOCAL, maxStaleness = "300ms")
        int recent() {
            return value;
        }
    }
}
