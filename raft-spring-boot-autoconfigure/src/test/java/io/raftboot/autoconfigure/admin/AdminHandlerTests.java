package io.raftboot.autoconfigure.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.api.ChangeOptions;
import io.raftboot.api.ChangeOutcome;
import io.raftboot.api.ChangeOutcome.Reason;
import io.raftboot.api.MemberChange;
import io.raftboot.api.MemberChange.Promotion;
import io.raftboot.api.SnapshotOutcome;
import io.raftboot.api.TransferOutcome;
import io.raftboot.autoconfigure.http.Json;
import io.raftboot.autoconfigure.members.DriftWatch;
import io.raftboot.autoconfigure.stream.StreamSender;
import io.raftboot.replica.ReplicaState;
import io.raftboot.replica.config.Peer;
import io.raftboot.testing.FakeMembership;
import io.raftboot.testing.FakeReplica;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.support.StaticApplicationContext;
import tools.jackson.databind.JsonNode;

/** Each call, in front of a member that answers what the test told it to, without a server. */
class AdminHandlerTests {
    private final FakeReplica fake = FakeReplica.of(Map.of());
    private final FakeMembership membership = fake.membership;
    private final AdminHandler handler = handler(fake);

    static AdminHandler handler(FakeReplica fake) {
        var replica = fake.replica();
        var problems = new Problems(replica);
        var drift = new DriftWatch(
                new DriftWatch.Configured(
                        1, "default", false, List.of(Peer.valueOf("1@node1:7401"), Peer.valueOf("2@node2:7402"))),
                replica::membership,
                0);
        var routes = new ArrayList<>(new MemberCalls(replica::membership, Promotion.AUTO, problems).routes());
        routes.addAll(new ReplicaCalls(replica, drift, problems).routes());
        routes.addAll(new BackupCalls(replica, problems).routes());
        routes.addAll(new EventCalls(replica.memberEvents(), new StreamSender(new StaticApplicationContext()), problems)
                .routes());
        return new AdminHandler(routes, problems);
    }

    @Test
    void membersAreShownAsTheLeaderSeesThem() {
        membership.view = FakeMembership.changing();
        var answer = call("GET", "members", "");
        assertThat(answer.status()).isEqualTo(200);
        JsonNode body = json(answer);
        assertThat(body.get("version").asLong()).isEqualTo(7);
        assertThat(body.get("failureTolerance").asInt()).isEqualTo(1);
        assertThat(body.get("leader").asLong()).isEqualTo(1);
        assertThat(body.at("/members/0/role").asString()).isEqualTo("leader");
        JsonNode learner = body.at("/members/3");
        assertThat(learner.get("id").asLong()).isEqualTo(4);
        assertThat(learner.get("address").asString()).isEqualTo("node4:7404");
        assertThat(learner.get("role").asString()).isEqualTo("learner");
        assertThat(learner.get("voter").asBoolean(true)).isFalse();
        assertThat(learner.get("matchIndex").asLong()).isEqualTo(40);
        assertThat(learner.get("lagEntries").asLong()).isEqualTo(2);
        assertThat(learner.get("healthy").asBoolean(false)).isTrue();
        assertThat(learner.get("stableSince").asString()).isEqualTo("2023-11-14T22:13:20Z");
        assertThat(learner.get("lastContactMillis").asLong()).isEqualTo(12);
        assertThat(body.at("/change/state").asString()).isEqualTo("running");
        assertThat(body.at("/change/steps/1/text").asString()).isEqualTo("promote node 4");
        assertThat(body.at("/past/0/state").asString()).isEqualTo("failed");
        assertThat(body.at("/joining/0/message").asString()).contains("an operator");
    }

    @Test
    void membersWithoutALeaderAreShownWithWhatIsNotKnown() {
        membership.view = FakeMembership.withoutLeader();
        JsonNode body = json(call("GET", "members", ""));
        assertThat(body.get("leader").isNull()).isTrue();
        assertThat(body.get("ageMillis").isNull()).isTrue();
        assertThat(body.get("failureTolerance").isNull()).isTrue();
        assertThat(body.get("change").isNull()).isTrue();
        assertThat(body.at("/members/0/healthy").isNull()).isTrue();
    }

