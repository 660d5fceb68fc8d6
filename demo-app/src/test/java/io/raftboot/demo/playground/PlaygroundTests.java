package io.raftboot.demo.playground;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.demo.DemoCaller;
import io.raftboot.demo.RunningDemo;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What each control of the playground does, as others see it through the members' own API. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(OutputCaptureExtension.class)
class PlaygroundTests {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private RunningDemo demo;

    @BeforeAll
    void start(@TempDir Path data) {
        demo = RunningDemo.start(data);
    }

    @AfterAll
    void stop() {
        demo.close();
    }

    /** All run and are joined, and one of them leads, whatever the test before has left. */
    @BeforeEach
    void heal() throws Exception {
        eventually()
                .until(() ->
                        demo.member(1).send("DELETE", "/playground/load", "").statusCode() == 202);
        for (long id = 1; id <= 3; id++) {
            awaitNoChange(id);
            JsonNode member = member(id);
            if (member.get("state").asString().equals("paused")) {
                demo.member(1).act(id, "resume");
            } else if (!member.get("state").asString().equals("running")) {
                demo.member(1).act(id, "start");
                awaitState(id, "running");
            }
            if (member.get("cut").asBoolean()) {
                demo.member(1).act(id, "join");
            }
        }
        for (DemoCaller member : demo.members()) {
            eventually().until(() -> member.get("/actuator/health/readiness").statusCode() == 200);
        }
    }

    @Test
    void stoppedMemberIsGoneAndComesBackWithWhatItHad() throws Exception {
        long leader = leader();
        long other = other(leader);
        assertThat(demo.member(leader).put("/kv/stop", "1").statusCode()).isEqualTo(200);
        demo.member(leader).act(leader, "stop");
        awaitState(leader, "stopped");

        eventually().until(() -> demo.member(other).put("/kv/stop", "2").statusCode() == 200);
        eventually().untilAsserted(() -> {
            HttpResponse<String> inItsPlace = demo.member(leader).put("/kv/stop", "3");
            assertThat(inItsPlace.statusCode()).isEqualTo(503);
            assertThat(inItsPlace.body()).contains("\"outcome\":\"refused\"", "member " + leader + " does not run");
        });
        assertThat(demo.member(leader).get("/").body()).contains("Three members of one cluster run here");
        assertThat(demo.member(leader).get("/playground").body()).contains("Raft playground");

        // By its own port, on which the demo answers for it.
        demo.member(leader).act(leader, "start");
        awaitState(leader, "running");
        eventually().untilAsserted(() -> assertThat(
                        demo.member(leader).get("/kv/stop?consistency=local").body())
                .isEqualTo("2"));
    }

    @Test
    void stoppedLeaderIsFollowedByAnotherAndKilledOneToldNobody(CapturedOutput output) throws Exception {
        long first = leader();
        long termBefore = term(first);
        demo.member(first).act(first, "stop");
        awaitState(first, "stopped");
        long second = leader();
        eventually().untilAsserted(() -> assertThat(
                        newestFailover("stop", first).at("/leader/id").asLong())
                .isPositive());
        JsonNode stopped = newestFailover("stop", first);
        assertThat(stopped.get("led").asBoolean()).isTrue();
        assertThat(stopped.at("/leader/id").asLong()).isEqualTo(second);
        assertThat(stopped.at("/leader/term").asLong()).isGreaterThan(termBefore);

        demo.member(second).act(first, "start");
        awaitState(first, "running");
        int before = output.length();
        demo.member(second).act(second, "kill");
        awaitState(second, "killed");
        eventually().untilAsserted(() -> assertThat(
                        newestFailover("kill", second).at("/leader/id").asLong())
                .isPositive());
        eventually().untilAsserted(() -> assertThat(leader()).isNotEqualTo(second));
        long third = leader();
        assertThat(output.toString().substring(before)).doesNotContain("Leadership handed over");
        assertThat(newestFailover("kill", second).at("/leader/id").asLong()).isEqualTo(third);
        assertThat(demo.member(third).put("/kv/kill", "1").statusCode()).isEqualTo(200);
    }

