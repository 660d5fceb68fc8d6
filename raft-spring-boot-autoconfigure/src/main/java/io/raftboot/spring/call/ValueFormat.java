package io.raftboot.spring.call;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.raftboot.spring.RaftCodec;
import io.raftboot.spring.payload.ValueDifference;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Arguments and results between their Java types and what stands in the log. Text, whole numbers, truth values and bytes, of
 * which most calls are made, are fields of the message as they are, if the codec leaves them; all else is what the codec
 * writes. A call is encoded once and decoded by every member, so this is most of what an annotated method costs.
 */
public final class ValueFormat {
    /** Number of bits below the number of a field in its tag. */
    static final int TAG_TYPE_BITS = 3;

    private static final Set<Type> WHOLE_NUMBERS =
            Set.of(int.class, Integer.class, long.class, Long.class, short.class, Short.class);

    private static final int VARINT = WireFormat.WIRETYPE_VARINT;
    private static final int LENGTH_DELIMITED = WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int TEXT_TAG = EncodedValue.TEXT << TAG_TYPE_BITS | LENGTH_DELIMITED;
    private static final int NUMBER_TAG = EncodedValue.NUMBER << TAG_TYPE_BITS | VARINT;
    private static final int TRUTH_TAG = EncodedValue.TRUTH << TAG_TYPE_BITS | VARINT;
    private static final int BINARY_TAG = EncodedValue.BINARY << TAG_TYPE_BITS | LENGTH_DELIMITED;
    private static final int ENCODED_TAG = EncodedValue.ENCODED << TAG_TYPE_BITS | LENGTH_DELIMITED;

    private ValueFormat() {}

    /**
     * Encodes a value.
     *
     * @throws IOException if it is out of the type's range, or the codec can't write it
     */
    public static EncodedValue encode(@Nullable Object value, Type type, RaftCodec codec) throws IOException {
        if (value == null) {
            return EncodedValue.NULL;
        }
        var plain = codec.leavesPlainValues() ? plain(value, type) : null;
        return plain != null ? plain : EncodedValue.bytes(EncodedValue.ENCODED, write(value, type, codec));
    }

    /**
     * Decodes a value that stands by itself, as a result does. Who takes none gets null, also of a result that is remembered of
     * a version of the application whose command returned something.
     *
     * @throws IOException if the bytes are none, or do not fit the type
     */
    static @Nullable Object decode(byte[] bytes, Type type, RaftCodec codec) throws IOException {
        if (type == void.class) {
            return null;
        }
        if (bytes.length == 0) {
            return absent(type, codec);
        }
        var in = CodedInputStream.newInstance(bytes);
        return decode(in, in.readTag(), type, codec);
    }

    /** Decodes what was encoded just now, without the detour of bytes that others read. */
    private static @Nullable Object decode(EncodedValue encoded, Type type, RaftCodec codec) throws IOException {
        return encoded.field() == EncodedValue.ENCODED
                ? codec.read(new ByteArrayInputStream(encoded.bytes()), type)
                : decode(encoded.toBytes(), type, codec);
    }

    /**
     * Decodes the value whose tag was read, perhaps into another type than it was written from, by an older or newer version of
     * the application.
     *
     * @throws IOException if it does not fit the type
     */
    static @Nullable Object decode(CodedInputStream in, int tag, Type type, RaftCodec codec) throws IOException {
        return switch (tag) {
            case TEXT_TAG -> text(in.readStringRequireUtf8(), type, codec);
            case NUMBER_TAG -> number(in.readSInt64(), type, codec);
            case TRUTH_TAG -> truth(in.readBool(), type, codec);
            case BINARY_TAG -> binary(in.readByteArray(), type, codec);
            case ENCODED_TAG -> codec.read(new ByteArrayInputStream(in.readByteArray()), type);
            default -> throw new IOException("it is of a kind that this version does not know");
        };
    }

    /**
     * Refuses a value that would come back as another one: once in the log, all members would have that.
     *
     * @param value encoded by the codec
     * @param encoded what it has written
     * @throws IOException if what is read is another value, naming the place
     */
    public static void checkComesBack(Object value, EncodedValue encoded, Type type, RaftCodec codec)
            throws IOException {
        Object back = decode(encoded, type, codec);
        ValueDifference difference = ValueDifference.find(value, back);
        if (difference == null) {
            return;
        }
        byte[] bytes = encoded.toBytes();
        if (difference.certain()
                || !Arrays.equals(bytes, encode(back, type, codec).toBytes())) {
            throw new IOException("a value of " + value.getClass().getTypeName() + " would not come back as it is: "
                    + difference.text());
        }
    }

    /**
     * What stands for null, and for a value that is not there.
     *
     * @throws IOException if the type has no such value
     */
    static @Nullable Object absent(Type type, RaftCodec codec) throws IOException {
        if (type instanceof Class<?> plain && plain.isPrimitive()) {
            throw new IOException("it must not be null");
        }
        return codec.absent(type);
    }

    private static @Nullable EncodedValue plain(Object value, Type type) throws IOException {
        if (value instanceof String text && type == String.class) {
            return EncodedValue.bytes(EncodedValue.TEXT, utf8(text));
        }
        if (isWhole(value) && WHOLE_NUMBERS.contains(type)) {
            return EncodedValue.number(inRange(((Number) value).longValue(), type));
        }
        if (value instanceof Boolean truth && isOneOf(type, boolean.class, Boolean.class)) {
            return EncodedValue.truth(truth);
        }
        return value instanceof byte[] bytes && type == byte[].class
                ? EncodedValue.bytes(EncodedValue.BINARY, bytes)
                : null;
    }

    private static byte[] utf8(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        // Half of a surrogate pair has no encoding: a question mark would take its place.
        if (!text.equals(new String(bytes, StandardCharsets.UTF_8))) {
            throw new IOException("the text has half of a surrogate pair, which can't be written as UTF-8");
        }
        return bytes;
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

    private static @Nullable Object text(String text, Type type, RaftCodec codec) throws IOException {
        return type == String.class ? text : convert(text, String.class, type, codec);
    }

    private static @Nullable Object truth(boolean truth, Type type, RaftCodec codec) throws IOException {
        return isOneOf(type, boolean.class, Boolean.class)
                ? (Boolean) truth
                : convert(truth, boolean.class, type, codec);
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

    /** The parameter has another type by now: whether that fits is the codec's to say. */
    private static @Nullable Object convert(Object value, Type from, Type type, RaftCodec codec) throws IOException {
        return codec.read(new ByteArrayInputStream(write(value, from, codec)), type);
    }

    private static byte[] write(Object value, Type type, RaftCodec codec) throws IOException {
        var out = new ByteArrayOutputStream();
        codec.write(value, type, out);
        return out.toByteArray();
    }

    private static boolean isOneOf(Type type, Class<?> primitive, Class<?> boxed) {
        return type == primitive || type == boxed;
    }
}
