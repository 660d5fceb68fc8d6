package io.raftboot.demo.process;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Callers that count up, in memory by compare-and-set on a key of their own, and in the database by moving one unit from one
 * account to another. Each request has an idempotency key and is sent again, through whichever member, until there is an
 * answer. A compare-and-set that is done twice fails the second time, and a transfer that is done twice moves two.
 */
final class Incrementers implements AutoCloseable {
    static final int CALLERS = 16;

    /** Enough to be under way through all kills; {@code -Draft.killed.increments=625} makes 10,000 of all callers. */
    static final int INCREMENTS_BY_CALLER = Integer.getInteger("raft.killed.increments", 160);

    static final String PAYER = "payer";
    static final String PAYEE = "payee";
    private static final int HTTP_OK = 200;
    private static final int SENT_AGAIN_ONE_OF = 16;
    private static final long PAUSE_MILLIS = 20;

    private final List<MemberProcess> members;
    private final ExecutorService pool = Executors.newFixedThreadPool(CALLERS);
    private final List<Future<?>> callers = new ArrayList<>();

    /** A latch that is never counted down: whoever waits for it only keeps a distance. */
    private final CountDownLatch pause = new CountDownLatch(1);

    private final AtomicInteger sentAgain = new AtomicInteger();

    /** The accounts are there, with all that is going to be moved. */
    Incrementers(List<MemberProcess> members, long seed) {
        this.members = members;
        for (int i = 0; i < CALLERS; i++) {
            int caller = i;
            callers.add(pool.submit(() -> {
                run(caller, new SplittableRandom(seed + caller));
                return true;
            }));
        }
        pool.shutdown();
    }

    static String key(int caller) {
        return "count-" + caller;
    }

    /** How often a request was sent another time. */
    int sentAgain() {
        return sentAgain.get();
    }

    /** Waits until each has the answer to its last request. */
    void awaitDone() throws ExecutionException, InterruptedException {
        for (Future<?> caller : callers) {
            caller.get();
        }
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }

    private void run(int caller, SplittableRandom random) throws InterruptedException {
        for (int i = 0; i < INCREMENTS_BY_CALLER; i++) {
            String expected = i == 0 ? "null" : "\"" + i + "\"";
            request(
                    random,
                    "/kv/" + key(caller) + "/compare-and-set",
                    "{\"expected\":" + expected + ",\"update\":\"" + (i + 1) + "\"}",
                    "memory-" + caller + "-" + i,
                    "\"swapped\":true");
            request(
                    random,
                    "/transfers",
                    "{\"from\":\"" + PAYER + "\",\"to\":\"" + PAYEE + "\",\"amount\":1}",
                    "database-" + caller + "-" + i,
                    "\"amount\":1");
        }
    }

    private void request(SplittableRandom random, String path, String body, String key, String wanted)
            throws InterruptedException {
        String answer = answer(random, path, body, key);
        if (!answer.contains(wanted)) {
            throw new AssertionError(path + " with key " + key + " came to " + answer);
        }
        // As a caller would that did not get the first answer, whether or not a kill saw to that.
        if (random.nextInt(SENT_AGAIN_ONE_OF) == 0) {
            sentAgain.incrementAndGet();
            String again = answer(random, path, body, key);
            if (!again.equals(answer)) {
                throw new AssertionError(path + " with key " + key + " came to " + answer + ", and then to " + again);
            }
        }
    }

    private String answer(SplittableRandom random, String path, String body, String key) throws InterruptedException {
        HttpResponse<String> response = post(random, path, body, key);
        while (response == null || response.statusCode() != HTTP_OK) {
            if (response != null && response.statusCode() < 500) {
                throw new AssertionError(path + " with key " + key + " was answered " + response.body());
            }
            sentAgain.incrementAndGet();
            boolean unused = pause.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            response = post(random, path, body, key);
        }
        return response.body();
    }

    private @Nullable HttpResponse<String> post(SplittableRandom random, String path, String body, String key) {
        try {
            return members.get(random.nextInt(members.size())).post(path, body, key);
        } catch (IOException e) {
            // Killed before it answered: nobody knows what became of it, and so it is sent again.
            return null;
        }
    }
}
