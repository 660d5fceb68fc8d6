package io.raftboot.demo.playground;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * A request, whichever server took it.
 *
 * @param path as it was written, without a query
 */
record PageRequest(String method, String path, Headers headers, Body body) {
    private static final int MAX_BODY_BYTES = 16 * 1024;
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** The headers of a request by name. */
    @FunctionalInterface
    interface Headers {
        @Nullable
        String first(String name);
    }

    /** The body of a request, which is for the member to read where the request is not for the playground: a server gives it once. */
    @FunctionalInterface
    interface Body {
        InputStream open() throws IOException;
    }

    @Nullable
    String header(String name) {
        return headers.first(name);
    }

    boolean isRead() {
        return method.equals("GET") || method.equals("HEAD");
    }

    /**
     * The body.
     *
     * @throws PlaygroundException if it is none of that kind
     */
    <T> T json(Class<T> type) {
        String kind = header("Content-Type");
        // A page of elsewhere can't send that without being asked for leave first, whatever its browser says of it.
        if (kind == null || !kind.matches("(?i)application/json *(;.*)?")) {
            throw new PlaygroundException(
                    415, "the Content-Type is '" + (kind == null ? "" : kind) + "'; write application/json");
        }
        try (InputStream in = body.open()) {
            byte[] bytes = in.readNBytes(MAX_BODY_BYTES + 1);
            if (bytes.length > MAX_BODY_BYTES) {
                throw new PlaygroundException(413, "the body is larger than " + MAX_BODY_BYTES + " bytes");
            }
            T value = JSON.readValue(bytes, type);
            if (value == null) {
                throw new PlaygroundException(400, "the body is not a JSON object");
            }
            return value;
        } catch (JacksonException e) {
            throw new PlaygroundException(
                    400, "the body is not the JSON that is wanted here: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new PlaygroundException(400, "the body could not be read to its end");
        }
    }
}
