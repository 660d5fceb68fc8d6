package io.raftboot.autoconfigure.admin;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An answer, to be written by whichever server asked.
 *
 * @param headers beside type and length
 * @param body to be written as JSON, or bytes that are JSON; null for none
 */
record AdminAnswer(int status, Map<String, String> headers, @Nullable Object body) {
    private static final int FIRST_PROBLEM = 400;

    static AdminAnswer ok(Object body) {
        return new AdminAnswer(200, Map.of(), body);
    }

    static AdminAnswer accepted(String location, Object body) {
        return new AdminAnswer(202, Map.of("Location", location), body);
    }

    /** Media type of the body. */
    String type() {
        return status < FIRST_PROBLEM ? "application/json" : "application/problem+json";
    }

    byte[] bytes() {
        return body == null ? new byte[0] : body instanceof byte[] bytes ? bytes : Json.write(body);
    }
}
