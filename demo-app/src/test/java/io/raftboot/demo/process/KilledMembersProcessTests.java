package io.raftboot.demo.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What was acknowledged is there after members were killed at any moment. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KilledMembersProcessTests {
    private static final int KILLS = 3;
    private static final int WRITES_AROUND_A_KILL = 60;
    private static final int HTTP_OK = 200;
    private static final Duration CATCH_UP_LIMIT = Duration.ofSeconds(30);

    private final ClusterOfProcesses cluster = new ClusterOfProcesses("killed-members");

    @BeforeAll
    void start() {
        cluster.startAll();
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    @Test
    void acknowledgedWritesSurviveLeadersThatAreKilledAndNothingIsDoneTwice() throws IOException {
        Map<String, String> acknowledged = new ConcurrentHashMap<>();
        var incrementers = new Incrementers(cluster.members());
        try (incrementers;
                var writers = new Writers(cluster.members(), acknowledged)) {
            for (int kill = 0; kill < KILLS; kill++) {
                writers.awaitMore(WRITES_AROUND_A_KILL);
                MemberProcess leader = cluster.awaitLeader();
                leader.kill();
                writers.awaitMore(WRITES_AROUND_A_KILL);
                leader.start();
                ClusterOfProcesses.awaitReady(leader);
            }
        }
        assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(2 * KILLS * WRITES_AROUND_A_KILL);
        assertFoundOnAll(acknowledged);
        assertThat(incrementers.sentAgain()).isPositive();
        assertThat(incrementers.answeredOtherwise()).isZero();
        for (MemberProcess member : cluster.members()) {
            assertThat(member.get("/kv/" + Incrementers.KEY).body()).isEqualTo(String.valueOf(incrementers.counted()));
        }
    }

    @Test
    void acknowledgedWritesSurviveThatAllAreKilledAtOnce() throws IOException {
        cluster.awaitLeader();
        Map<String, String> acknowledged = new HashMap<>();
        for (int i = 0; i < WRITES_AROUND_A_KILL; i++) {
            MemberProcess member = cluster.members().get(i % cluster.members().size());
            String key = "before-" + i;
            assertThat(member.put(key, "value " + i).statusCode()).isEqualTo(HTTP_OK);
            acknowledged.put(key, "value " + i);
        }
        String account = "account-" + System.nanoTime();
        assertThat(cluster.members()
                        .get(1)
                        .post("/accounts", "{\"id\":\"" + account + "\",\"balance\":70}")
                        .statusCode())
                .isEqualTo(HTTP_OK);
        cluster.killAll();
        cluster.startAll();
        assertFoundOnAll(acknowledged);
        for (MemberProcess member : cluster.members()) {
            assertThat(member.get("/accounts/" + account).body()).contains("70");
        }
    }

    @Test
    void writeThatNoMajorityTookInTimeIsUnknown() throws IOException {
        MemberProcess leader = cluster.awaitLeader();
        List<MemberProcess> others =
                cluster.members().stream().filter(member -> member != leader).toList();
        HttpResponse<String> response;
        try {
            others.forEach(MemberProcess::pause);
            response = leader.put("unknown", "1");
        } finally {
            others.forEach(MemberProcess::resume);
        }
        assertThat(response.statusCode()).isEqualTo(504);
        assertThat(response.body()).contains("\"outcome\":\"unknown\"");
        cluster.members().forEach(ClusterOfProcesses::awaitReady);
    }

    private void assertFoundOnAll(Map<String, String> expected) throws IOException {
        MemberProcess leader = cluster.awaitLeader();
        long committed = Objects.requireNonNull(leader.raft("commitIndex"));
        for (MemberProcess member : cluster.members()) {
            await("the member has caught up")
                    .atMost(CATCH_UP_LIMIT)
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> {
                        Long applied = member.raft("appliedIndex");
                        return applied != null && applied >= committed;
                    });
        }
        for (MemberProcess member : cluster.members()) {
            Map<String, String> found = new HashMap<>();
            for (String key : expected.keySet()) {
                found.put(key, member.get("/kv/" + key + "?consistency=local").body());
            }
            assertThat(found).isEqualTo(expected);
        }
    }
}
