package io.raftboot.autoconfigure.http;

import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON as what is below {@code /raft} reads and writes it, whatever the application has set for its own. */
public final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {}

    /**
     * The value that is written.
     *
     * @throws tools.jackson.core.JacksonException if it is no JSON, or more than one value
     */
    public static JsonNode read(byte[] bytes) {
        return MAPPER.readTree(bytes);
    }

    /** The bytes of a value. */
    public static byte[] write(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }
}
