package io.raftboot.spring;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.raftboot.spring.proto.Value;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Arguments and results between their Java types and what stands in the log. Text, whole numbers, truth values and bytes, of
 * which most calls are made, are fields of the message as they are, if the codec leaves them; all else is what the codec
 * writes. A call is encoded once and decoded by every member, so this is most of what an annotated method costs.
 */
final class Values {
    private static final Set<Type> WHOLE_NUMBERS =
            Set.of(int.class, Integer.class, long.class, Long.class, short.class, Short.class);

    private Values() {}

    /**
     * Encodes a value.
     *
     * @param target gets it
     * @throws IOException if it is out of the type's range, or the codec can't write it
     */
    static void write(Value.Builder target, @Nullable Object value, Type type, RaftCodec codec) throws IOException {
        if (value != null && !(codec.leavesPlainValues() && writePlain(target, value, type))) {
            target.setEncoded(UnsafeByteOperations.unsafeWrap(encode(value, type, codec)));
        }
    }

    /**
     * Decodes a result.
     *
     * @param bytes of the message; there are none of null
     * @throws IOException if they are none, or do not fit the type
     */
    static @Nullable Object read(byte[] bytes, Type type, RaftCodec codec) throws IOException {
        return read(bytes.length == 0 ? Value.getDefaultInstance() : Value.parseFrom(bytes), type, codec);
    }

    /**
     * Decodes a value, perhaps into another type than it was written from, by an older or newer version of the application.
     *
     * @throws IOException if it does not fit the type
     */
    static @Nullable Object read(Value value, Type type, RaftCodec codec) throws IOException {
        return switch (value.getKindCase()) {
            case TEXT -> type == String.class ? value.getText() : convert(value.getText(), String.class, type, codec);
            case NUMBER -> number(value.getNumber(), type, codec);
            case TRUTH ->
                isOneOf(type, boolean.class, Boolean.class)
                        ? (Boolean) value.getTruth()
                        : convert(value.getTruth(), boolean.class, type, codec);
            case BINARY -> binary(value.getBinary().toByteArray(), type, codec);
            case ENCODED -> codec.read(value.getEncoded().newInput(), type);
            case KIND_NOT_SET -> absent(type, codec);
        };
    }

    private static boolean writePlain(Value.Builder target, Object value, Type type) throws IOException {
        if (value instanceof String text && type == String.class) {
            target.setTextBytes(utf8(text));
        } else if (WHOLE_NUMBERS.contains(type) && isWhole(value)) {
            target.setNumber(inRange(((Number) value).longValue(), type));
        } else if (value instanceof Boolean truth && isOneOf(type, boolean.class, Boolean.class)) {
            target.setTruth(truth);
        } else if (value instanceof byte[] bytes && type == byte[].class) {
            target.setBinary(ByteString.copyFrom(bytes));
        } else {
            return false;
        }
        return true;
    }

    private static ByteString utf8(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        // Half of a surrogate pair has no encoding: a question mark would take its place.
        if (!text.equals(new String(bytes, StandardCharsets.UTF_8))) {
            throw new IOException("the text has half of a surrogate pair, which can't be written as UTF-8");
        }
        return UnsafeByteOperations.unsafeWrap(bytes);
    }

    private static boolean isWhole(Object value) {
        return value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte;
    }

    private static long inRange(long number, Type type) throws IOException {
        if (!fits(number, type)) {
            throw new IOException(number + " is out of its range");
        }
        return number;
    }

    private static boolean fits(long number, Type type) {
        if (isOneOf(type, int.class, Integer.class)) {
            return number == (int) number;
        }
        return !isOneOf(type, short.class, Short.class) || number == (short) number;
    }

    private static @Nullable Object number(long number, Type type, RaftCodec codec) throws IOException {
        if (isOneOf(type, long.class, Long.class)) {
            return number;
        }
        if (isOneOf(type, int.class, Integer.class)) {
            return (int) inRange(number, type);
        }
        if (isOneOf(type, short.class, Short.class)) {
            return (short) inRange(number, type);
        }
        return convert(number, long.class, type, codec);
    }

    private static @Nullable Object binary(byte[] bytes, Type type, RaftCodec codec) throws IOException {
        return type == byte[].class ? bytes : convert(bytes, byte[].class, type, codec);
    }

    private static @Nullable Object absent(Type type, RaftCodec codec) throws IOException {
        if (type instanceof Class<?> plain && plain.isPrimitive() && type != void.class) {
            throw new IOException("it must not be null");
        }
        return type == void.class ? null : codec.absent(type);
    }

    /** The parameter has another type by now: whether that fits is the codec's to say. */
    private static @Nullable Object convert(Object value, Type from, Type type, RaftCodec codec) throws IOException {
        return codec.read(new ByteArrayInputStream(encode(value, from, codec)), type);
    }

    private static byte[] encode(Object value, Type type, RaftCodec codec) throws IOException {
        var out = new ByteArrayOutputStream();
        codec.write(value, type, out);
        return out.toByteArray();
    }

    private static boolean isOneOf(Type type, Class<?> primitive, Class<?> boxed) {
        return type == primitive || type == boxed;
    }
}
