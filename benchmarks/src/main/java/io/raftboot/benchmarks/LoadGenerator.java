package io.raftboot.benchmarks;

import io.raftboot.benchmarks.measure.Measurement;
import io.raftboot.benchmarks.measure.ResourceUse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a number of writes in flight: each that ends is followed by the next at once, on the thread that reported the
 * end, so that no wake-up of this generator's own stands between them. A closed loop: when the target slows down, so does the load,
 * and the latencies say how long each write took, not how long a caller with a timetable would have waited.
 */
final class LoadGenerator {
    private static final int SIGNIFICANT_DIGITS = 3;
    private static final int LETTERS = 26;
    private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(30);
    private static final long RETRY_DELAY_MILLIS = 20;
    /** A failed write is followed by the next from here: at once would recurse, or spin, as long as the target refuses. */
    private static final Executor RETRIES =
            CompletableFuture.delayedExecutor(RETRY_DELAY_MILLIS, TimeUnit.MILLISECONDS);

    private final PutTarget target;
    private final int valueSizeBytes;
    private final int keys;
    private final SplittableRandom random;
    private final Recorder latencies = new Recorder(SIGNIFICANT_DIGITS);
    private final LongAdder failures = new LongAdder();
    private volatile boolean running;
    private volatile @Nullable String lastFailure;
    private CountDownLatch inFlight = new CountDownLatch(0);

    LoadGenerator(PutTarget target, int valueSizeBytes, int keys, long seed) {
        this.target = target;
        this.valueSizeBytes = valueSizeBytes;
        this.keys = keys;
        this.random = new SplittableRandom(seed);
    }

    /** Begins to keep so many writes in flight. */
    void start(int count) {
        if (running) {
            throw new IllegalStateException("load is running already");
        }
        running = true;
        inFlight = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            new Slot(random.split(), inFlight).next();
        }
    }

    /** Records what ends from now on, for so long; to be called while load is running. */
    Measurement measure(Duration duration) throws InterruptedException {
        latencies.reset();
        failures.reset();
        var before = ResourceUse.now();
        long start = System.nanoTime();
        TimeUnit.NANOSECONDS.sleep(duration.toNanos());
        var recorded = latencies.getIntervalHistogram();
        long elapsedNanos = System.nanoTime() - start;
        var used = ResourceUse.now().since(before);
        return new Measurement(elapsedNanos, recorded, failures.sum(), lastFailure, used);
    }

    /** Ends the load and waits for what is in flight. */
    void stop() throws InterruptedException {
        running = false;
        if (!inFlight.await(DRAIN_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException(inFlight.getCount() + " writes did not end within " + DRAIN_TIMEOUT);
        }
    }

    /** One of the writes in flight, again and again. Passed from thread to thread by the target, never shared. */
    private final class Slot implements PutTarget.Listener {
        private final SplittableRandom random;
        private final CountDownLatch ended;
        private final byte[] value;
        private final String text;
        private long startNanos;

        Slot(SplittableRandom random, CountDownLatch ended) {
            this.random = random;
            this.ended = ended;
            this.value = new byte[valueSizeBytes];
            // Text, so that a system that takes text may be given the same.
            for (int i = 0; i < value.length; i++) {
                value[i] = (byte) ('a' + random.nextInt(LETTERS));
            }
            this.text = new String(value, StandardCharsets.ISO_8859_1);
        }

        void next() {
            if (!running) {
                ended.countDown();
                return;
            }
            var put = new PutTarget.Put(random.nextInt(keys), value, text);
            startNanos = System.nanoTime();
            target.put(put, this);
        }

        @Override
        public void done(@Nullable String failure) {
            if (failure == null) {
                latencies.recordValue(System.nanoTime() - startNanos);
                next();
                return;
            }
            failures.increment();
            lastFailure = failure;
            if (running) {
                RETRIES.execute(this::next);
            } else {
                ended.countDown();
            }
        }
    }
}
