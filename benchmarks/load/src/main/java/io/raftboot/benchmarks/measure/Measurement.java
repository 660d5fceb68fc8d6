package io.raftboot.benchmarks.measure;

import io.raftboot.benchmarks.measure.ResourceUse.ThreadUse;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What was seen from inside the process that puts the load.
 *
 * @param elapsedNanos how long it was watched
 * @param latencies of the writes that were acknowledged meanwhile, in nanoseconds
 * @param failures writes that ended otherwise
 * @param lastFailure how the last of them did, or null
 * @param used by that process meanwhile
 */
public record Measurement(
        long elapsedNanos, Histogram latencies, long failures, @Nullable String lastFailure, ResourceUse used) {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final String ELAPSED = "elapsed-nanos";
    private static final String LATENCIES = "latencies";
    private static final String FAILURES = "failures";
    private static final String LAST_FAILURE = "last-failure";
    private static final String JVM = "jvm";
    private static final String THREAD = "thread";

    public long count() {
        return latencies.getTotalCount();
    }

    public double writesPerSecond() {
        return count() * NANOS_PER_SECOND / elapsedNanos;
    }

    /** As lines of fields with tabs between, for {@link #parse}. */
    public List<String> lines() {
        var buffer = ByteBuffer.allocate(latencies.getNeededByteBufferCapacity());
        int length = latencies.encodeIntoCompressedByteBuffer(buffer);
        List<String> lines = new ArrayList<>();
        lines.add(ELAPSED + "\t" + elapsedNanos);
        lines.add(LATENCIES + "\t"
                + Base64.getEncoder()
                        .encodeToString(ByteBuffer.allocate(length)
                                .put(buffer.array(), 0, length)
                                .array()));
        lines.add(FAILURES + "\t" + failures);
        if (lastFailure != null) {
            lines.add(LAST_FAILURE + "\t" + lastFailure.replaceAll("\\s", " "));
        }
        lines.add(JVM + "\t" + used.gcCount() + "\t" + used.gcMillis() + "\t" + used.jitMillis());
        for (var thread : used.busiestThreads()) {
            lines.add(THREAD + "\t" + thread.cpuNanos() + "\t" + thread.allocatedBytes() + "\t" + thread.name());
        }
        return lines;
    }

    public static Measurement parse(List<String> lines) {
        Map<String, String[]> fields = new HashMap<>();
        Map<Long, ThreadUse> threads = new HashMap<>();
        for (String line : lines) {
            String[] parts = line.split("\t", -1);
            if (parts[0].equals(THREAD)) {
                var use = new ThreadUse(parts[3], Long.parseLong(parts[1]), Long.parseLong(parts[2]));
                threads.put((long) threads.size(), use);
            } else {
                fields.put(parts[0], parts);
            }
        }
        String[] jvm = field(fields, JVM);
        String[] failure = fields.get(LAST_FAILURE);
        return new Measurement(
                Long.parseLong(field(fields, ELAPSED)[1]),
                decode(field(fields, LATENCIES)[1]),
                Long.parseLong(field(fields, FAILURES)[1]),
                failure == null ? null : failure[1],
                new ResourceUse(threads, Long.parseLong(jvm[1]), Long.parseLong(jvm[2]), Long.parseLong(jvm[3])));
    }

    private static String[] field(Map<String, String[]> fields, String name) {
        String[] parts = fields.get(name);
        if (parts == null) {
            throw new IllegalArgumentException("no line '" + name + "' in a measurement");
        }
        return parts;
    }

    private static Histogram decode(String encoded) {
        try {
            return Histogram.decodeFromCompressedByteBuffer(
                    ByteBuffer.wrap(Base64.getDecoder().decode(encoded)), 0);
        } catch (DataFormatException e) {
            throw new IllegalArgumentException("the latencies of a measurement can't be read", e);
        }
    }
}
