package io.raftboot.demo.process;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Changes the members by {@code /raft/admin}, of whichever member is in service, and waits until each change is done. A call that
 * no leader took, or that got no answer, is sent again under its idempotency key, as the documentation says.
 */
final class Operator {
    private static final String ADMIN = "/raft/admin/";
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(50);
    private static final JsonMapper JSON = JsonMapper.shared();

    private final RunningGroup cluster;
    private int calls;
    private int asked;

    Operator(RunningGroup cluster) {
        this.cluster = cluster;
    }

    void add(long id) {
        change("POST", "members", "{\"id\":" + id + ",\"address\":\"" + cluster.address(id) + "\"}");
    }

    void remove(long id) {
        change("DELETE", "members/" + id, "");
    }

    void replace(List<Long> in, List<Long> out) {
        change("POST", "replace", "{\"in\":" + members(in) + ",\"out\":" + out + "}");
    }

    /** Says who is to be there, as a whole and for the present version. */
    void set(List<Long> ids) {
        change(
                "PUT",
                "members",
                "{\"version\":" + members().get("version").asLong() + ",\"members\":" + members(ids) + "}");
    }

    /** Says at once where members are to be reached. */
    void move(List<Long> ids, List<Integer> raftPorts) {
        var members = new ArrayList<String>();
        for (long id : ids) {
            members.add("{\"id\":" + id + ",\"address\":\"127.0.0.1:" + raftPorts.get(members.size()) + "\"}");
        }
        change("PUT", "members", "{\"members\":" + members + "}");
    }

    /** Says where one member is to be reached. */
    void move(long id, int raftPort) {
        change("PUT", "members/" + id, "{\"address\":\"127.0.0.1:" + raftPort + "\"}");
    }

    private List<String> members(List<Long> ids) {
        return ids.stream()
                .map(id -> "{\"id\":" + id + ",\"address\":\"" + cluster.address(id) + "\"}")
                .toList();
    }

    /** What {@code GET members} answers, of a member that knows a leader. */
    JsonNode members() {
        return ask("members", answer -> answer.path("leader").isNumber());
    }

    long leader() {
        return members().get("leader").asLong();
    }

    /** The member of that id; null if there is none. */
    @Nullable
    JsonNode member(long id) {
        for (JsonNode member : members().get("members")) {
            if (member.get("id").asLong() == id) {
                return member;
            }
        }
        return null;
    }

    /** The directory that a member has. */
    String incarnation(long id) {
        return Objects.requireNonNull(member(id)).get("incarnation").asString();
    }

    /** Waits until a voter comes with another directory than that, keeps up, and no change is under way. */
    void awaitReplaced(long id, String incarnation) {
        await("node " + id + " takes its own place")
                .atMost(LIMIT)
                .pollInterval(POLL)
                .until(() -> {
                    var member = member(id);
                    return member != null
                            && member.get("voter").asBoolean()
                            && member.get("healthy").asBoolean()
                            && !member.get("incarnation").asString("").equals(incarnation)
                            && members().get("change").isNull();
                });
    }

    /** Waits for 200 of a member, as a hook before the end of its process would. */
    void awaitNotCritical(long id) {
        await("the group can do without node " + id)
                .atMost(LIMIT)
                .pollInterval(POLL)
                .until(() -> cluster.process(id).status("/actuator/raft/quorum-critical") == 200);
    }

    /** Waits until somebody who was removed says so, and is not ready. */
    void awaitRemoved(long id) {
        await("node " + id + " knows that it was removed")
                .atMost(LIMIT)
                .pollInterval(POLL)
                .until(() -> {
                    var process = cluster.process(id);
                    return process.isAlive()
                            && process.status("/actuator/health/readiness") == 503
                            && process.get("/actuator/health").body().contains("\"removed\"");
                });
    }

    private void change(String method, String path, String body) {
        calls++;
        String key = "operator-" + calls;
        var begun = new AtomicReference<@Nullable JsonNode>();
        await(method + " " + path + " " + body).atMost(LIMIT).pollInterval(POLL).until(() -> {
            var response = call(method, path, body, key);
            if (response == null || response.statusCode() >= 500) {
                return false;
            }
            if (response.statusCode() != 202) {
                throw new AssertionError(method + " " + path + " " + body + " was answered " + response.body());
            }
            begun.set(JSON.readTree(response.body()));
            return true;
        });
        long id = Objects.requireNonNull(begun.get()).get("id").asLong();
        var ended =
                ask("changes/" + id, answer -> !answer.get("state").asString().equals("running"));
        if (!ended.get("state").asString().equals("done")) {
            throw new AssertionError(method + " " + path + " " + body + " ended as " + ended);
        }
    }

    private JsonNode ask(String path, Predicate<JsonNode> wanted) {
        var newest = new AtomicReference<@Nullable JsonNode>();
        try {
            await(path).atMost(LIMIT).pollInterval(POLL).until(() -> {
                var response = call("GET", path, "", "read");
                if (response == null || response.statusCode() != 200) {
                    return false;
                }
                newest.set(JSON.readTree(response.body()));
                return wanted.test(Objects.requireNonNull(newest.get()));
            });
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(path + " came to " + newest.get(), e);
        }
        return Objects.requireNonNull(newest.get());
    }

    /** Null without an answer. Another member is asked each time. */
    private @Nullable HttpResponse<String> call(String method, String path, String body, String key) {
        var members = cluster.inService();
        asked++;
        try {
            return members.get(asked % members.size()).call(method, ADMIN + path, body, key);
        } catch (IOException e) {
            return null;
        }
    }
}
