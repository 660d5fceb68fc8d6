package io.raftboot.spring;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The arguments that most calls have, texts, whole numbers, truth values and bytes, handed to the parser and the generator
 * themselves: as the mapper does it, without its way there, which a call takes once and every member again.
 */
final class JsonScalars {
    private JsonScalars() {}

    /** Writes the value; or returns false, and nothing is written, if the mapper has to do it. */
    static boolean write(JsonGenerator generator, Type type, Object value) {
        if (value instanceof String text && type == String.class) {
            generator.writeString(text);
        } else if (value instanceof Integer number && isOneOf(type, int.class, Integer.class)) {
            generator.writeNumber(number);
        } else if (value instanceof Long number && isOneOf(type, long.class, Long.class)) {
            generator.writeNumber(number);
        } else if (value instanceof Boolean truth && isOneOf(type, boolean.class, Boolean.class)) {
            generator.writeBoolean(truth);
        } else if (value instanceof byte[] bytes && type == byte[].class) {
            generator.writeBinary(bytes);
        } else {
            return false;
        }
        return true;
    }

    /** Reads the token that the parser is at; or returns null if the mapper has to do it. */
    static @Nullable Object read(JsonParser parser, Type type) {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.VALUE_STRING) {
            return type == String.class ? parser.getString() : type == byte[].class ? parser.getBinaryValue() : null;
        }
        if (token == JsonToken.VALUE_NUMBER_INT) {
            if (isOneOf(type, int.class, Integer.class)) {
                return parser.getIntValue();
            }
            return isOneOf(type, long.class, Long.class) ? (Long) parser.getLongValue() : null;
        }
        if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
            return isOneOf(type, boolean.class, Boolean.class) ? (Boolean) parser.getBooleanValue() : null;
        }
        return null;
    }

    private static boolean isOneOf(Type type, Class<?> primitive, Class<?> boxed) {
        return type == primitive || type == boxed;
    }
}
