package io.raftboot.demo.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** All callers of a group. In the end each command of theirs has to be accounted for, by every member alike. */
final class Callers implements AutoCloseable {
    private static final int SIZE = 5;
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Timeline timeline;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final List<Caller> callers;
    private final List<Thread> threads = new ArrayList<>();

    /** Starts them: the last one does not repeat anything. */
    Callers(Supplier<List<MemberProcess>> inService, Timeline timeline) {
        this.timeline = timeline;
        this.callers = IntStream.range(0, SIZE)
                .mapToObj(i -> new Caller("a", i, i < SIZE - 1, inService, timeline, stopped))
                .toList();
        for (Caller caller : callers) {
            var thread = new Thread(caller, "caller-" + threads.size());
            thread.start();
            threads.add(thread);
        }
    }

    /** Waits until this many more commands than now are acknowledged. */
    void awaitMore(int commands) {
        int wanted = timeline.acknowledged() + commands;
        await("more commands are acknowledged")
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(5))
                .failFast("a caller could not go on", () -> callers.stream().anyMatch(c -> c.failure() != null))
                .until(() -> timeline.acknowledged() >= wanted);
    }

    /** Lets each have the result of its last command; then there are no more. */
    void stop() throws InterruptedException {
        stopped.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        for (Caller caller : callers) {
            if (caller.failure() != null) {
                throw new AssertionError("a caller could not go on", caller.failure());
            }
        }
    }

    @Override
    public void close() {
        stopped.countDown();
        threads.forEach(Thread::interrupt);
    }

    /** Once they have stopped: all members have the same, and that is what the callers were told. */
    void assertAccountedFor(List<MemberProcess> members) throws IOException {
        await("all members have the same")
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(() -> {
                    long applied = applied(members.get(0));
                    assertThat(members.stream().mapToLong(Callers::applied)).containsOnly(applied);
                    assertThat(members.stream().map(Callers::accounts).distinct())
                            .hasSize(1);
                });
        var balances = balances(accounts(members.get(0)));
        assertThat(balances)
                .hasSize(2 * callers.stream().mapToInt(Caller::blocks).sum());
        for (Caller caller : callers) {
            assertThat(caller.wrong(balances)).isEmpty();
            for (MemberProcess member : members) {
                if (caller.counted() > 0) {
                    assertThat(member.get("/kv/" + caller.counter() + "?consistency=local")
                                    .body())
                            .isEqualTo(String.valueOf(caller.counted()));
                }
            }
        }
    }

    private static long applied(MemberProcess member) {
        return Objects.requireNonNullElse(member.raft("appliedIndex"), -1L);
    }

    private static String accounts(MemberProcess member) {
        try {
            return member.get("/accounts?consistency=local").body();
        } catch (IOException e) {
            throw new AssertionError("a member does not answer", e);
        }
    }

    private static Map<String, Long> balances(String json) {
        var balances = new TreeMap<String, Long>();
        for (JsonNode account : JSON.readTree(json)) {
            balances.put(account.get("id").asString(), account.get("balance").asLong());
        }
        return balances;
    }
}
