package io.raftboot.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WriteProbeTests {
    private static final Load LOAD = new Load(16, 10, 1);

    @Test
    void goesOnThoughWritesNeverEnd() throws Exception {
        var begun = new LinkedBlockingQueue<PutTarget.Listener>();
        try (var probe = new WriteProbe((put, listener) -> begun.add(listener), LOAD)) {
            for (int i = 0; i < 3; i++) {
                begun.take();
            }
            assertThat(probe.firstSince(System.nanoTime() - 1_000_000_000L)).isEmpty();
        }
    }

    @Test
    void aWriteThatWasBegunBeforeDoesNotCount() throws Exception {
        var begun = new LinkedBlockingQueue<PutTarget.Listener>();
        try (var probe = new WriteProbe((put, listener) -> begun.add(listener), LOAD)) {
            long start = System.nanoTime();
            var early = begun.take();
            begun.take();
            long later = System.nanoTime();
            early.done(null);

            assertThat(probe.firstSince(later)).isEmpty();
            assertThat(probe.firstSince(start - 1_000_000_000L)).isPresent();
        }
    }

    @Test
    void refusedWritesDoNotCount() throws Exception {
        Queue<Long> refused = new ConcurrentLinkedQueue<>();
        try (var probe = new WriteProbe(
                (put, listener) -> {
                    refused.add(put.key());
                    listener.done("no leader");
                },
                LOAD)) {
            while (refused.size() < 3) {
                Thread.onSpinWait();
            }
            assertThat(probe.firstSince(System.nanoTime() - 1_000_000_000L)).isEmpty();
        }
    }
}
