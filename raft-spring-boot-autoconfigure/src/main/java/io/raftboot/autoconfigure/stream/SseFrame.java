package io.raftboot.autoconfigure.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/** The pieces of a stream of server-sent events, as browsers take them. */
public final class SseFrame {
    /** Media type of such a stream. */
    public static final String TYPE = "text/event-stream";

    /** A comment, which readers pass over: it shows that the other end is there, and keeps what lies between from giving up. */
    private static final byte[] HEARTBEAT = ":\n\n".getBytes(UTF_8);

    private SseFrame() {}

    /** That both ends are there. */
    static byte[] heartbeat() {
        return HEARTBEAT.clone();
    }

    /**
     * An event.
     *
     * @param id by which a reader that comes back says where it was; null for none
     * @param name of the kind of event; null for the usual one
     * @param json without a line break
     */
    public static byte[] event(@Nullable String id, @Nullable String name, byte[] json) {
        var frame = new ByteArrayOutputStream(json.length + 64);
        if (name != null) {
            frame.writeBytes(("event: " + name + "\n").getBytes(UTF_8));
        }
        if (id != null) {
            frame.writeBytes(("id: " + id + "\n").getBytes(UTF_8));
        }
        frame.writeBytes("data: ".getBytes(UTF_8));
        frame.writeBytes(json);
        frame.writeBytes("\n\n".getBytes(UTF_8));
        return frame.toByteArray();
    }
}
