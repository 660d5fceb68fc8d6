package io.raftboot.spring.payload;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectMapper;

/** The constants of an enum, all of which are known, so that each can be tried: two may be written alike, or a factory mistake one. */
final class PayloadConstants {
    private final ObjectMapper mapper;
    private final JavaType type;

    PayloadConstants(ObjectMapper mapper, JavaType type) {
        this.mapper = mapper;
        this.type = type;
    }

    /** What is wrong with the first that does not come back; null if all do. */
    @Nullable
    String changedAsValue() {
        for (Object constant : constants()) {
            String trouble = changed(constant, constant, type);
            if (trouble != null) {
                return trouble;
            }
        }
        return null;
    }

    /** The same, for constants that are keys of a map. */
    @Nullable
    String changedAsKey() {
        var map = mapper.getTypeFactory().constructMapType(Map.class, type, mapper.constructType(Integer.class));
        for (Object constant : constants()) {
            String trouble = changed(constant, Map.of(constant, 1), map);
            if (trouble != null) {
                return trouble;
            }
        }
        return null;
    }

    private Object[] constants() {
        Object[] constants = type.getRawClass().getEnumConstants();
        return constants == null ? new Object[0] : constants;
    }

    private @Nullable String changed(Object constant, Object value, JavaType as) {
        String name = ((Enum<?>) constant).name();
        try {
            Object back = mapper.readerFor(as).readValue(mapper.writerFor(as).writeValueAsBytes(value));
            return value.equals(back) ? null : "has the constant " + name + ", which comes back as " + back;
        } catch (JacksonException e) {
            return "has the constant " + name + ", which can't be read again: " + e.getOriginalMessage();
        }
    }
}