    @Test
    void killedMemberKeepsWhatItAcknowledged() throws Exception {
        for (long id = 1; id <= 3; id++) {
            assertThat(demo.member(id).put("/kv/kept-" + id, "by " + id).statusCode())
                    .isEqualTo(200);
        }
        // The one that is told last: its port is nobody's for a moment when it is gone.
        for (long id = 3; id >= 1; id--) {
            demo.member(1).act(id, "kill");
        }
        for (long id = 1; id <= 3; id++) {
            awaitState(id, "killed");
        }
        for (long id = 1; id <= 3; id++) {
            demo.member(1).act(id, "start");
        }
        for (long id = 1; id <= 3; id++) {
            long each = id;
            eventually()
                    .until(() ->
                            demo.member(each).get("/kv/kept-" + each).body().equals("by " + each));
        }
    }

    @Test
    void memberThatStandsStillIsKilledLikeAnyOther() throws Exception {
        long paused = leader();
        long other = other(paused);
        demo.member(other).act(paused, "pause");
        eventually().until(() -> leaderByWordOf(other) > 0 && leaderByWordOf(other) != paused);
        demo.member(other).act(paused, "kill");
        awaitState(paused, "killed");
        demo.member(other).act(paused, "start");
        awaitState(paused, "running");
    }

    @Test
    void pausedLeaderStandsStillAndIsReplaced() throws Exception {
        long paused = leader();
        long other = other(paused);
        demo.member(paused).act(paused, "pause");
        var waiting = demo.member(paused).putLater("/kv/pause", "by the paused one");

        eventually().until(() -> leaderByWordOf(other) > 0 && leaderByWordOf(other) != paused);
        assertThat(demo.member(other).put("/kv/pause", "by another").statusCode())
                .isEqualTo(200);
        assertThat(waiting).isNotDone();
        assertThat(demo.member(paused).get("/playground").statusCode()).isEqualTo(200);
        assertThat(member(paused).get("state").asString()).isEqualTo("paused");

        demo.member(paused).act(paused, "resume");
        // As after SIGCONT: the request was there all the while, and is done now.
        assertThat(waiting.get(LIMIT.toSeconds(), TimeUnit.SECONDS).statusCode())
                .isEqualTo(200);
        eventually().until(() -> leaderByWordOf(paused) == leaderByWordOf(other));
        assertThat(demo.member(other).get("/kv/pause").body()).isEqualTo("by the paused one");
    }

    @Test
    void cutOffLeaderLearnsThatItLeadsNoMore() throws Exception {
        long cut = leader();
        long other = other(cut);
        demo.member(cut).act(cut, "cut");

        eventually().until(() -> demo.member(other).put("/kv/cut", "2").statusCode() == 200);
        // It runs, and answers; what it says is its own.
        eventually().until(() -> !demo.member(cut)
                .json("/actuator/raft")
                .get("role")
                .asString()
                .equals("leader"));
        assertThat(demo.member(cut).get("/kv/cut?consistency=local").statusCode())
                .isEqualTo(404);
        assertThat(demo.member(cut).get("/actuator/health/readiness").statusCode())
                .isEqualTo(503);

        demo.member(cut).act(cut, "join");
        eventually()
                .until(() ->
                        demo.member(cut).get("/kv/cut?consistency=local").body().equals("2"));
    }

