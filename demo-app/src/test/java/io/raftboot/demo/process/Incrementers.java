package io.raftboot.demo.process;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Threads that count a key up by compare-and-set, each attempt under an idempotency key of its own that is sent again,
 * through whichever member, until there is an answer. A compare-and-set that was applied and taken for one that was not
 * would be counted twice.
 */
final class Incrementers implements AutoCloseable {
    static final String KEY = "counter";
    private static final int HTTP_OK = 200;
    private static final int HTTP_NOT_FOUND = 404;
    private static final int THREADS = 2;
    private static final long PACE_MILLIS = 20;

    private final List<MemberProcess> members;
    private final List<Thread> threads = new ArrayList<>();
    private final CountDownLatch stopped = new CountDownLatch(1);

    /** Never counted down: whoever waits for it only keeps a distance. */
    private final CountDownLatch pause = new CountDownLatch(1);

    private final AtomicInteger counted = new AtomicInteger();
    private final AtomicInteger sentAgain = new AtomicInteger();
    private final AtomicInteger answeredOtherwise = new AtomicInteger();

    Incrementers(List<MemberProcess> members) {
        this.members = members;
        for (int i = 0; i < THREADS; i++) {
            int first = i;
            var thread = new Thread(() -> run(first), "incrementer-" + (i + 1));
            thread.start();
            threads.add(thread);
        }
    }

    /** How often the threads were told that they had counted. */
    int counted() {
        return counted.get();
    }

    /** How often an attempt was sent another time. */
    int sentAgain() {
        return sentAgain.get();
    }

    /** How often the second answer was not the first. */
    int answeredOtherwise() {
        return answeredOtherwise.get();
    }

    /** Waits until each thread has had the answer to its last attempt. */
    @Override
    public void close() {
        stopped.countDown();
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    private void run(int first) {
        int member = first;
        try {
            while (!stopped.await(PACE_MILLIS, TimeUnit.MILLISECONDS)) {
                member++;
                increment(member);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void increment(int first) throws InterruptedException {
        String current = current(first);
        if (current == null) {
            return;
        }
        String expected = current.isEmpty() ? "null" : '"' + current + '"';
        int next = current.isEmpty() ? 1 : Integer.parseInt(current) + 1;
        String body = "{\"expected\":" + expected + ",\"update\":\"" + next + "\"}";
        String key = UUID.randomUUID().toString();
        for (int member = first; ; member++) {
            HttpResponse<String> response = compareAndSet(member(member), body, key);
            if (response != null && response.statusCode() == HTTP_OK) {
                counted.addAndGet(response.body().contains("\"swapped\":true") ? 1 : 0);
                sendAgain(member(member + 1), body, key, response.body());
                return;
            }
            sentAgain.incrementAndGet();
            boolean unused = pause.await(PACE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** As a caller would that did not get the first answer, whether or not a kill saw to that. */
    private void sendAgain(MemberProcess member, String body, String key, String answer) {
        HttpResponse<String> again = compareAndSet(member, body, key);
        if (again != null && again.statusCode() == HTTP_OK) {
            sentAgain.incrementAndGet();
            answeredOtherwise.addAndGet(again.body().equals(answer) ? 0 : 1);
        }
    }

    /** The value, empty if there is none yet, null if nobody says so now. */
    private @Nullable String current(int member) {
        try {
            HttpResponse<String> response = member(member).get("/kv/" + KEY);
            return switch (response.statusCode()) {
                case HTTP_OK -> response.body();
                case HTTP_NOT_FOUND -> "";
                default -> null;
            };
        } catch (IOException e) {
            return null;
        }
    }

    private static @Nullable HttpResponse<String> compareAndSet(MemberProcess member, String body, String key) {
        try {
            return member.post("/kv/" + KEY + "/compare-and-set", body, key);
        } catch (IOException e) {
            // Killed before it answered: nobody knows what became of it, and so it is sent again.
            return null;
        }
    }

    private MemberProcess member(int number) {
        return members.get(Math.floorMod(number, members.size()));
    }
}
