package io.raftboot.autoconfigure.console;

import io.raftboot.api.report.LogEntry;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Entries of the log in the words of JSON; what was written in commands is in them only where somebody has wanted that. */
final class EntryShape {
    private final boolean payloads;

    /** @param payloads whether the first bytes of commands are shown */
    EntryShape(boolean payloads) {
        this.payloads = payloads;
    }

    boolean showsPayloads() {
        return payloads;
    }

    List<Map<String, @Nullable Object>> all(List<LogEntry> entries) {
        return entries.stream().map(this::one).toList();
    }

    private Map<String, @Nullable Object> one(LogEntry entry) {
        Map<String, @Nullable Object> shape = new LinkedHashMap<>();
        shape.put("index", entry.index());
        shape.put("term", entry.term());
        shape.put("kind", ReportShape.word(entry.kind()));
        shape.put("machine", entry.machine());
        shape.put("command", entry.command());
        shape.put("sizeBytes", entry.sizeBytes());
        if (payloads) {
            shape.put("payload", readable(entry.payload()));
        }
        return shape;
    }

    /** As text, with a dot for what can't be seen: payloads are bytes, in which texts are what a reader looks for. */
    static String readable(byte[] payload) {
        var text = new StringBuilder();
        new String(payload, StandardCharsets.UTF_8).codePoints().forEach(point -> {
            boolean visible = !Character.isISOControl(point) && Character.isDefined(point) && point != '\uFFFD';
            text.appendCodePoint(visible && Character.getType(point) != Character.FORMAT ? point : '·');
        });
        return text.toString();
    }
}
