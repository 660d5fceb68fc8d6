package io.raftboot.demo.pages;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.http.HttpStatus;
import tools.jackson.databind.json.JsonMapper;

/** An answer, to be written by whichever server was asked. */
public final class PageAnswer {
    /** Nothing but what this server serves itself may run, be shown or be called; and no other page may show this one. */
    static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
                    + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final JsonMapper JSON = JsonMapper.shared();

    private final int status;
    private final Map<String, String> headers;
    private final byte[] body;

    private PageAnswer(int status, Map<String, String> headers, byte[] body) {
        this.status = status;
        this.headers = new LinkedHashMap<>(headers);
        this.headers.put("Content-Security-Policy", POLICY);
        this.headers.put("Cross-Origin-Resource-Policy", "same-origin");
        this.headers.put("X-Content-Type-Options", "nosniff");
        this.headers.put("Referrer-Policy", "no-referrer");
        this.headers.putIfAbsent("Cache-Control", "no-store");
        this.body = body;
    }

    /** A file, which may be kept, but is asked for each time: the next version has another one at the same place. */
    static PageAnswer file(String type, byte[] bytes) {
        return new PageAnswer(200, Map.of("Content-Type", type, "Cache-Control", "no-cache"), bytes);
    }

    /** Something that {@link JsonMapper} writes as an object. */
    public static PageAnswer json(int status, Object value) {
        return new PageAnswer(status, Map.of("Content-Type", "application/json"), JSON.writeValueAsBytes(value));
    }

    /**
     * Problem details of a request that changed nothing.
     *
     * @param detail for people, with what to do instead
     */
    public static PageAnswer refusal(int status, String path, String detail) {
        Map<String, Object> problem = new LinkedHashMap<>();
        HttpStatus known = HttpStatus.resolve(status);
        problem.put("type", "about:blank");
        problem.put("title", known == null ? "Refused" : known.getReasonPhrase());
        problem.put("status", status);
        problem.put("detail", detail);
        problem.put("instance", path);
        problem.put("outcome", "refused");
        return new PageAnswer(
                status, Map.of("Content-Type", "application/problem+json"), JSON.writeValueAsBytes(problem));
    }

    public int status() {
        return status;
    }

    /** All but the length. */
    public Map<String, String> headers() {
        return headers;
    }

    /** Not to be changed. */
    public byte[] body() {
        return body;
    }

    @Override
    public String toString() {
        return status + " " + new String(body, StandardCharsets.UTF_8);
    }
}
