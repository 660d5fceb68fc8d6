package io.raftboot.test;

import io.raftboot.spring.RaftCodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** A value written, read, and compared, as bytes by the codec and as objects. */
final class RoundTrip {
    private RoundTrip() {}

    /**
     * Writes a value, and returns what was written.
     *
     * @throws IOException if it can't be written or read, or comes back as something else: naming type and place
     */
    static byte[] of(@Nullable Object value, Type type, RaftCodec codec) throws IOException {
        byte[] written = written(value, type, codec);
        try {
            codec.verify(new ByteArrayInputStream(written), type);
        } catch (IOException e) {
            throw differs(type, e.getMessage(), e);
        }
        Object back;
        try {
            back = codec.read(new ByteArrayInputStream(written), type);
        } catch (IOException e) {
            throw differs(type, e.getMessage(), e);
        }
        String difference = ObjectDifference.find(value, back, nameOf(value, type));
        if (difference != null) {
            throw differs(type, difference, null);
        }
        try {
            codec.verify(new ByteArrayInputStream(written(back, type, codec)), type);
        } catch (IOException e) {
            throw differs(type, "what was read can't be written and read again: " + e.getMessage(), e);
        }
        return written;
    }

    private static byte[] written(@Nullable Object value, Type type, RaftCodec codec) throws IOException {
        var out = new ByteArrayOutputStream();
        codec.write(value, type, out);
        return out.toByteArray();
    }

    static String nameOf(@Nullable Object value, Type type) {
        return type instanceof Class<?> plain
                ? plain.getSimpleName()
                : value == null ? "null" : value.getClass().getSimpleName();
    }

    private static IOException differs(Type type, @Nullable String difference, @Nullable Throwable cause) {
        return new IOException(
                "a value of type " + type.getTypeName() + " does not come back from the codec as it was: " + difference,
                cause);
    }
}
