package io.raftboot.autoconfigure.console;

import io.raftboot.autoconfigure.http.Paths;
import io.raftboot.autoconfigure.stream.SseFrame;
import io.raftboot.autoconfigure.stream.StreamFeed;
import io.raftboot.autoconfigure.stream.StreamSender;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An answer, to be written by whichever server asked. */
final class ConsoleAnswer {
    /** Nothing but what this server serves itself may run, be shown or be called; and no other page may show this one. */
    static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
                    + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final String CONTENT_TYPE = "Content-Type";

    private final int status;
    private final Map<String, String> headers;
    private final byte[] body;
    private final @Nullable StreamFeed feed;

    /**
     * @param headers beside those that all answers have, and the length
     * @param body not changed by anybody
     */
    ConsoleAnswer(int status, Map<String, String> headers, byte[] body) {
        this(status, headers, body, null);
    }

    private ConsoleAnswer(int status, Map<String, String> headers, byte[] body, @Nullable StreamFeed feed) {
        this.status = status;
        this.headers = new LinkedHashMap<>(headers);
        this.headers.put("Content-Security-Policy", POLICY);
        this.headers.put("X-Content-Type-Options", "nosniff");
        this.headers.put("Referrer-Policy", "no-referrer");
        this.headers.putIfAbsent("Cache-Control", "no-store");
        this.body = body;
        this.feed = feed;
    }

    static ConsoleAnswer json(byte[] json) {
        return new ConsoleAnswer(200, Map.of(CONTENT_TYPE, "application/json"), json);
    }

    static ConsoleAnswer text(int status, String text) {
        return new ConsoleAnswer(
                status, Map.of(CONTENT_TYPE, "text/plain;charset=UTF-8"), text.getBytes(StandardCharsets.UTF_8));
    }

    /** What is written as it happens, until the reader goes. */
    static ConsoleAnswer stream(StreamFeed feed) {
        // Proxies that collect what passes through them, as nginx does, would keep all of it for themselves.
        return new ConsoleAnswer(
                200, Map.of(CONTENT_TYPE, SseFrame.TYPE, "X-Accel-Buffering", "no"), new byte[0], feed);
    }

    /** A stream that was not opened; one that breaks off meanwhile makes room. */
    static ConsoleAnswer tooManyStreams() {
        return text(
                        503,
                        "there are " + StreamSender.MAX_STREAMS + " streams already, or this application ends; GET "
                                + Paths.CONSOLE + "/" + ConsoleHandler.DATA + " tells the same once")
                .with("Retry-After", "10");
    }

    /** The same with one more header. */
    ConsoleAnswer with(String header, String value) {
        var more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new ConsoleAnswer(status, more, body, feed);
    }

    int status() {
        return status;
    }

    Map<String, String> headers() {
        return headers;
    }

    byte[] body() {
        return body;
    }

    /** What is to be written as it happens; null if the body is all. */
    @Nullable
    StreamFeed feed() {
        return feed;
    }
}
