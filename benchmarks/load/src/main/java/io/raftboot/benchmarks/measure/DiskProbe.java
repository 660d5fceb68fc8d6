package io.raftboot.benchmarks.measure;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** What a force costs on the disk that the clusters write to: no system can acknowledge a lone write faster. */
public final class DiskProbe {
    private static final int FORCES = 300;
    private static final int WRITE_SIZE_BYTES = 512;
    private static final double NANOS_PER_MICROSECOND = 1e3;

    private DiskProbe() {}

    /** Writes and forces one block after the other into a file that has its size already. */
    public static String probe(Path directory) throws IOException {
        var file = Files.createTempFile(directory, "probe", ".dat");
        var latencies = new Histogram(3);
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(FORCES * WRITE_SIZE_BYTES));
            channel.force(true);
            var block = ByteBuffer.allocateDirect(WRITE_SIZE_BYTES);
            for (int i = 0; i < FORCES; i++) {
                long start = System.nanoTime();
                channel.write(block.clear(), (long) i * WRITE_SIZE_BYTES);
                channel.force(false);
                latencies.recordValue(System.nanoTime() - start);
            }
        } finally {
            Files.delete(file);
        }
        return String.format(
                Locale.ROOT,
                "write and force of %d bytes: p50 %.0f us, p99 %.0f us, max %.0f us",
                WRITE_SIZE_BYTES,
                latencies.getValueAtPercentile(50) / NANOS_PER_MICROSECOND,
                latencies.getValueAtPercentile(99) / NANOS_PER_MICROSECOND,
                latencies.getMaxValue() / NANOS_PER_MICROSECOND);
    }
}
