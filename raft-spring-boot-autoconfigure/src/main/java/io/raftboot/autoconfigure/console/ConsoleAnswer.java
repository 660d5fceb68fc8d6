package io.raftboot.autoconfigure.console;

import java.util.LinkedHashMap;
import java.util.Map;

/** An answer, to be written by whichever server asked. */
final class ConsoleAnswer {
    /** Nothing but what this server serves itself may run, be shown or be called; and no other page may show this one. */
    static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
                    + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final int status;
    private final Map<String, String> headers;
    private final byte[] body;

    /**
     * @param headers beside those that all answers have, and the length
     * @param body not changed by anybody
     */
    ConsoleAnswer(int status, Map<String, String> headers, byte[] body) {
        this.status = status;
        this.headers = new LinkedHashMap<>(headers);
        this.headers.put("Content-Security-Policy", POLICY);
        this.headers.put("X-Content-Type-Options", "nosniff");
        this.headers.put("Referrer-Policy", "no-referrer");
        this.headers.putIfAbsent("Cache-Control", "no-store");
        this.body = body;
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
}
