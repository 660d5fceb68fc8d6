package io.raftboot.autoconfigure.console;

import io.raftboot.api.report.WorkSample;
import io.raftboot.autoconfigure.http.Json;
import io.raftboot.autoconfigure.stream.SseFrame;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How all members are, as of one moment. It is written as JSON by whoever wants it first, and never by the thread that learned the last of it:
 * that may be one which other members wait for. Any thread.
 */
final class Document {
    /** Name of a document without its history, on a stream. */
    static final String PRESENT = "present";

    /** Name of the history alone; sent when there is more of it. */
    static final String HISTORY = "history";

    private final long begunNanos;
    private final Supplier<Map<String, @Nullable Object>> present;
    private final List<WorkSample> history;

    // Guarded by this.

    private byte @Nullable [] whole;
    private byte @Nullable [] presentFrame;
    private byte @Nullable [] historyFrame;

    /**
     * @param begunNanos when it was asked for
     * @param present how the members are
     * @param history what this one did in the last while, which is long, and changes seldom
     */
    Document(long begunNanos, Supplier<Map<String, @Nullable Object>> present, List<WorkSample> history) {
        this.begunNanos = begunNanos;
        this.present = present;
        this.history = List.copyOf(history);
    }

    /** All of it. */
    synchronized byte[] whole() {
        var written = whole;
        if (written == null) {
            Map<String, @Nullable Object> all = new LinkedHashMap<>(present.get());
            all.put(HISTORY, ReportShape.history(history));
            written = Json.write(all);
            whole = written;
        }
        return written;
    }

    /** All but the history, as it is sent to all pages. */
    synchronized byte[] presentFrame() {
        var written = presentFrame;
        if (written == null) {
            written = SseFrame.event(null, PRESENT, Json.write(present.get()));
            presentFrame = written;
        }
        return written;
    }

    synchronized byte[] historyFrame() {
        var written = historyFrame;
        if (written == null) {
            written = SseFrame.event(null, HISTORY, Json.write(ReportShape.history(history)));
            historyFrame = written;
        }
        return written;
    }

    /** Whether the history of another document ends elsewhere. Ages of the same end differ by the time between two looks. */
    boolean hasOtherHistory(Document other) {
        if (history.isEmpty() || other.history.isEmpty()) {
            return history.isEmpty() != other.history.isEmpty();
        }
        long apart = Math.abs(endMillis() - other.endMillis());
        return apart > history.get(history.size() - 1).spanMillis() / 2;
    }

    private long endMillis() {
        return TimeUnit.NANOSECONDS.toMillis(begunNanos)
                - history.get(history.size() - 1).ageMillis();
    }
}
