package io.raftboot.demo.web;

import io.raftboot.api.Consistency;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import org.springframework.http.HttpStatus;
import org.springframework.util.unit.DataSize;
import org.springframework.web.server.ResponseStatusException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads requests as plain {@code curl --data} sends them: the bytes of the body count, not its Content-Type. What does
 * not fit is answered with a 4xx before anything is proposed.
 */
public final class Requests {
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private Requests() {}

    /**
     * The bytes of the body.
     *
     * @throws ResponseStatusException 413 if there are more of them than {@code limit}; the rest is not read
     */
    public static byte[] body(HttpServletRequest request, DataSize limit) {
        int limitBytes = (int) limit.toBytes();
        try (InputStream in = request.getInputStream()) {
            byte[] body = in.readNBytes(limitBytes + 1);
            if (body.length > limitBytes) {
                throw new ResponseStatusException(
                        HttpStatus.CONTENT_TOO_LARGE, "the body is larger than " + limitBytes + " bytes");
            }
            return body;
        } catch (IOException e) {
            throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "the body could not be read to its end", e);
        }
    }

    /**
     * The body as JSON.
     *
     * @throws ResponseStatusException 413 as above, 400 if the body is not JSON of that type
     */
    public static <T> T json(HttpServletRequest request, DataSize limit, Class<T> type) {
        byte[] body = body(request, limit);
        try {
            T value = JSON.readValue(body, type);
            if (value == null) {
                throw bad("the body is not a JSON object");
            }
            return value;
        } catch (JacksonException e) {
            throw new ResponseStatusException(
                    HttpStatus.BAD_REQUEST, "the body is not the JSON wanted here: " + e.getOriginalMessage(), e);
        }
    }

    /**
     * The consistency of that name.
     *
     * @throws ResponseStatusException 400 if it is none of the three
     */
    public static Consistency consistency(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "linearizable" -> Consistency.LINEARIZABLE;
            case "lease" -> Consistency.LEASE;
            case "local" -> Consistency.LOCAL;
            default -> throw bad("consistency is '" + name + "', not linearizable, lease or local");
        };
    }

    /** The caller's mistake. */
    public static ResponseStatusException bad(String detail) {
        return new ResponseStatusException(HttpStatus.BAD_REQUEST, detail);
    }
}
