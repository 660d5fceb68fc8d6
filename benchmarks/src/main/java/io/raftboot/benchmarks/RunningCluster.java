package io.raftboot.benchmarks;

import io.raftboot.benchmarks.load.ControlLoop;
import io.raftboot.benchmarks.measure.ProcessUse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A cluster that takes writes.
 *
 * @param driver whoever puts load on it: the leader, where load comes from inside
 * @param members those that load can come from, or none
 * @param parts all processes that work for a write
 */
record RunningCluster(ControlledProcess driver, List<ControlledProcess> members, List<Part> parts) {
    private static final Duration POLL_INTERVAL = Duration.ofMillis(20);
    private static final Duration LEADER_TIMEOUT = Duration.ofSeconds(60);

    /**
     * One of its processes.
     *
     * @param role what the process is, for the reader of figures
     * @param handle to see what it used
     */
    record Part(String role, ProcessHandle handle) {
        ProcessUse use() throws IOException {
            return ProcessUse.of(handle.pid());
        }
    }

    /**
     * What is to be watched.
     *
     * @param command of a {@link ControlLoop}, which begins this load
     * @param warmUp under load before
     * @param profile where a flight recording of the driver goes, or null
     */
    record Watch(String command, int inFlight, Duration warmUp, Duration duration, @Nullable Path profile) {}

    /** Waits for a leader among members that run. */
    static RunningCluster ofMembers(List<ControlledProcess> members) throws IOException, InterruptedException {
        var leader = awaitLeader(members);
        var parts = members.stream()
                .map(member -> new Part(member == leader ? "leader" : "follower", member.handle()))
                .toList();
        return new RunningCluster(leader, List.copyOf(members), parts);
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

    /** Members beside the driver. */
    List<ControlledProcess> others() {
        return members.stream().filter(member -> member != driver).toList();
    }

    /** The same cluster with its load from another member. */
    RunningCluster through(ControlledProcess member) {
        return new RunningCluster(member, members, parts);
    }

    /** Puts load on it for a while and says what came of it. */
    LevelResult measure(Watch watch) throws IOException, InterruptedException {
        driver.startLoad(watch.command(), watch.inFlight());
        TimeUnit.MILLISECONDS.sleep(watch.warmUp().toMillis());
        Map<Part, ProcessUse> before = uses();
        List<Long> allocatedBefore = allocated();
        var measurement = watch.profile() == null
                ? driver.measure(watch.duration())
                : driver.profile(watch.duration(), watch.profile());
        Map<Part, ProcessUse> used = uses();
        used.replaceAll((part, now) -> now.since(before.getOrDefault(part, now)));
        Long allocatedBytes = members.isEmpty() ? null : sum(allocated()) - sum(allocatedBefore);
        driver.stopLoad();
        return new LevelResult(watch.inFlight(), measurement, used, allocatedBytes);
    }

    private Map<Part, ProcessUse> uses() throws IOException {
        Map<Part, ProcessUse> uses = new LinkedHashMap<>();
        for (var part : parts) {
            uses.put(part, part.use());
        }
        return uses;
    }

    private List<Long> allocated() throws IOException {
        List<Long> bytes = new ArrayList<>();
        for (var member : members) {
            bytes.add(member.allocatedBytes());
        }
        return bytes;
    }

    private static long sum(List<Long> values) {
        return values.stream().mapToLong(Long::longValue).sum();
    }

    /** Puts load on it without looking. */
    void warmUp(String command, int inFlight, Duration duration) throws IOException, InterruptedException {
        driver.startLoad(command, inFlight);
        TimeUnit.MILLISECONDS.sleep(duration.toMillis());
        driver.stopLoad();
    }
}
