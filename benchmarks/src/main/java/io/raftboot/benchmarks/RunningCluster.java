package io.raftboot.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A cluster that takes writes.
 *
 * @param driver whoever puts load on it
 * @param parts all processes that work for a write
 */
record RunningCluster(ControlledProcess driver, List<Part> parts) {
    private static final Duration POLL_INTERVAL = Duration.ofMillis(100);
    private static final Duration LEADER_TIMEOUT = Duration.ofSeconds(30);

    /**
     * @param role what the process is, for the reader of figures
     * @param handle to see how much processor time it used
     */
    record Part(String role, ProcessHandle handle) {
        Duration cpu() {
            return handle.info().totalCpuDuration().orElse(Duration.ZERO);
        }
    }

    /** Asks them in turn until one says that it leads. */
    static ControlledProcess awaitLeader(List<ControlledProcess> candidates) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + LEADER_TIMEOUT.toNanos();
        while (System.nanoTime() < deadline) {
            for (var candidate : candidates) {
                if (candidate.leads()) {
                    return candidate;
                }
            }
            TimeUnit.MILLISECONDS.sleep(POLL_INTERVAL.toMillis());
        }
        throw new IOException("no leader within " + LEADER_TIMEOUT);
    }

    /**
     * Puts load on it for a while and says what came of it.
     *
     * @param profile where a flight recording of the driver goes, or null
     */
    LevelResult measure(int inFlight, Duration warmUp, Duration duration, java.nio.file.@Nullable Path profile)
            throws IOException, InterruptedException {
        driver.startLoad(inFlight);
        TimeUnit.MILLISECONDS.sleep(warmUp.toMillis());
        Map<Part, Duration> before = new LinkedHashMap<>();
        parts.forEach(part -> before.put(part, part.cpu()));
        var measurement = profile == null ? driver.measure(duration) : driver.profile(duration, profile);
        Map<Part, Duration> used = new LinkedHashMap<>();
        parts.forEach(part -> used.put(part, part.cpu().minus(before.getOrDefault(part, Duration.ZERO))));
        driver.stopLoad();
        return new LevelResult(inFlight, measurement, used);
    }

    /** Puts load on it without looking. */
    void warmUp(int inFlight, Duration duration) throws IOException, InterruptedException {
        driver.startLoad(inFlight);
        TimeUnit.MILLISECONDS.sleep(duration.toMillis());
        driver.stopLoad();
    }
}
