package io.raftboot.autoconfigure.http;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/** Problem details (RFC 9457) of a request by which nothing has happened. */
public final class ProblemDetails {
    /** Their media type. */
    public static final String TYPE = "application/problem+json";

    private ProblemDetails() {}

    /**
     * The members of the object, to which more may be added.
     *
     * @param instance path of the request
     * @param detail for people, with what to do
     */
    public static Map<String, @Nullable Object> refused(String instance, int status, String detail) {
        var known = HttpStatus.resolve(status);
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("type", "about:blank");
        body.put("title", known == null ? "" : known.getReasonPhrase());
        body.put("status", status);
        body.put("detail", detail);
        body.put("instance", instance);
        body.put("outcome", "refused");
        return body;
    }
}
