package io.raftboot.benchmarks.measure;

import com.sun.management.ThreadMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What this process has used, thread by thread; between two moments with {@link #since}.
 *
 * @param threads by thread id
 * @param gcCount collections
 * @param gcMillis time they took
 * @param jitMillis time that compiling took: while it is much, the process is not warm
 */
public record ResourceUse(Map<Long, ThreadUse> threads, long gcCount, long gcMillis, long jitMillis) {
    /**
     * What one thread has used.
     *
     * @param name of the thread
     * @param cpuNanos processor time
     * @param allocatedBytes on the heap
     */
    public record ThreadUse(String name, long cpuNanos, long allocatedBytes) {}

    public static ResourceUse now() {
        var bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Map<Long, ThreadUse> threads = new HashMap<>();
        for (var info : bean.getThreadInfo(bean.getAllThreadIds())) {
            if (info != null) {
                long id = info.getThreadId();
                var use = new ThreadUse(
                        info.getThreadName(), bean.getThreadCpuTime(id), bean.getThreadAllocatedBytes(id));
                threads.put(id, use);
            }
        }
        long count = 0;
        long millis = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            count += collector.getCollectionCount();
            millis += collector.getCollectionTime();
        }
        return new ResourceUse(
                threads, count, millis, ManagementFactory.getCompilationMXBean().getTotalCompilationTime());
    }

    /** What was used since then. Threads that ended in between are not counted. */
    public ResourceUse since(ResourceUse earlier) {
        Map<Long, ThreadUse> used = new HashMap<>();
        threads.forEach((id, now) -> {
            var then = earlier.threads.getOrDefault(id, new ThreadUse(now.name, 0, 0));
            used.put(
                    id,
                    new ThreadUse(now.name, now.cpuNanos - then.cpuNanos, now.allocatedBytes - then.allocatedBytes));
        });
        return new ResourceUse(
                used, gcCount - earlier.gcCount, gcMillis - earlier.gcMillis, jitMillis - earlier.jitMillis);
    }

    /** Those that used the processor, the busiest first. */
    public List<ThreadUse> busiestThreads() {
        List<ThreadUse> busiest = new ArrayList<>(threads.values());
        busiest.removeIf(thread -> thread.cpuNanos <= 0);
        busiest.sort(Comparator.comparingLong(ThreadUse::cpuNanos).reversed());
        return busiest;
    }

    public long allocatedBytes() {
        return threads.values().stream().mapToLong(ThreadUse::allocatedBytes).sum();
    }
}
