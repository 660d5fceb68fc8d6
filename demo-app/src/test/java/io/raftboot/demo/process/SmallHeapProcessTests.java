package io.raftboot.demo.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Members whose whole heap is not much more than the log's cache once was. */
class SmallHeapProcessTests {
    private static final String HEAP = "96m";
    private static final int CALLERS = 4;
    private static final int KEYS = 20;
    private static final int VALUE_BYTES = 400_000;

    /** More bytes than the heap has. */
    private static final int WRITES = 300;

    private static final int HTTP_OK = 200;
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger acknowledged = new AtomicInteger();
    private final CountDownLatch done = new CountDownLatch(CALLERS);

    @Test
    void largeValuesFillNoHeap() throws Exception {
        try (var cluster = new ClusterOfProcesses("small-heap", HEAP)) {
            cluster.startAll();
            cluster.awaitLeader();
            List<Thread> callers = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                var caller = new Thread(() -> write(cluster.members()), "caller-" + i);
                caller.start();
                callers.add(caller);
            }
            boolean ended = done.await(LIMIT.toSeconds(), TimeUnit.SECONDS);
            callers.forEach(Thread::interrupt);
            for (MemberProcess member : cluster.members()) {
                assertThat(member.get("/actuator/raft").body()).contains("\"state\":\"running\"");
                assertThat(member.output()).doesNotContain("OutOfMemoryError");
            }
            assertThat(ended).as("%s of %s writes", acknowledged, WRITES).isTrue();
        }
    }

    private void write(List<MemberProcess> members) {
        String value = "v".repeat(VALUE_BYTES);
        for (int number = next.getAndIncrement(); number < WRITES; number = next.getAndIncrement()) {
            try {
                while (!isAcknowledged(members.get(number % members.size()), "key" + number % KEYS, value)) {
                    if (Thread.currentThread().isInterrupted()) {
                        return;
                    }
                }
                acknowledged.incrementAndGet();
            } catch (IOException e) {
                // Broken off, or no answer in time: by a member that fails, which is looked for in the end.
            }
        }
        done.countDown();
    }

    private static boolean isAcknowledged(MemberProcess member, String key, String value) throws IOException {
        return member.put(key, value).statusCode() == HTTP_OK;
    }
}
