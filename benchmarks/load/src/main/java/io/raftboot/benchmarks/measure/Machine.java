package io.raftboot.benchmarks.measure;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The machine that figures are from. */
public final class Machine {
    private static final long BYTES_PER_GIBIBYTE = 1L << 30;

    private Machine() {}

    /**
     * The machine in one line.
     *
     * @param directory where the clusters write
     */
    public static String describe(Path directory) throws IOException {
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return String.format(
                Locale.ROOT,
                "%s %s %s, %d processors, %d GiB, %s on %s, Java %s; load average %.1f",
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("os.arch"),
                system.getAvailableProcessors(),
                system.getTotalMemorySize() / BYTES_PER_GIBIBYTE,
                directory.toAbsolutePath(),
                Files.getFileStore(directory).type(),
                System.getProperty("java.vm.version"),
                system.getSystemLoadAverage());
    }
}
