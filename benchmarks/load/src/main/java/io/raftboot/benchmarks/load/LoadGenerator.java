package io.raftboot.benchmarks.load;

import io.raftboot.benchmarks.measure.Measurement;
import io.raftboot.benchmarks.measure.ResourceUse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a number of writes in flight: each that ends is followed by the next at once, on the thread that reported the
 * end, so that no wake-up of this generator's own stands between them. A closed loop: when the target slows down, so does the load,
 * and the latencies say how long each write took, not how long a caller with a timetable would have waited.
 */
public final class LoadGenerator {
    private static final int SIGNIFICANT_DIGITS = 3;
    private static final int LETTERS = 26;
    /** Writes that end before they return, one after the other, before the thread is let go that began them. */
    private static final int MAX_AT_ONCE = 100;

    private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(30);
    private static final long RETRY_DELAY_MILLIS = 20;
    /** A failed write is followed by the next from here: at once would recurse, or spin, as long as the target refuses. */
    private static final Executor RETRIES =
            CompletableFuture.delayedExecutor(RETRY_DELAY_MILLIS, TimeUnit.MILLISECONDS);

    /** What this thread is beginning just now: a target that ends a write before it returns would nest the next one in it. */
    private static final ThreadLocal<Beginning> BEGINNING = ThreadLocal.withInitial(Beginning::new);

    private final PutTarget target;
    private final int valueSizeBytes;
    private final int keys;
    private final SplittableRandom random;
    private final Recorder latencies = new Recorder(SIGNIFICANT_DIGITS);
    private final LongAdder failures = new LongAdder();
    private volatile boolean running;
    private volatile @Nullable String lastFailure;
    private CountDownLatch inFlight = new CountDownLatch(0);

    /**
     * A load that has not begun.
     *
     * @param target where it goes; what it does with a put, a write or a read of the key, is its own affair
     * @param valueSizeBytes of each value
     * @param keys how many there are to pick from
     * @param seed of keys and values
     */
    public LoadGenerator(PutTarget target, int valueSizeBytes, int keys, long seed) {
        this.target = target;
        this.valueSizeBytes = valueSizeBytes;
        this.keys = keys;
        this.random = new SplittableRandom(seed);
    }

    /** Begins to keep so many writes in flight. */
    public void start(int count) {
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
    public Measurement measure(Duration duration) throws InterruptedException {
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
    public void stop() throws InterruptedException {
        running = false;
        if (!inFlight.await(DRAIN_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException(inFlight.getCount() + " writes did not end within " + DRAIN_TIMEOUT);
        }
    }

    /** Of one thread. */
    private static final class Beginning {
        private @Nullable Slot slot;
        private boolean ended;
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
            var beginning = BEGINNING.get();
            var outerSlot = beginning.slot;
            boolean outerEnded = beginning.ended;
            beginning.slot = this;
            try {
                beginning.ended = true;
                for (int i = 0; i < MAX_AT_ONCE && beginning.ended; i++) {
                    beginning.ended = false;
                    begin();
                }
                if (beginning.ended) {
                    ForkJoinPool.commonPool().execute(this::next);
                }
            } finally {
                beginning.slot = outerSlot;
                beginning.ended = outerEnded;
            }
        }

        private void begin() {
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
                var beginning = BEGINNING.get();
                if (beginning.slot == this) {
                    beginning.ended = true;
                } else {
                    next();
                }
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
