package io.raftboot.liars;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What this process holds of what a process can run out of.
 *
 * @param heapBytes after a collection
 * @param directBytes outside of the heap, of Java's buffers and of Netty's
 * @param descriptors files and sockets that are open
 * @param threads how many of each name, whose numbers are left out
 * @param files in the directories of members, but for segments and snapshots, which come and go
 * @param parts unfinished snapshots, of which a member keeps the newest to go on with it
 */
record Footprint(
        long heapBytes,
        long directBytes,
        long descriptors,
        Map<String, Long> threads,
        TreeSet<String> files,
        long parts) {
    private static final long MIB = 1024 * 1024;

    /** What members keep of traffic in general: their caches of the log, pools of buffers, notices. */
    private static final long MOST_HEAP_GROWTH = 16 * MIB;

    private static final long MOST_DIRECT_GROWTH = 16 * MIB;

    /** Those of segments and snapshots that are open just now. */
    private static final long MOST_DESCRIPTORS = 12;

    /** One a member. */
    private static final long MOST_PARTS = 3;

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    static Footprint now(Path dir) {
        System.gc();
        var pools = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
        var system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        var threads = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !thread.getName().startsWith("awaitility"))
                .map(thread -> thread.getName().replaceAll("[0-9]+", "N"))
                .collect(Collectors.groupingBy(name -> name, TreeMap::new, Collectors.counting()));
        return new Footprint(
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
                pools + Math.max(0, PlatformDependent.usedDirectMemory()),
                system.getOpenFileDescriptorCount(),
                threads,
                files(dir, name -> !name.matches("node[0-9]+/(wal|snapshots)/.*")),
                files(dir, name -> name.matches(".*/snapshots/.*[.]part")).size());
    }

    private static TreeSet<String> files(Path dir, Predicate<String> which) {
        try (var all = Files.walk(dir)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> dir.relativize(file).toString())
                    .filter(which)
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits until no more is held than at that time: what was closed takes a moment to be gone. */
    static void assertAsBefore(Path dir, Footprint before) {
        await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(1)).untilAsserted(() -> {
            var now = now(dir);
            assertThat(now.heapBytes).as("heap in bytes").isLessThan(before.heapBytes + MOST_HEAP_GROWTH);
            assertThat(now.directBytes)
                    .as("memory outside of it in bytes")
                    .isLessThan(before.directBytes + MOST_DIRECT_GROWTH);
            assertThat(now.descriptors).as("descriptors").isLessThan(before.descriptors + MOST_DESCRIPTORS);
            assertThat(now.files).as("files").isEqualTo(before.files);
            assertThat(now.parts).as("unfinished snapshots").isLessThanOrEqualTo(MOST_PARTS);
            now.threads.forEach((name, count) -> assertThat(count)
                    .as("threads called %s", name)
                    .isLessThanOrEqualTo(before.threads.getOrDefault(name, 0L)));
        });
    }
}
