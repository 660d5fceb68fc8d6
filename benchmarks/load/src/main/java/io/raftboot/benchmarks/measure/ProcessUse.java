package io.raftboot.benchmarks.measure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the kernel says that a process has used; between two moments with {@link #since}. Linux only.
 *
 * @param user processor time outside the kernel, in steps of 10 ms as the kernel counts it
 * @param system processor time inside the kernel, likewise
 * @param contextSwitches of all threads that live, of both kinds
 * @param residentBytes of memory, now
 * @param peakResidentBytes the most there ever was
 */
public record ProcessUse(
        Duration user, Duration system, long contextSwitches, long residentBytes, long peakResidentBytes) {
    /** What the kernel counts processor time in, for user space: the same on all its platforms that run a JVM. */
    private static final int TICKS_PER_SECOND = 100;

    private static final int USER_FIELD = 11;
    private static final int SYSTEM_FIELD = 12;
    private static final long BYTES_PER_KIBIBYTE = 1024;
    private static final Path PROC = Path.of("/proc");

    /** Of the process so far. */
    public static ProcessUse of(long pid) throws IOException {
        var directory = PROC.resolve("" + pid);
        var stat = Files.readString(directory.resolve("stat"), StandardCharsets.ISO_8859_1);
        var status = Files.readAllLines(directory.resolve("status"), StandardCharsets.ISO_8859_1);
        return parse(stat, status, contextSwitches(directory.resolve("task")));
    }

    /**
     * Reads what the kernel writes.
     *
     * @param stat the file of that name
     * @param status the file of that name, by lines
     */
    static ProcessUse parse(String stat, List<String> status, long contextSwitches) {
        // The second field is the program's name in parentheses, which may have blanks and parentheses itself.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return new ProcessUse(
                ticks(fields[USER_FIELD]),
                ticks(fields[SYSTEM_FIELD]),
                contextSwitches,
                field(status, "VmRSS:") * BYTES_PER_KIBIBYTE,
                field(status, "VmHWM:") * BYTES_PER_KIBIBYTE);
    }

    /** Of both kinds, out of a thread's status. */
    static long contextSwitches(List<String> status) {
        return field(status, "voluntary_ctxt_switches:") + field(status, "nonvoluntary_ctxt_switches:");
    }

    private static long contextSwitches(Path tasks) throws IOException {
        List<Path> threads;
        try (Stream<Path> found = Files.list(tasks)) {
            threads = found.toList();
        }
        long sum = 0;
        for (Path thread : threads) {
            sum += contextSwitchesOf(thread);
        }
        return sum;
    }

    private static long contextSwitchesOf(Path thread) {
        try {
            return contextSwitches(Files.readAllLines(thread.resolve("status"), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            // It ended since the directory was read; what it did is lost to whoever asks later as well.
            return 0;
        }
    }

    /** The number behind a name; a process that is ending has no memory, and then no such line. */
    private static long field(List<String> status, String name) {
        return status.stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).trim().split(" ", -1)[0])
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElse(0);
    }

    private static Duration ticks(String count) {
        return Duration.ofMillis(Long.parseLong(count) * (1000 / TICKS_PER_SECOND));
    }

    /** What was used since then; the memory is as it is now. */
    public ProcessUse since(ProcessUse earlier) {
        return new ProcessUse(
                user.minus(earlier.user),
                system.minus(earlier.system),
                // Threads that ended took their counts along.
                Math.max(0, contextSwitches - earlier.contextSwitches),
                residentBytes,
                peakResidentBytes);
    }

    /** Of both kinds of processor time. */
    public Duration cpu() {
        return user.plus(system);
    }
}
