package io.raftboot.demo.playground;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * How one member says that it is, and what it has applied. It is asked one thing at a time, and again only when it has answered: one that
 * is paused is not asked more and more. Values are read from the member's own state, which may be behind the others'. Any thread.
 */
final class MemberWatch {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int OK = 200;
    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;

    private final long member;
    private final MemberClient client;
    private final WatchedKeys keys;
    private final AtomicReference<@Nullable Question> asked = new AtomicReference<>();
    private volatile @Nullable Seen seen;

    /** Something that is not answered yet. */
    private record Question(long sinceNanos) {}

    /**
     * What a member said.
     *
     * @param values by key; null for a key that it does not have
     * @param accounts balances by account
     */
    private record Seen(
            long atNanos, JsonNode status, Map<String, @Nullable String> values, Map<String, Long> accounts) {
        long applied() {
            return status.path("appliedIndex").asLong();
        }
    }

    MemberWatch(long member, MemberClient client, WatchedKeys keys) {
        this.member = member;
        this.client = client;
        this.keys = keys;
    }

    /** Asks, unless it has not answered yet. */
    void look() {
        var question = new Question(System.nanoTime());
        if (asked.compareAndSet(null, question)) {
            var unused = client.read(member, "/actuator/raft")
                    .thenApply(MemberWatch::json)
                    .thenCompose(this::values)
                    .whenComplete((now, failure) -> {
                        if (failure == null) {
                            seen = now;
                        }
                        asked.set(null);
                    });
        }
    }

    /** Reads again only what may have changed, so that looking costs a member next to nothing while nobody writes. */
    private CompletableFuture<Seen> values(JsonNode status) {
        var before = seen;
        List<String> wanted = keys.all();
        if (before != null
                && before.applied() == status.path("appliedIndex").asLong()
                && before.values().keySet().containsAll(wanted)) {
            return CompletableFuture.completedFuture(
                    new Seen(System.nanoTime(), status, before.values(), before.accounts()));
        }
        Map<String, CompletableFuture<HttpResponse<String>>> reads = new LinkedHashMap<>();
        for (String key : wanted) {
            String name = URLEncoder.encode(key, StandardCharsets.UTF_8).replace("+", "%20");
            reads.put(key, client.read(member, "/kv/" + name + "?consistency=local"));
        }
        var accounts = client.read(member, "/accounts?consistency=local");
        var all = new ArrayList<CompletableFuture<?>>(reads.values());
        all.add(accounts);
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).thenApply(done -> {
            Map<String, @Nullable String> values = new LinkedHashMap<>();
            reads.forEach((key, read) -> values.put(key, value(read.join())));
            return new Seen(System.nanoTime(), status, values, balances(json(accounts.join())));
        });
    }

    private static @Nullable String value(HttpResponse<String> answer) {
        // Nor is a key there that no member takes.
        if (answer.statusCode() == NOT_FOUND || answer.statusCode() == BAD_REQUEST) {
            return null;
        }
        return checked(answer).body();
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return JSON.readTree(checked(answer).body());
    }

    private static HttpResponse<String> checked(HttpResponse<String> answer) {
        if (answer.statusCode() != OK) {
            throw new UncheckedIOException(new IOException("the member answers " + answer.statusCode()));
        }
        return answer;
    }

    private static Map<String, Long> balances(JsonNode list) {
        Map<String, Long> balances = new LinkedHashMap<>();
        list.forEach(account -> balances.put(
                account.path("id").asString(), account.path("balance").asLong()));
        return balances;
    }

    /** As the page gets it. */
    Map<String, @Nullable Object> shape() {
        long nowNanos = System.nanoTime();
        var last = seen;
        var question = asked.get();
        Map<String, @Nullable Object> shape = new LinkedHashMap<>();
        shape.put("ageMillis", last == null ? null : (nowNanos - last.atNanos()) / 1_000_000);
        shape.put("askedMillis", question == null ? null : (nowNanos - question.sinceNanos()) / 1_000_000);
        for (String field : List.of("role", "term", "leader", "commitIndex", "appliedIndex")) {
            shape.put(field, last == null ? null : last.status().get(field));
        }
        shape.put("values", last == null ? Map.of() : last.values());
        shape.put("accounts", last == null ? Map.of() : last.accounts());
        return shape;
    }
}
