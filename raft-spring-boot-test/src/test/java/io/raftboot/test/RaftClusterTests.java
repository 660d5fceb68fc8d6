package io.raftboot.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.raftboot.api.Consistency;
import io.raftboot.spring.RaftCallOptions;
import io.raftboot.spring.RaftCommand;
import io.raftboot.spring.RaftQuery;
import io.raftboot.spring.RaftRefusedException;
import io.raftboot.spring.RaftStateMachine;
import io.raftboot.spring.RaftTemplate;
import java.time.Duration;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

@RaftTest(nodes = 3, properties = "test.greeting=hello")
class RaftClusterTests {
    @Test
    void membersAreApplicationsOfTheirOwnWithTheTestsProperties(RaftCluster cluster) {
        assertThat(cluster.members()).extracting(RaftMember::id).containsExactly(1L, 2L, 3L);
        assertThat(cluster.members()).allSatisfy(member -> {
            assertThat(member.context().getEnvironment().getProperty("test.greeting"))
                    .isEqualTo("hello");
            assertThat(member.context().getEnvironment().getProperty("raft.node-id"))
                    .isEqualTo(String.valueOf(member.id()));
        });
        assertThatIllegalArgumentException().isThrownBy(() -> cluster.member(4));
    }

    @Test
    void whatOneMemberWritesTheOthersHave(RaftCluster cluster) {
        counter(cluster.follower()).increment();
        cluster.awaitApplied();
        cluster.members().forEach(member -> assertThat(localValue(member)).isOne());
    }

    @Test
    void crashedMemberComesBackWithWhatItHad(RaftCluster cluster) {
        counter(cluster.leader()).increment();
        cluster.awaitApplied();
        RaftMember follower = cluster.follower();
        cluster.crash(follower);
        assertThat(follower.isRunning()).isFalse();
        assertThatIllegalStateException().isThrownBy(follower::context).withMessageContaining("crashed");
        counter(cluster.leader()).increment();
        cluster.restart(follower);
        cluster.awaitApplied();
        assertThat(localValue(follower)).isEqualTo(2);
    }

    @Test
    void wholeClusterComesBackFromItsDisks(RaftCluster cluster) {
        counter(cluster.leader()).increment();
        RaftMember[] all = cluster.members().toArray(RaftMember[]::new);
        cluster.crash(all);
        cluster.restart(all);
        assertThat(counter(cluster.leader()).value()).isOne();
    }

    @Test
    void leaderThatIsCutOffIsReplacedAndCatchesUp(RaftCluster cluster) {
        RaftMember old = cluster.leader();
        cluster.partition(old);
        RaftMember other = cluster.members().stream()
                .filter(member -> member != old)
                .findFirst()
                .orElseThrow();
        counter(other).increment();
        assertThat(cluster.leader()).isNotSameAs(old);
        Assertions.assertThatExceptionOfType(RaftRefusedException.class).isThrownBy(() -> old.bean(RaftTemplate.class)
                .queryAndWait(
                        "counter",
                        "value",
                        Map.of(),
                        int.class,
                        RaftCallOptions.defaults().withTimeout(Duration.ofMillis(200))));
        cluster.heal();
        cluster.awaitApplied();
        assertThat(localValue(old)).isOne();
    }

    @Test
    void leadershipMovesToWhomTheTestWants(RaftCluster cluster) {
        RaftMember follower = cluster.follower();
        cluster.moveLeadership(follower);
        assertThat(cluster.leader()).isSameAs(follower);
    }

    @Test
    void slowAndLossyNetworkIsNoReasonToFail(RaftCluster cluster) {
        cluster.delay(Duration.ofMillis(1), Duration.ofMillis(5));
        cluster.lose(0.02);
        for (int i = 1; i <= 5; i++) {
            assertThat(counter(cluster.follower()).increment()).isEqualTo(i);
        }
        cluster.lose(0);
        cluster.delay(Duration.ZERO, Duration.ZERO);
        cluster.awaitApplied();
    }

    private static Counter counter(RaftMember member) {
        return member.bean(Counter.class);
    }

    private static int localValue(RaftMember member) {
        Integer value = member.bean(RaftTemplate.class)
                .queryAndWait(
                        "counter",
                        "value",
                        Map.of(),
                        Integer.class,
                        RaftCallOptions.defaults().withConsistency(Consistency.LOCAL));
        return value == null ? -1 : value;
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
        int value() {
            return value;
        }
    }
}
