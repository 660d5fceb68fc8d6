package io.raftboot.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.benchmarks.measure.Measurement;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LoadGeneratorTests {
    private static final int VALUE_SIZE = 16;
    private static final int KEYS = 10;
    private static final long SEED = 7;
    private static final Executor LATER = CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS);

    @Test
    void keepsSoManyWritesInFlightAndNoMore() {
        Queue<PutTarget.Listener> waiting = new ConcurrentLinkedQueue<>();
        var load = new LoadGenerator((put, listener) -> waiting.add(listener), VALUE_SIZE, KEYS, SEED);

        load.start(5);
        assertThat(waiting).hasSize(5);
        for (int i = 0; i < 20; i++) {
            waiting.remove().done(null);
            assertThat(waiting).hasSize(5);
        }
    }

    @Test
    void stopsWhenWhatIsInFlightHasEnded() throws Exception {
        var inFlight = new AtomicInteger();
        var load = new LoadGenerator(
                (put, listener) -> {
                    inFlight.incrementAndGet();
                    LATER.execute(() -> {
                        inFlight.decrementAndGet();
                        listener.done(null);
                    });
                },
                VALUE_SIZE,
                KEYS,
                SEED);

        load.start(3);
        load.stop();

        assertThat(inFlight).hasValue(0);
    }

    @Test
    void writesAKeyAndAValueOfTheWantedSize() {
        Queue<PutTarget.Put> puts = new ConcurrentLinkedQueue<>();
        var load = new LoadGenerator((put, listener) -> puts.add(put), VALUE_SIZE, KEYS, SEED);

        load.start(50);

        assertThat(puts).hasSize(50).allSatisfy(put -> {
            assertThat(put.key()).isBetween(0L, KEYS - 1L);
            assertThat(put.text()).hasSize(VALUE_SIZE);
            assertThat(ByteBuffer.wrap(put.command()))
                    .isEqualTo(ByteBuffer.allocate(PutTarget.KEY_SIZE_BYTES + VALUE_SIZE)
                            .putLong(put.key())
                            .put(put.text().getBytes(StandardCharsets.US_ASCII))
                            .flip());
        });
    }

    @Test
    void goesOnForEverWhereWritesEndBeforeTheCallThatBeginsThem() throws Exception {
        var calls = new AtomicInteger();
        var load = new LoadGenerator[1];
        var stopper = new CompletableFuture<Void>();
        load[0] = new LoadGenerator(
                (put, listener) -> {
                    // As many as would overflow any stack, if each began the next inside it.
                    if (calls.incrementAndGet() == 1_000_000) {
                        var unused = CompletableFuture.runAsync(() -> stop(load[0], stopper));
                    }
                    listener.done(null);
                },
                VALUE_SIZE,
                KEYS,
                SEED);

        load[0].start(1);

        stopper.get();
        assertThat(calls).hasValueGreaterThanOrEqualTo(1_000_000);
    }

    private static void stop(LoadGenerator load, CompletableFuture<Void> stopped) {
        try {
            load.stop();
            stopped.complete(null);
        } catch (InterruptedException e) {
            stopped.completeExceptionally(e);
        }
    }

    @Test
    void countsFailuresApartAndGoesOn() throws Exception {
        var calls = new AtomicInteger();
        var load = new LoadGenerator(
                (put, listener) -> LATER.execute(() -> listener.done(calls.incrementAndGet() % 2 == 0 ? "no" : null)),
                VALUE_SIZE,
                KEYS,
                SEED);

        load.start(4);
        var measurement = load.measure(Duration.ofMillis(300));
        load.stop();

        assertThat(measurement.count()).isPositive();
        assertThat(measurement.failures()).isPositive();
        assertThat(measurement.lastFailure()).isEqualTo("no");
        assertThat(measurement.elapsedNanos()).isGreaterThanOrEqualTo(300_000_000L);
    }

    @Test
    void measurementSurvivesTheWayBetweenProcesses() throws Exception {
        var load =
                new LoadGenerator((put, listener) -> LATER.execute(() -> listener.done(null)), VALUE_SIZE, KEYS, SEED);
        load.start(4);
        var measured = load.measure(Duration.ofMillis(100));
        load.stop();

        var parsed = Measurement.parse(measured.lines());

        assertThat(parsed.latencies()).isEqualTo(measured.latencies());
        assertThat(parsed.writesPerSecond()).isEqualTo(measured.writesPerSecond());
        assertThat(parsed.used().busiestThreads()).isEqualTo(measured.used().busiestThreads());
        assertThat(parsed.lines()).isEqualTo(measured.lines());
    }
}
