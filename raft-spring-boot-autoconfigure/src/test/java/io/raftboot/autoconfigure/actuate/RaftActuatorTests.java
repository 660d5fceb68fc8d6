package io.raftboot.autoconfigure.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.api.Divergence;
import io.raftboot.api.MembershipView;
import io.raftboot.api.TransferOutcome;
import io.raftboot.autoconfigure.RaftAutoConfiguration;
import io.raftboot.replica.Replica;
import io.raftboot.replica.ReplicaState;
import io.raftboot.replica.ReplicaStatus;
import io.raftboot.testing.FakeMembership;
import io.raftboot.testing.FakeReplica;
import io.raftboot.transport.Transport;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.Mockito;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Endpoint, health and readiness over HTTP, in front of a member that says what the test told it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RaftActuatorTests {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final FakeReplica fake = FakeReplica.of(Map.of());
    private final HttpClient client = HttpClient.newHttpClient();
    private ConfigurableApplicationContext application;
    private int port;

    @BeforeAll
    void start() {
        var spring = new SpringApplication(Application.class);
        spring.addInitializers(context -> {
            context.getBeanFactory().registerSingleton("fakeReplica", fake);
            context.getBeanFactory().registerSingleton("replica", fake.replica());
            context.getBeanFactory().registerSingleton("transport", Mockito.mock(Transport.class));
        });
        application = spring.run(
                "--server.port=0",
                "--management.endpoints.web.exposure.include=health,raft",
                "--management.endpoint.raft.access=unrestricted",
                "--management.endpoint.health.show-details=always",
                "--spring.main.banner-mode=off");
        port = Objects.requireNonNull(((WebServerApplicationContext) application).getWebServer())
                .getPort();
    }

    @AfterAll
    void stop() {
        application.close();
    }

    @BeforeEach
    void reset() {
        fake.state = ReplicaState.RUNNING;
        fake.leader = true;
        fake.leaderId = 1L;
        fake.failure = null;
        fake.disk = new ReplicaStatus.DiskState(1L << 40, false, false);
        fake.voters = List.of(1L);
        fake.commitLead = 0;
        fake.progress = Map.of();
        fake.refusals = Map.of();
        fake.refusedMessages = Map.of();
        fake.disk = new ReplicaStatus.DiskState(1L << 40, false, false);
        fake.service = new ReplicaStatus.Service(null, 0, false, List.of(), false);
        fake.membership.reset();
    }

    @Test
    void statusIsAnsweredFlat() throws Exception {
        fake.progress = Map.of(2L, new ReplicaStatus.MemberProgress(5, 6, "replicate", true));
        HttpResponse<String> response = get("/actuator/raft");
        assertThat(response.statusCode()).isEqualTo(200);
        JsonNode body = JSON.readTree(response.body());
        assertThat(body.get("node").asLong()).isEqualTo(1);
        assertThat(body.get("role").asString()).isEqualTo("leader");
        assertThat(body.get("term").asLong()).isEqualTo(3);
        assertThat(body.get("leader").asLong()).isEqualTo(1);
        assertThat(body.get("commitIndex").isNumber()).isTrue();
        assertThat(body.get("appliedIndex").isNumber()).isTrue();
        assertThat(body.get("lastIndex").isNumber()).isTrue();
        assertThat(body.at("/configuration/voters/0").asLong()).isEqualTo(1);
        assertThat(body.at("/configuration/joint").asBoolean(true)).isFalse();
        assertThat(body.at("/progress/2/matchIndex").asLong()).isEqualTo(5);
        assertThat(response.body().split("\"role\"", -1)).hasSize(2);
    }

    @Test
    void messagesThatNoMemberSendsAreShown() throws Exception {
        fake.refusedMessages = Map.of(2L, new ReplicaStatus.RefusedMessages(4, "MSG_APP: it has no term"));
        JsonNode body = JSON.readTree(get("/actuator/raft").body());
        assertThat(body.at("/refusedMessages/2/count").asLong()).isEqualTo(4);
        assertThat(body.at("/refusedMessages/2/last").asString()).isEqualTo("MSG_APP: it has no term");
        assertThat(body.get("tls").isNull()).isTrue();
        JsonNode health = JSON.readTree(get("/actuator/health").body());
        assertThat(health.at("/components/raft/details/refusedMessages/2/count").asLong())
                .isEqualTo(4);
    }

    @Test
    void membersAreShownBehindWhatTheMemberSaysOfItself() throws Exception {
        fake.membership.view = FakeMembership.changing();
        HttpResponse<String> response = get("/actuator/raft");
        JsonNode body = JSON.readTree(response.body());
        assertThat(body.get("failureTolerance").asInt()).isEqualTo(1);
        assertThat(body.get("membersVersion").asLong()).isEqualTo(7);
        assertThat(body.get("membersAgeMillis").asLong(-1)).isZero();
        JsonNode learner = body.at("/members/3");
        assertThat(learner.get("id").asLong()).isEqualTo(4);
        assertThat(learner.get("memberRole").asString()).isEqualTo("learner");
        assertThat(learner.get("address").asString()).isEqualTo("node4:7404");
        assertThat(learner.propertyNames())
                .contains(
                        "incarnation",
                        "matchIndex",
                        "lagEntries",
                        "lagMillis",
                        "lastContactMillis",
                        "healthy",
                        "stableSince",
                        "diskLow");
        assertThat(body.at("/change/steps/1/state").asString()).isEqualTo("running");
        assertThat(body.at("/joining/0/id").asLong()).isEqualTo(5);
        assertThat(response.body().split("\"role\"", -1)).hasSize(2);
        assertThat(response.body().indexOf("\"state\":\"running\""))
                .isLessThan(response.body().indexOf("\"members\""));
    }

    @Test
    void membersWithoutALeaderAreShownWithWhatIsNotKnown() throws Exception {
        fake.membership.view = FakeMembership.withoutLeader();
        JsonNode body = JSON.readTree(get("/actuator/raft").body());
        assertThat(body.get("failureTolerance").isNull()).isTrue();
        assertThat(body.get("membersAgeMillis").isNull()).isTrue();
        assertThat(body.at("/members/0/healthy").isNull()).isTrue();
    }

    /** As where the stage that would say it hangs. */
    @Test
    void membersAreThoseThatTheMemberKnowsWhereNobodySaysThem() throws Exception {
        fake.membership.neverAnswers = true;
        fake.voters = List.of(1L, 2L);
        JsonNode body = JSON.readTree(get("/actuator/raft").body());
        assertThat(body.at("/members/1/id").asLong()).isEqualTo(2);
        assertThat(body.at("/members/0/memberRole").asString()).isEqualTo("leader");
        assertThat(body.get("membersAgeMillis").isNull()).isTrue();
        assertThat(get("/actuator/raft/quorum-critical").statusCode()).isEqualTo(503);
        fake.membership.reset();
        fake.membership.view = FakeMembership.of();
        assertThat(JSON.readTree(get("/actuator/raft").body())
                        .at("/members/1/id")
                        .asLong())
                .isEqualTo(2);
    }

    @Test
    void memberIsCriticalWhereTheOthersAreNoMajority() throws Exception {
        HttpResponse<String> whole = get("/actuator/raft/quorum-critical");
        assertThat(whole.statusCode()).isEqualTo(200);
        assertThat(JSON.readTree(whole.body()).get("critical").asBoolean(true)).isFalse();
        var sick = FakeMembership.member(2, "follower");
        fake.membership.view = FakeMembership.of(
                FakeMembership.member(1, "leader"),
                new MembershipView.Member(2, sick.address(), "follower", true, 1, 4, null),
                FakeMembership.member(3, "follower"));
        HttpResponse<String> answer = get("/actuator/raft/quorum-critical");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(JSON.readTree(answer.body()).get("reason").asString()).contains("of 3 voters 2 are needed");
        fake.membership.view = FakeMembership.of(FakeMembership.member(1, "leader"));
        assertThat(get("/actuator/raft/quorum-critical").statusCode()).isEqualTo(503);
    }

    @Test
    void memberIsCriticalWhileNobodySaysHowTheOthersAre() throws Exception {
        fake.membership.view = FakeMembership.withoutLeader();
        HttpResponse<String> answer = get("/actuator/raft/quorum-critical");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("no leader is known");
        var old = new FakeMembership().view;
        fake.membership.view = new MembershipView(
                7, new MembershipView.Source(1L, 1L, 1), old.members(), old.halves(), null, List.of(), List.of());
        assertThat(get("/actuator/raft/quorum-critical").body()).contains("no leader answers; what one said 1 ms ago");
        assertThat(get("/actuator/raft/quorum").statusCode()).isEqualTo(404);
    }

    /** It has no leader yet, which is not what it waits for. */
    @Test
    void memberThatJoinsSaysWhatItWaitsFor() throws Exception {
        fake.leaderId = null;
        fake.voters = List.of();
        fake.service = new ReplicaStatus.Service(
                "this process joins, and is no member yet: nobody has asked to add it", 0, false, List.of(), false);
        HttpResponse<String> response = get("/actuator/health/raft");
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(JSON.readTree(response.body()).at("/details/reason").asString())
                .isEqualTo("this process joins, and is no member yet: nobody has asked to add it");
        // Whoever is to stop its process need not wait for a leader.
        fake.membership.view = FakeMembership.withoutLeader();
        HttpResponse<String> critical = get("/actuator/raft/quorum-critical");
        assertThat(critical.statusCode()).isEqualTo(200);
        assertThat(JSON.readTree(critical.body()).get("critical").asBoolean(true))
                .isFalse();
    }

    /** It is asked to leave the configuration that it goes from, and is none to be ended. */
    @Test
    void memberThatGivesItsVoteAwayIsThereUntilTheOthersDecideAlone() throws Exception {
        fake.leaderId = 2L;
        fake.voters = List.of(2L, 3L);
        fake.votersOutgoing = List.of(1L, 2L, 3L);
        assertThat(get("/actuator/health/raft").statusCode()).isEqualTo(200);
        assertThat(get("/actuator/health/readiness").statusCode()).isEqualTo(200);
        fake.votersOutgoing = List.of();
        assertThat(get("/actuator/health/raft").body()).contains("this member is not in the configuration");
        fake.service = new ReplicaStatus.Service("this member was removed", 0, false, List.of(), false);
        assertThat(get("/actuator/health/raft").body()).contains("this member was removed");
    }

    @Test
    void removedMemberIsDownAndAliveAndHoldsNobodyUp() throws Exception {
        fake.state = ReplicaState.REMOVED;
        fake.leaderId = null;
        fake.failure = new IllegalStateException("node 1 was removed by ada on 2026-11-27");
        fake.membership.view = FakeMembership.withoutLeader();
        HttpResponse<String> response = get("/actuator/health/raft");
        assertThat(response.statusCode()).isEqualTo(503);
        JsonNode body = JSON.readTree(response.body());
        assertThat(body.get("status").asString()).isEqualTo("DOWN");
        assertThat(body.at("/details/removed").asString()).isEqualTo("node 1 was removed by ada on 2026-11-27");
        assertThat(body.at("/details").has("error")).isFalse();
        assertThat(get("/actuator/health/readiness").statusCode()).isEqualTo(503);
        assertThat(get("/actuator/health/liveness").statusCode()).isEqualTo(200);
        assertThat(JSON.readTree(get("/actuator/raft").body()).get("state").asString())
                .isEqualTo("removed");
        assertThat(get("/actuator/raft/quorum-critical").statusCode()).isEqualTo(200);
        fake.failure = null;
        assertThat(get("/actuator/health/raft").body()).contains("was removed from its group");
    }

    @Test
    void membersThatAreOthersThanConfiguredAreADetailOfAMemberThatGoesOn() throws Exception {
        fake.membership.view = FakeMembership.of(FakeMembership.member(1, "leader"));
        get("/actuator/raft");
        assertThat(get("/actuator/health/raft").body()).doesNotContain("drift");
        fake.membership.view = FakeMembership.changing();
        JsonNode shown = JSON.readTree(get("/actuator/raft").body());
        assertThat(shown.at("/drift/0").asString())
                .isEqualTo("nodes 2, 3, 4 are of the group, but not in raft.peers here");
        HttpResponse<String> health = get("/actuator/health/raft");
        assertThat(health.statusCode()).isEqualTo(200);
        assertThat(JSON.readTree(health.body()).at("/details/drift/0").asString())
                .startsWith("nodes 2, 3, 4");
    }

    @Test
    void unknownLeaderIsNull() throws Exception {
        fake.leader = false;
        fake.leaderId = null;
        assertThat(JSON.readTree(get("/actuator/raft").body()).get("leader").isNull())
                .isTrue();
    }

    @Test
    void transferAnswersTheNewLeader() throws Exception {
        fake.transferOutcome = new TransferOutcome.Transferred(2, 4);
        HttpResponse<String> response = post("/actuator/raft/transfer-leadership", "{\"to\": 2}");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(JSON.readTree(response.body())).isEqualTo(JSON.readTree("{\"leader\":2,\"term\":4}"));
        assertThat(fake.events).contains("transfer to 2");
    }

    @Test
    void transferWithoutATargetTakesTheBestFollower() throws Exception {
        fake.transferOutcome = new TransferOutcome.Transferred(3, 4);
        assertThat(post("/actuator/raft/transfer-leadership", "{}").statusCode())
                .isEqualTo(200);
        assertThat(fake.events).contains("transfer to null");
    }

    @Test
    void followerNamesTheLeader() throws Exception {
        fake.transferOutcome = new TransferOutcome.NotLeader(3L);
        HttpResponse<String> response = post("/actuator/raft/transfer-leadership", "{}");
        assertThat(response.statusCode()).isEqualTo(409);
        assertThat(JSON.readTree(response.body()).get("leader").asLong()).isEqualTo(3);
    }

    @Test
    void badTargetAndUnknownActionAreTheCallersMistake() throws Exception {
        fake.transferOutcome = new TransferOutcome.InvalidTarget("member 9 is unknown");
        HttpResponse<String> response = post("/actuator/raft/transfer-leadership", "{\"to\": 9}");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("member 9 is unknown");
        assertThat(post("/actuator/raft/transfer-leadership", "{\"to\": \"x\"}").statusCode())
                .isEqualTo(400);
        assertThat(post("/actuator/raft/dance", "{}").statusCode()).isEqualTo(404);
    }

    @Test
    void transferThatDidNotEndIsSaid() throws Exception {
        fake.transferOutcome = new TransferOutcome.TimedOut("member 2 did not take over");
        assertThat(post("/actuator/raft/transfer-leadership", "{}").statusCode())
                .isEqualTo(504);
    }

    @Test
    void healthyMemberIsUpAndReady() throws Exception {
        HttpResponse<String> response = get("/actuator/health/raft");
        assertThat(response.statusCode()).isEqualTo(200);
        JsonNode body = JSON.readTree(response.body());
        assertThat(body.at("/details/role").asString()).isEqualTo("leader");
        assertThat(body.at("/details/term").asLong()).isEqualTo(3);
        assertThat(get("/actuator/health/readiness").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"NO_LEADER", "NOT_A_MEMBER", "BEHIND", "DISK_HANGS"})
    void memberThatCanNotServeIsNotReadyButAlive(String trouble) throws Exception {
        switch (trouble) {
            case "NO_LEADER" -> fake.leaderId = null;
            case "DISK_HANGS" -> fake.disk = new ReplicaStatus.DiskState(1 << 20, false, true);
            case "NOT_A_MEMBER" -> fake.voters = List.of(2L);
            default -> fake.commitLead = ReplicaStatus.MAX_LAG_ENTRIES + 1;
        }
        assertThat(get("/actuator/health/readiness").statusCode()).isEqualTo(503);
        assertThat(get("/actuator/health/liveness").statusCode()).isEqualTo(200);
        assertThat(get("/actuator/health/raft").body()).contains("OUT_OF_SERVICE");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void memberThatSaysItselfThatItCanNotServeIsNotReady(boolean stale) throws Exception {
        var hang =
                new ReplicaStatus.Hang("apply stage", "the state machine 'x' has been at the command at index 7", 1234);
        fake.service = new ReplicaStatus.Service("it hangs", 9, true, List.of(hang), stale);
        assertThat(get("/actuator/health/readiness").statusCode()).isEqualTo(503);
        assertThat(get("/actuator/health/raft").body()).contains("OUT_OF_SERVICE", "it hangs");
        assertThat(get("/actuator/raft").body())
                .contains("\"leaderCommitIndex\":9,\"snapshotArriving\":true", "at index 7\",\"millis\":1234");
    }

    @Test
    void memberThatOthersDoNotAcceptSaysWhy() throws Exception {
        fake.leaderId = null;
        fake.refusals = Map.of(2L, "node 1 comes with an older copy of its data directory");
        assertThat(get("/actuator/health/raft").body())
                .contains("no connection to member 2: node 1 comes with an older copy");
        assertThat(JSON.readTree(get("/actuator/raft").body()).at("/refusals/2").stringValue())
                .contains("older copy");
    }

    @Test
    void diskWithLittleRoomIsADetailOfAMemberThatGoesOn() throws Exception {
        fake.disk = new ReplicaStatus.DiskState(12345, true, false);
        HttpResponse<String> response = get("/actuator/health/raft");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).contains("low, 12345 bytes left");
        assertThat(get("/actuator/raft").body()).contains("\"disk\":{\"usableBytes\":12345,\"low\":true");
    }

    @Test
    void keysThatRunOutAreADetailOfAMemberThatGoesOn() throws Exception {
        fake.sessions = Map.of("kv", new ReplicaStatus.SessionState(3, 10_000, 79_999, 100_000, 1_000, 64_000));
        assertThat(JSON.readTree(get("/actuator/health/raft").body())
                        .at("/details/sessions")
                        .stringValue())
                .isEqualTo("ok");
        fake.sessions = Map.of("kv", new ReplicaStatus.SessionState(3, 10_000, 80_000, 100_000, 1_000, 64_000));
        HttpResponse<String> response = get("/actuator/health/raft");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).contains("'kv' keeps 80000 of 100000 idempotency keys (raft.session.max-keys)");
        JsonNode kept = JSON.readTree(get("/actuator/raft").body()).at("/sessions/kv");
        assertThat(kept.get("keys").asInt()).isEqualTo(80_000);
        assertThat(kept.get("maxKeys").asInt()).isEqualTo(100_000);
        assertThat(kept.get("maxSessions").asInt()).isEqualTo(10_000);
        assertThat(kept.get("maxKeyBytes").asLong()).isEqualTo(64_000);
    }

    @Test
    void oddityIsADetailOfAMemberThatGoesOn() throws Exception {
        assertThat(get("/actuator/health/raft").body()).doesNotContain("skippedEntries", "snapshotFailure", "ignored");
        fake.snapshotFailure = "the state machine 'notes' could not give its state";
        fake.ignoredEntries = 2;
        fake.skippedEntries = List.of("12:3:0c9a2f5e");
        HttpResponse<String> response = get("/actuator/health/raft");
        assertThat(response.statusCode()).isEqualTo(200);
        JsonNode details = JSON.readTree(response.body()).at("/details");
        JsonNode endpoint = JSON.readTree(get("/actuator/raft").body());
        for (JsonNode shown : List.of(details, endpoint)) {
            assertThat(shown.at("/snapshotFailure").asString()).contains("'notes' could not give its state");
            assertThat(shown.at("/ignoredEntries").asLong()).isEqualTo(2);
            assertThat(shown.at("/skippedEntries/0").asString()).isEqualTo("12:3:0c9a2f5e");
        }
    }

    @Test
    void statesThatDifferAreADetailOfAMemberThatGoesOn() throws Exception {
        assertThat(get("/actuator/health/raft").body()).doesNotContain("divergence");
        fake.divergence = new ReplicaStatus.DivergenceState(
                100,
                4700,
                true,
                List.of(new Divergence(
                        "stock", Divergence.What.RESULT, 4646, 4647, "pick", Map.of(1L, "aa", 2L, "bb"))));
        HttpResponse<String> response = get("/actuator/health/raft");
        assertThat(response.statusCode()).isEqualTo(200);
        String text = "the results of commands of the state machine 'stock' are not the same on all members after the"
                + " command 'pick' at index 4647";
        assertThat(JSON.readTree(response.body()).at("/details/divergence/0").asString())
                .startsWith(text);
        JsonNode shown = JSON.readTree(get("/actuator/raft").body()).at("/divergence");
        assertThat(shown.at("/everyEntries").asInt()).isEqualTo(100);
        assertThat(shown.at("/hashedIndex").asInt()).isEqualTo(4700);
        assertThat(shown.at("/found/0").asString()).startsWith(text);
    }

    @Test
    void failedMemberIsDownWithItsCause() throws Exception {
        fake.state = ReplicaState.FAILED;
        fake.failure = new IOException("the disk is gone");
        fake.disk = new ReplicaStatus.DiskState(1 << 20, false, false, "the disk is gone");
        HttpResponse<String> response = get("/actuator/health/raft");
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body())
                .contains("\"DOWN\"")
                .contains("java.io.IOException: the disk is gone")
                .contains("failed: the disk is gone");
        assertThat(get("/actuator/health/readiness").statusCode()).isEqualTo(503);
        assertThat(get("/actuator/health/liveness").statusCode()).isEqualTo(200);
    }

    /** Whoever asks each second would fill the log with one stack. */
    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void failedMemberIsNotLoggedAtEachProbe(CapturedOutput output) throws Exception {
        fake.state = ReplicaState.FAILED;
        fake.failure = new IOException("the disk is gone");
        get("/actuator/health/raft");
        get("/actuator/health/readiness");
        assertThat(output.getAll()).doesNotContain("the disk is gone");
    }

    @Test
    void endpointIsReadOnlyUnlessAsked() {
        runner().withPropertyValues("management.endpoints.web.exposure.include=raft")
                .run(context -> assertThat(context).hasSingleBean(RaftEndpoint.class));
        runner().run(context -> assertThat(context).doesNotHaveBean(RaftEndpoint.class));
    }

    @Test
    void healthCanBeSwitchedOff() {
        runner().withPropertyValues("management.health.raft.enabled=false").run(context -> assertThat(context)
                .doesNotHaveBean(RaftHealthIndicator.class)
                .doesNotHaveBean(RaftReadinessPostProcessor.class));
    }

    private ApplicationContextRunner runner() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        RaftAutoConfiguration.class,
                        RaftEndpointAutoConfiguration.class,
                        RaftHealthContributorAutoConfiguration.class))
                .withBean(Transport.class, () -> Mockito.mock(Transport.class))
                .withBean(Replica.class, () -> FakeReplica.of(Map.of()).replica());
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(uri(path))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    @EnableAutoConfiguration
    @Configuration(proxyBeanMethods = false)
    static class Application {}
}
