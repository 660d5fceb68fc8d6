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
import java.util.SplittableRandom;
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
    void nothingIsLostOrDoneTwiceWhileLeadersAreKilled() throws Exception {
        long seed = new SplittableRandom().nextLong();
        int expected = Incrementers.CALLERS * Incrementers.INCREMENTS_BY_CALLER;
        cluster.awaitLeader();
        open(Incrementers.PAYER, expected);
        open(Incrementers.PAYEE, 0);
        Map<String, String> acknowledged = new ConcurrentHashMap<>();
        try (var incrementers = new Incrementers(cluster.members(), seed)) {
            killLeaders(acknowledged);
            incrementers.awaitDone();
            assertThat(incrementers.sentAgain()).as("seed %s", seed).isPositive();
        }
        assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(2 * KILLS * WRITES_AROUND_A_KILL);
        for (int caller = 0; caller < Incrementers.CALLERS; caller++) {
            acknowledged.put(Incrementers.key(caller), String.valueOf(Incrementers.INCREMENTS_BY_CALLER));
        }
        assertFoundOnAll(acknowledged);
        for (MemberProcess member : cluster.members()) {
            assertThat(member.get("/accounts?consistency=local").body())
                    .as("seed %s", seed)
                    .contains("{\"id\":\"" + Incrementers.PAYEE + "\",\"balance\":" + expected + "}")
                    .contains("{\"id\":\"" + Incrementers.PAYER + "\",\"balance\":0}");
        }
    }

    private void killLeaders(Map<String, String> acknowledged) {
        try (var writers = new Writers(cluster.members(), acknowledged)) {
            for (int kill = 0; kill < KILLS; kill++) {
                writers.awaitMore(WRITES_AROUND_A_KILL);
                MemberProcess leader = cluster.awaitLeader();
                leader.kill();
                writers.awaitMore(WRITES_AROUND_A_KILL);
                leader.start();
                ClusterOfProcesses.awaitReady(leader);
            }
        }
    }

    private void open(String account, long balance) throws IOException {
        assertThat(cluster.members()
                        .get(1)
                        .post("/accounts", "{\"id\":\"" + account + "\",\"balance\":" + balance + "}")
                        .statusCode())
                .isEqualTo(HTTP_OK);
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
        open(account, 70);
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
        // It opens the session: without one the command would wait at the leader, and certainly not be appended.
        assertThat(leader.put("known", "1").statusCode()).isEqualTo(200);
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
