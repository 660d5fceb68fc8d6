package io.raftboot.demo.process;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;

/**
 * One thread for each member that writes through it, a new key each time, as long as there are permits, and remembers
 * what was acknowledged.
 */
final class Writers implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int HTTP_OK = 200;

    private final Map<String, String> acknowledged;
    private final Semaphore permits = new Semaphore(0);
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopped;

    /** Starts them, without permits. {@code acknowledged} gets key and value; it takes calls from several threads. */
    Writers(List<MemberProcess> members, Map<String, String> acknowledged) {
        this.acknowledged = acknowledged;
        for (int i = 0; i < members.size(); i++) {
            int number = i + 1;
            MemberProcess member = members.get(i);
            var thread = new Thread(() -> write(number, member), "writer-" + number);
            thread.start();
            threads.add(thread);
        }
    }

    /** Lets this many more writes be acknowledged in all. */
    void allow(int writes) {
        permits.release(writes);
    }

    /** Waits until this many writes more than now are acknowledged. */
    void awaitMore(int writes) {
        int wanted = acknowledged.size() + writes;
        await("more writes are acknowledged")
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> acknowledged.size() >= wanted);
    }

    @Override
    public void close() {
        stopped = true;
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    private void write(int number, MemberProcess member) {
        int sequence = 0;
        while (!stopped) {
            try {
                permits.acquire();
            } catch (InterruptedException e) {
                return;
            }
            sequence++;
            String key = "writer" + number + "-" + sequence;
            String value = "a=" + sequence + "&b=ü " + number;
            if (isAcknowledged(member, key, value)) {
                acknowledged.put(key, value);
            } else {
                permits.release();
            }
        }
    }

    private static boolean isAcknowledged(MemberProcess member, String key, String value) {
        try {
            return member.put(key, value).statusCode() == HTTP_OK;
        } catch (IOException e) {
            // Refused, or broken off in the middle: not acknowledged, so nothing is promised for this key.
            return false;
        }
    }
}
