package io.raftboot.benchmarks.load;

import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Begins a write at a fixed interval, whatever became of those before: some systems never say how a write ended whose leader
 * died, so a closed loop would stand still with it. What is looked for is when the first is acknowledged again.
 */
final class WriteProbe implements AutoCloseable {
    private static final long INTERVAL_MILLIS = 5;

    private final ScheduledExecutorService clock;
    private final Queue<Write> acknowledged = new ConcurrentLinkedQueue<>();

    /** In nanoseconds of {@link System#nanoTime}, which on Linux is one clock for all processes. */
    private record Write(long begunNanos, long endedNanos) {}

    WriteProbe(PutTarget target, Load load) {
        this.clock = Executors.newSingleThreadScheduledExecutor(task -> {
            var thread = new Thread(task, "write-probe");
            thread.setDaemon(true);
            return thread;
        });
        byte[] value = new byte[load.valueSizeBytes()];
        var put = new PutTarget.Put(0, value, "");
        var unused = clock.scheduleAtFixedRate(() -> begin(target, put), 0, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void begin(PutTarget target, PutTarget.Put put) {
        long begunNanos = System.nanoTime();
        target.put(put, failure -> {
            if (failure == null) {
                acknowledged.add(new Write(begunNanos, System.nanoTime()));
            }
        });
    }

    /** When the first of the writes that were begun since then was acknowledged, if one was. */
    OptionalLong firstSince(long nanos) {
        return acknowledged.stream()
                .filter(write -> write.begunNanos() - nanos >= 0)
                .mapToLong(Write::endedNanos)
                .min();
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