    @Test
    void memberThatWasCutOffIsSoAfterItsStart() throws Exception {
        long follower = other(leader());
        demo.member(follower).act(follower, "cut");
        demo.member(follower).act(follower, "stop");
        awaitState(follower, "stopped");
        demo.member(follower).act(follower, "start");
        awaitState(follower, "running");
        assertThat(demo.member(other(follower)).put("/kv/cut-start", "1").statusCode())
                .isEqualTo(200);
        assertThat(demo.member(follower).get("/actuator/health/readiness").statusCode())
                .isEqualTo(503);
        demo.member(follower).act(follower, "join");
        eventually().until(() -> demo.member(follower)
                .get("/kv/cut-start?consistency=local")
                .body()
                .equals("1"));
    }

    @Test
    void whatIsNothingToBeDoneIsRefusedByName() throws Exception {
        HttpResponse<String> running = demo.member(1).send("POST", "/playground/members/2/start", "{}");
        assertThat(running.statusCode()).isEqualTo(409);
        assertThat(running.body()).contains("'start' is nothing to be done with member 2 now: it is running");
        assertThat(demo.member(1)
                        .send("POST", "/playground/members/4/stop", "{}")
                        .statusCode())
                .isEqualTo(404);
        HttpResponse<String> unknown = demo.member(1).send("POST", "/playground/members/1/explode", "{}");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body()).contains("stop, kill, start, pause, resume, cut, join");
        assertThat(demo.member(1).get("/playground/members/1/stop").statusCode())
                .isEqualTo(405);
    }

    @Test
    void steadyLoadCountsAndMeasuresAFailover() throws Exception {
        long leader = leader();
        assertThat(load("{\"kind\":\"put\",\"perSecond\":20,\"through\":0}").statusCode())
                .isEqualTo(202);
        eventually().until(() -> tally("acknowledged") > 3);
        assertThat(load("{\"kind\":\"put\",\"perSecond\":20,\"through\":0}").statusCode())
                .isEqualTo(409);
        demo.member(leader).act(leader, "kill");
        awaitState(leader, "killed");
        eventually().until(() -> newestFailover("kill", leader).get("over").asBoolean());
        JsonNode failover = newestFailover("kill", leader);
        assertThat(failover.get("gapMillis").asDouble()).isPositive();
        assertThat(failover.at("/leader/afterMillis").asDouble()).isPositive();
        assertThat(failover.at("/leader/id").asLong()).isNotEqualTo(leader);

        demo.member(1).send("DELETE", "/playground/load", "");
        eventually().until(() -> !state().at("/load/running").asBoolean());
        // What was acknowledged is there, and no more writes come than the one that was under way.
        long last = Long.parseLong(demo.member(leader()).get("/kv/steady").body());
        long counted = tally("acknowledged") + tally("refused") + tally("unknown");
        assertThat(last).isPositive().isLessThanOrEqualTo(counted);
    }

    @Test
    void steadyLoadMovesMoneyAndLosesNone() throws Exception {
        assertThat(load("{\"kind\":\"transfer\",\"perSecond\":50,\"through\":2}")
                        .statusCode())
                .isEqualTo(202);
        eventually().until(() -> tally("acknowledged") > 5);
        demo.member(1).send("DELETE", "/playground/load", "");
        eventually().until(() -> !state().at("/load/running").asBoolean());
        long sum = 0;
        for (JsonNode account : demo.member(3).json("/accounts")) {
            sum += account.get("balance").asLong();
        }
        assertThat(sum).isEqualTo(2_000);
    }

    @Test
    void writesByHandSayTheirOutcome() throws Exception {
        JsonNode put = call("{\"kind\":\"put\",\"through\":2,\"key\":\"a b/c\",\"value\":\"ü\"}");
        assertThat(put.get("outcome").asString())
                .as(put.toString())
                .isEqualTo("refused"); // a slash is no part of a key here
        put = call("{\"kind\":\"put\",\"through\":2,\"key\":\"a b\",\"value\":\"ü\"}");
        assertThat(put.get("outcome").asString()).isEqualTo("acknowledged");
        assertThat(put.get("index").asLong()).isPositive();
        assertThat(demo.member(3).get("/kv/a%20b").body()).isEqualTo("ü");
        eventually()
                .until(() ->
                        state().at("/members/0/seen/values/a b").asString("").equals("ü"));

        JsonNode forbidden =
                call("{\"kind\":\"transfer\",\"through\":1,\"from\":\"nobody\",\"to\":\"no one\",\"amount\":1}");
        assertThat(forbidden.get("outcome").asString()).isEqualTo("forbidden");
        assertThat(forbidden.get("detail").asString()).contains("there is no account 'nobody'");

        demo.member(1).act(3, "stop");
        awaitState(3, "stopped");
        assertThat(call("{\"kind\":\"put\",\"through\":3,\"key\":\"b\",\"value\":\"1\"}")
                        .get("outcome")
                        .asString())
                .isEqualTo("refused");
    }

    @Test
    void writeThatNobodyAnsweredIsUnknown() throws Exception {
        demo.member(1).act(2, "pause");
        JsonNode result = call("{\"kind\":\"put\",\"through\":2,\"key\":\"unknown\",\"value\":\"1\"}");
        assertThat(result.get("outcome").asString()).isEqualTo("unknown");
        demo.member(1).act(2, "resume");
        eventually().until(() -> demo.member(1).get("/kv/unknown").body().equals("1"));
    }

    /** A port that goes from the demo to a member or back is nobody's for a moment. */
    private static ConditionFactory eventually() {
        return await().atMost(LIMIT).ignoreExceptionsInstanceOf(IOException.class);
    }

    private HttpResponse<String> load(String json) throws IOException, InterruptedException {
        return demo.member(1).send("POST", "/playground/load", json);
    }

    private JsonNode call(String json) throws IOException, InterruptedException {
        var answer = demo.member(1).send("POST", "/playground/calls", json);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(answer.body());
    }

    private JsonNode state() throws IOException, InterruptedException {
        return demo.member(1).json("/playground/state");
    }

    private long tally(String kind) throws IOException, InterruptedException {
        return state().at("/load/tally/" + kind).asLong();
    }

    private JsonNode member(long id) throws IOException, InterruptedException {
        return demo.member(id == 1 ? 2 : 1)
                .json("/playground/state")
                .get("members")
                .get((int) id - 1);
    }

    private void awaitState(long id, String state) {
        eventually().until(() -> member(id).get("state").asString().equals(state));
    }

    private void awaitNoChange(long id) {
        eventually()
                .until(() -> !member(id).get("state").asString().endsWith("ing")
                        || member(id).get("state").asString().equals("running"));
    }

    private JsonNode newestFailover(String action, long member) throws IOException, InterruptedException {
        for (JsonNode failover : state().get("failovers")) {
            if (failover.get("action").asString().equals(action)
                    && failover.get("member").asLong() == member) {
                return failover;
            }
        }
        throw new AssertionError("no " + action + " of member " + member + " in " + state());
    }

    /** Who leads, by the word of all that answer. */
    private long leader() {
        var found = new AtomicLong();
        eventually().until(() -> {
            long[] said = LongStream.rangeClosed(1, 3)
                    .map(this::leaderByWordOf)
                    .filter(leader -> leader >= 0)
                    .distinct()
                    .toArray();
            found.set(said.length == 1 ? said[0] : 0);
            return found.get() > 0;
        });
        return found.get();
    }

    /** 0 if it knows none, -1 if it does not answer. */
    private long leaderByWordOf(long id) {
        try {
            HttpResponse<String> answer = demo.member(id).get("/actuator/raft");
            return answer.statusCode() == 200
                    ? JsonMapper.shared().readTree(answer.body()).path("leader").asLong(0)
                    : -1;
        } catch (IOException e) {
            return -1;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private long term(long id) throws IOException, InterruptedException {
        return demo.member(id).json("/actuator/raft").get("term").asLong();
    }

    private static long other(long id) {
        return id % 3 + 1;
    }
}
