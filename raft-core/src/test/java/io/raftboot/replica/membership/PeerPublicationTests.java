package io.raftboot.replica.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PeerPublicationTests {
    private final AtomicInteger newest = new AtomicInteger(1);
    private final List<Integer> told = new CopyOnWriteArrayList<>();

    /** One thread has looked, and is about to tell, when another one learns something newer. */
    @Test
    void whatIsToldLastIsTheNewest() throws Exception {
        var looked = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        var publication = new PeerPublication(() -> {
            int seen = newest.get();
            looked.countDown();
            if (seen == 1) {
                pass(goOn);
            }
            told.add(seen);
        });
        var slow = CompletableFuture.runAsync(publication::changed);
        pass(looked);
        newest.set(2);
        publication.changed();
        goOn.countDown();
        slow.get(30, TimeUnit.SECONDS);
        assertThat(told).endsWith(2);
    }

    @Test
    void changeBehindOneThatFailedIsTold() {
        var publication = new PeerPublication(() -> {
            if (newest.get() == 1) {
                throw new IllegalStateException("can't be told");
            }
            told.add(newest.get());
        });
        assertThatIllegalStateException().isThrownBy(publication::changed);
        newest.set(2);
        publication.changed();
        assertThat(told).containsExactly(2);
    }

    private static void pass(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