    @Test
    void addedMemberIsAcceptedWithThePlaceOfTheChange() {
        var answer = call("POST", "members", "{\"id\":4,\"address\":\"127.0.0.1:7404\"}");
        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.headers()).containsEntry("Location", "/app/raft/admin/changes/17");
        assertThat(json(answer).get("id").asLong()).isEqualTo(17);
        assertThat(membership.changes)
                .containsExactly(new MemberChange.Add(new MemberChange.Address(4, "127.0.0.1:7404"), Promotion.AUTO));
        call("POST", "members", "{\"id\":5,\"address\":\"[::1]:7405\",\"promote\":\"manual\",\"version\":7}");
        assertThat(membership.changes)
                .contains(new MemberChange.Add(new MemberChange.Address(5, "[::1]:7405"), Promotion.MANUAL));
        assertThat(membership.options.get(1)).isEqualTo(new ChangeOptions(7L, null, "ada"));
    }

    @Test
    void wishForAllMembersIsASetOfVotersUnlessItSaysOtherwise() {
        call(
                "PUT",
                "members",
                "{\"version\":7,\"members\":[{\"id\":1},{\"id\":4,\"address\":\"a:1\",\"voter\":false}]}");
        assertThat(membership.changes)
                .containsExactly(new MemberChange.Target(
                        List.of(new MemberChange.Wanted(1, null, true), new MemberChange.Wanted(4, "a:1", false))));
        assertThat(membership.options).containsExactly(new ChangeOptions(7L, null, "ada"));
    }

    @Test
    void whatWasReadCanBeWrittenBack() {
        membership.view = FakeMembership.changing();
        var read = call("GET", "members", "");
        assertThat(call("PUT", "members", new String(read.bytes(), UTF_8)).status())
                .isEqualTo(202);
        assertThat(membership.changes)
                .containsExactly(new MemberChange.Target(List.of(
                        new MemberChange.Wanted(1, "node1:7401", true),
                        new MemberChange.Wanted(2, "node2:7402", true),
                        new MemberChange.Wanted(3, "node3:7403", true),
                        new MemberChange.Wanted(4, "node4:7404", false))));
    }

    /** Of a member that has not said yet where it is. */
    @Test
    void addressThatIsNotKnownCanBeWrittenBack() {
        call("PUT", "members", "{\"members\":[{\"id\":1,\"address\":\"\"}]}");
        assertThat(membership.changes)
                .containsExactly(new MemberChange.Target(List.of(new MemberChange.Wanted(1, null, true))));
    }

    /** Nobody in it, in a first version, would be what a group of nobody looks like. */
    @Test
    void memberThatTakesPartNoMoreTellsNothingOfTheOthers() {
        fake.state = ReplicaState.REMOVED;
        fake.failure = new IllegalStateException("node 1 was removed by ada");
        membership.view = FakeMembership.withoutLeader();
        for (String path : List.of("members", "drift", "changes/17")) {
            var answer = call("GET", path, "");
            assertThat(answer.status()).as(path).isEqualTo(503);
            assertThat(detail(answer)).isEqualTo("node 1 was removed by ada; ask another member");
            assertThat(answer.headers()).doesNotContainKey("Retry-After");
        }
        fake.state = ReplicaState.FAILED;
        assertThat(call("GET", "members", "").headers()).containsEntry("Retry-After", "1");
    }

    @Test
    void dryRunShowsThePlanAndChangesNothing() {
        var answer = call("PUT", "members?dryRun=true", "{\"members\":[{\"id\":1}]}");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(json(answer).at("/steps/0/text").asString()).isEqualTo("remove node 3");
        assertThat(membership.plans).hasSize(1);
        assertThat(membership.changes).isEmpty();
        call("DELETE", "members/3?dryRun=true", "");
        assertThat(membership.changes).isEmpty();
        call("PUT", "members?dryRun=false", "{\"members\":[{\"id\":1}]}");
        assertThat(membership.changes).hasSize(1);
    }

    @Test
    void singleMembersAreRemovedPromotedDemotedMovedAndReplaced() {
        assertThat(call("DELETE", "members/3?version=7", "").headers()).containsKey("Location");
        call("POST", "members/4/promote", "");
        call("POST", "members/2/demote", "{\"version\":8}");
        call("PUT", "members/2", "{\"address\":\"node2:7502\"}");
        call("POST", "replace", "{\"in\":[{\"id\":5,\"address\":\"e:1\"}],\"out\":[1,2]}");
        assertThat(membership.changes)
                .containsExactly(
                        new MemberChange.Remove(3),
                        new MemberChange.Promote(4),
                        new MemberChange.Demote(2),
                        new MemberChange.Move(new MemberChange.Address(2, "node2:7502")),
                        new MemberChange.Replace(List.of(new MemberChange.Address(5, "e:1")), List.of(1L, 2L)));
        assertThat(membership.options).extracting(ChangeOptions::version).containsExactly(7L, null, 8L, null, null);
    }

    @Test
    void keyAndCallerComeToTheChange() {
        handler.handle(request("DELETE", "members/3", "", "k-1", "x".repeat(300)))
                .join();
        var options = membership.options.get(0);
        assertThat(options.idempotencyKey()).isEqualTo("k-1");
        assertThat(options.by()).hasSize(ChangeOptions.MAX_BYTES);
        var answer = handler.handle(request("DELETE", "members/3", "", "two words", "ada"))
                .join();
        assertThat(answer.status()).isEqualTo(400);
        assertThat(detail(answer)).contains("Idempotency-Key");
    }

    @Test
    void changeIsFoundWhetherItRunsOrHasEnded() {
        membership.view = FakeMembership.changing();
        assertThat(json(call("GET", "changes/17", "")).get("state").asString()).isEqualTo("running");
        assertThat(json(call("GET", "changes/9", "")).get("message").asString()).contains("never there");
        assertThat(json(call("GET", "changes/0", "")).get("state").asString()).isEqualTo("done");
        var unknown = call("GET", "changes/99", "");
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(json(unknown).get("reason").asString()).isEqualTo("UNKNOWN");
    }

    /** It may well be known to the leader, which nobody could ask. */
    @Test
    void changeThatNoLeaderSaysIsNotUnknown() {
        membership.view = FakeMembership.withoutLeader();
        var answer = call("GET", "changes/99", "");
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.headers()).containsEntry("Retry-After", "1");
    }

    /** It may have been accepted since a leader answered last. */
    @Test
    void changeThatNoLeaderSaidIsNotUnknown() {
        membership.view = FakeMembership.of(1L, FakeMembership.member(1, "leader"));
        assertThat(call("GET", "changes/99", "").status()).isEqualTo(503);
    }

    @Test
    void changeIsCancelled() {
        var answer = call("DELETE", "changes/17", "");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(membership.cancelled).containsExactly(17L);
        membership.outcome = new ChangeOutcome.Refused(Reason.UNKNOWN, "there is no change 17", membership.view);
        assertThat(call("DELETE", "changes/17", "").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @EnumSource(Reason.class)
    void refusalSaysWhyAndHowTheMembersAre(Reason reason) {
        membership.outcome = new ChangeOutcome.Refused(reason, "because", null);
        var answer = call("DELETE", "members/3", "");
        int status =
                switch (reason) {
                    case INVALID -> 400;
                    case UNKNOWN -> 404;
                    case NO_LEADER -> 503;
                    default -> 409;
                };
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.type()).isEqualTo("application/problem+json");
        assertThat(answer.headers().containsKey("Retry-After")).isEqualTo(reason == Reason.NO_LEADER);
        JsonNode body = json(answer);
        assertThat(body.get("status").asInt()).isEqualTo(status);
        assertThat(body.get("outcome").asString()).isEqualTo("refused");
        assertThat(body.get("reason").asString()).isEqualTo(reason.name());
        assertThat(body.get("detail").asString()).isEqualTo("because");
        assertThat(body.get("instance").asString()).isEqualTo("/app/raft/admin/members/3");
        assertThat(body.at("/configuration/version").asLong()).isEqualTo(reason == Reason.NO_LEADER ? 0 : 7);
    }

    @Test
    void changeThatMayHaveBegunIsSaidSo() {
        membership.outcome = new ChangeOutcome.Undecided("the leader did not answer");
        var answer = call("DELETE", "members/3", "");
        assertThat(answer.status()).isEqualTo(504);
        assertThat(json(answer).get("outcome").asString()).isEqualTo("unknown");
        assertThat(detail(answer))
                .contains("the leader did not answer", "GET /app/raft/admin/members", "Idempotency-Key");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "POST | members | {\"id\":4 | 400 | the body is no JSON | line 1, column",
                "POST | members | {\"id\":4,\"id\":5} | 400 | the body is no JSON | write, for example, {\"id\":4,",
                "POST | members | {\"id\":4,\"address\":\"a:1\"} x | 400 | the body is no JSON | column",
                "POST | members | [4] | 400 | the body is [4] | write, for example",
                "POST | members | 4 | 400 | the body is 4 | write, for example",
                "POST | members | | 400 | id is missing | from 1 upwards",
                "POST | members | {\"id\":\"4\",\"address\":\"a:1\"} | 400 | id is \"4\" | from 1 upwards",
                "POST | members | {\"id\":0,\"address\":\"a:1\"} | 400 | id is 0 | from 1 upwards",
                "POST | members | {\"id\":4.5,\"address\":\"a:1\"} | 400 | id is 4.5 | from 1 upwards",
                "POST | members | {\"id\":99999999999999999999,\"address\":\"a:1\"} | 400 | id is 9999 | from 1 upwards",
                "POST | members | {\"id\":4} | 400 | address is missing | node4:7400",
                "POST | members | {\"id\":4,\"address\":7404} | 400 | address is 7404 | a text in quotation marks",
                "POST | members | {\"id\":4,\"address\":\"http://a:1\"} | 400 | address is \"http://a:1\" | host:port",
                "POST | members | {\"id\":4,\"address\":\"a\"} | 400 | which has no port | host:port",
                "POST | members | {\"id\":4,\"address\":\"a:70000\"} | 400 | address is \"a:70000\" | host:port",
                "POST | members | {\"id\":4,\"address\":\"0.0.0.0:7400\"} | 400 | address is \"0.0.0.0:7400\" | host:port",
                "POST | members | {\"id\":4,\"address\":\"10.0.0.256:1\"} | 400 | address is \"10.0.0.256:1\" | host:port",
                "POST | members | {\"id\":4,\"adress\":\"a:1\"} | 400 | no field 'adress' in the body | id, address, promote",
                "POST | members | {\"id\":4,\"address\":\"a:1\",\"promote\":true} | 400 | promote is true | \"auto\" or \"manual\"",
                "POST | members | {\"id\":4,\"address\":\"a:1\",\"version\":\"x\"} | 400 | version is \"x\" | GET members",
                "POST | members | {\"id\":4,\"address\":\"a:1\",\"version\":-1} | 400 | version is -1 | GET members",
                "PUT | members | {} | 400 | members is missing | for example",
                "PUT | members | {\"members\":[]} | 400 | members is [] | for example",
                "PUT | members | {\"members\":[4]} | 400 | members[0] is 4 | a member, for example",
                "PUT | members | {\"members\":[{\"id\":1},{\"id\":1}]} | 400 | members[1].id is 1 | write each member once",
                "PUT | members | {\"members\":[{\"id\":1,\"vote\":true}]} | 400 | no field 'vote' in members[0] | id, address, voter",
                "PUT | members | {\"members\":[{\"id\":1,\"voter\":\"yes\"}]} | 400 | members[0].voter is \"yes\" | true or false",
                "PUT | members | {\"members\":[{\"id\":1,\"role\":\"learner\"}]} | 400 | members[0].role is what | \"voter\":false",
                "PUT | members?dryrun=true | {\"members\":[{\"id\":1}]} | 400 | no parameter 'dryrun' | dryRun",
                "PUT | members?dryRun=yes | {\"members\":[{\"id\":1}]} | 400 | dryRun is 'yes' | dryRun=true",
                "PUT | members?dryRun | {\"members\":[{\"id\":1}]} | 400 | dryRun is '' | dryRun=true",
                "PUT | members?dryRun=true&dryRun=false | {\"members\":[{\"id\":1}]} | 400 | written 2 times | dryRun",
                "PUT | members/2 | {\"id\":3,\"address\":\"a:1\"} | 400 | id is 3, and 2 in the path | leave it out",
                "PUT | members/two | {\"address\":\"a:1\"} | 400 | the id in members/two is 'two' | a whole number",
                "DELETE | members/-3 | | 400 | the id in members/-3 is '-3' | a whole number",
                "DELETE | members/3?version=x | | 400 | version is 'x' | GET members",
                "DELETE | members/3 | {\"version\":7} | 400 | has no body | ?version=N",
                "POST | members/4/promote | {\"now\":true} | 400 | no field 'now' | version",
                "POST | replace | {\"in\":[{\"id\":5,\"address\":\"e:1\"}]} | 400 | out is missing | [3]",
                "POST | replace | {\"in\":[{\"id\":5}],\"out\":[1]} | 400 | in[0].address is missing | node5:7400",
                "POST | replace | {\"in\":[{\"id\":5,\"address\":\"e:1\"}],\"out\":[\"1\"]} | 400 | out[0] is \"1\" | upwards",
                "POST | leader | {\"to\":\"2\"} | 400 | to is \"2\" | from 1 upwards",
                "POST | leader | {\"target\":2} | 400 | no field 'target' | to",
                "POST | snapshot | {\"wait\":true} | 400 | no field 'wait' | write nothing there",
                "GET | member | | 404 | there is no call 'member' | members/{id}/promote",
                "PATCH | members | {} | 405 | PATCH is not a method | GET, PUT, POST",
                "GET | members/3 | | 405 | GET is not a method | PUT, DELETE"
            })
    void requestThatIsNoneIsToldWhatWasWrittenAndWhatToWrite(
            String method, String path, @Nullable String body, int status, String written, String instead) {
        var answer = call(method, path, body == null ? "" : body);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.type()).isEqualTo("application/problem+json");
        assertThat(detail(answer)).contains(written, instead).doesNotContain("Exception");
        assertThat(json(answer).get("outcome").asString()).isEqualTo("refused");
        if (status == 400) {
            assertThat(json(answer).at("/configuration/version").asLong()).isEqualTo(7);
        }
        assertThat(membership.changes).isEmpty();
        assertThat(membership.transfers).isEmpty();
    }

    @Test
    void bodyThatSaysItIsNoJsonIsNotRead() {
        var form = new AdminRequest(
                "POST",
                "/raft/admin",
                "members",
                null,
                new AdminRequest.Content("application/x-www-form-urlencoded", "{}".getBytes(UTF_8)),
                AdminRequest.Headers.NONE,
                "");
        var answer = handler.handle(form).join();
        assertThat(answer.status()).isEqualTo(415);
        assertThat(detail(answer)).contains("x-www-form-urlencoded", "Content-Type: application/json");
        var large = new AdminRequest.Content("application/json", new byte[AdminRequest.MAX_BODY_BYTES + 1]);
        assertThat(handler.handle(new AdminRequest(
                                "POST", "/raft/admin", "members", null, large, AdminRequest.Headers.NONE, ""))
                        .join()
                        .status())
                .isEqualTo(413);
    }

    @Test
    void methodsOfACallAreTold() {
        var answer = call("OPTIONS", "members/4", "");
        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.headers()).containsEntry("Allow", "PUT, DELETE, OPTIONS");
        assertThat(call("HEAD", "members", "").status()).isEqualTo(200);
    }

    @Test
    void leaderIsToldAndMoved() {
        fake.leaderId = 2L;
        assertThat(json(call("GET", "leader", "")))
                .isEqualTo(Json.read("{\"leader\":2,\"term\":3,\"self\":1}".getBytes(UTF_8)));
        assertThat(json(call("POST", "leader", "{\"to\":2}")).get("leader").asLong())
                .isEqualTo(2);
        call("POST", "leader", "{}");
        call("POST", "leader", "");
        assertThat(membership.transfers).containsExactly(2L, null, null);
        fake.leaderId = null;
        assertThat(call("GET", "leader", "").status()).isEqualTo(503);
    }

    @ParameterizedTest
    @CsvSource({"4, 409, REFUSED", "9, 404, UNKNOWN"})
    void memberThatCanNotLeadIsRefused(long target, int status, String reason) {
        membership.view = FakeMembership.changing();
        membership.transferOutcome = new TransferOutcome.InvalidTarget("it has no vote");
        var answer = call("POST", "leader", "{\"to\":" + target + "}");
        assertThat(answer.status()).isEqualTo(status);
        assertThat(json(answer).get("reason").asString()).isEqualTo(reason);
        assertThat(json(answer).at("/configuration/version").asLong()).isEqualTo(7);
    }

    @Test
    void transferThatDidNotEndIsSaid() {
        fake.state = ReplicaState.RUNNING;
        membership.transferOutcome = new TransferOutcome.TimedOut("node 2 did not take over");
        var answer = call("POST", "leader", "{\"to\":2}");
        assertThat(answer.status()).isEqualTo(504);
        assertThat(json(answer).get("outcome").asString()).isEqualTo("unknown");
        fake.state = ReplicaState.REMOVED;
        assertThat(call("POST", "leader", "{\"to\":2}").status()).isEqualTo(503);
        membership.transferOutcome = new TransferOutcome.NotLeader(null);
        assertThat(call("POST", "leader", "{\"to\":2}").status()).isEqualTo(503);
    }

    @Test
    void memberStepsDownIfItLeads() {
        fake.leader = true;
        fake.transferOutcome = new TransferOutcome.Transferred(3, 4);
        assertThat(json(call("POST", "step-down", "")).get("leader").asLong()).isEqualTo(3);
        fake.leader = false;
        fake.leaderId = 3L;
        JsonNode follower = json(call("POST", "step-down", ""));
        assertThat(follower.get("steppedDown").asBoolean(true)).isFalse();
        assertThat(fake.events).containsExactly("transfer to null");
        fake.leader = true;
        fake.transferOutcome = new TransferOutcome.InvalidTarget("there is nobody else");
        assertThat(call("POST", "step-down", "").status()).isEqualTo(409);
    }

    @Test
    void snapshotIsWaitedFor() {
        fake.snapshotOutcome = new SnapshotOutcome.Taken(42, 4096);
        assertThat(json(call("POST", "snapshot", "")))
                .isEqualTo(Json.read("{\"index\":42,\"sizeBytes\":4096}".getBytes(UTF_8)));
        fake.snapshotOutcome = new SnapshotOutcome.NotTaken("the state machine 'kv' could not give its state");
        var answer = call("POST", "snapshot", "");
        assertThat(answer.status()).isEqualTo(503);
        assertThat(detail(answer)).contains("'kv' could not give its state");
    }

    @Test
    void driftIsToldWithTheCallThatEndsIt() {
        JsonNode body = json(call("GET", "drift", ""));
        assertThat(body.get("drift").asBoolean(false)).isTrue();
        assertThat(body.at("/notConfigured/0").asLong()).isEqualTo(3);
        assertThat(body.at("/operation/path").asString()).isEqualTo("/app/raft/admin/members");
        String operation = body.at("/operation/body").toString();
        assertThat(call("PUT", "members?dryRun=true", operation).status()).isEqualTo(200);
        assertThat(membership.plans).hasSize(1);
    }

    @Test
    void failureOfTheMemberIsNotShownAndNotHeldBack() {
        fake.membershipFailure = new IllegalStateException("a secret");
        var answer = call("DELETE", "members/3", "");
        assertThat(answer.status()).isEqualTo(500);
        assertThat(detail(answer)).contains("the log").doesNotContain("secret");
        assertThat(json(answer).get("configuration").isNull()).isTrue();
        assertThat(call("DELETE", "members/x", "").status()).isEqualTo(400);
    }

    private AdminAnswer call(String method, String path, String body) {
        var answer = handler.handle(request(method, path, body, null, "ada")).join();
        // Whoever sent what could not be done sees how the members are, wherever that is known.
        if (answer.status() >= 400
                && fake.membershipFailure == null
                && !reason(answer).equals(Reason.NO_LEADER.name())) {
            assertThat(json(answer).at("/configuration/version").asLong())
                    .as(answer.toString())
                    .isEqualTo(7);
        }
        return answer;
    }

    private static String reason(AdminAnswer answer) {
        return json(answer).path("reason").asString("");
    }

    private static AdminRequest request(String method, String path, String body, @Nullable String key, String by) {
        String[] parts = path.split("\\?", 2);
        return new AdminRequest(
                method,
                "/app/raft/admin",
                parts[0],
                parts.length == 1 ? null : parts[1],
                new AdminRequest.Content(body.isEmpty() ? null : "application/json", body.getBytes(UTF_8)),
                new AdminRequest.Headers(key, null, null),
                by);
    }

    private static JsonNode json(AdminAnswer answer) {
        return Json.read(answer.bytes());
    }

    private static String detail(AdminAnswer answer) {
        return json(answer).get("detail").asString();
    }
}
