package io.raftboot.demo.process;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One thread for each member that writes through it, a new key each time and one after the other, and remembers what
 * was acknowledged. At a steady pace, so that the number of keys to look for in the end stays within reason.
 */
final class Writers implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int HTTP_OK = 200;
    private static final long PACE_MILLIS = 40;

    private final Map<String, String> acknowledged;
    private final List<Thread> threads = new ArrayList<>();
    private final CountDownLatch stopped = new CountDownLatch(1);

    /** Starts them. {@code acknowledged} gets key and value; it takes calls from several threads. */
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
        stopped.countDown();
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
        try {
            while (!stopped.await(PACE_MILLIS, TimeUnit.MILLISECONDS)) {
                sequence++;
                String key = "writer" + number + "-" + sequence;
                String value = "a=" + sequence + "&b=ü " + number;
                if (isAcknowledged(member, key, value)) {
                    acknowledged.put(key, value);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
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
