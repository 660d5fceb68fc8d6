package io.raftboot.spring;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.reflect.Type;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a call one after the other, each as its codec writes it: format version (1 byte), then for each length of
 * the name (2), name (UTF-8), length of the value (4; -1 for null), value.
 */
final class NamedArguments {
    private static final byte FORMAT_VERSION = 1;
    private static final int NULL = -1;

    private NamedArguments() {}

    /** @throws RaftArgumentException if the codec can't write one */
    static ByteBuffer encode(RaftCodec codec, List<RaftParameter> parameters, @Nullable Object[] arguments) {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        var value = new ByteArrayOutputStream();
        bytes.write(FORMAT_VERSION);
        for (int i = 0; i < arguments.length; i++) {
            RaftParameter parameter = parameters.get(i);
            try {
                byte[] name = parameter.name().getBytes(StandardCharsets.UTF_8);
                out.writeShort(name.length);
                out.write(name);
                if (arguments[i] == null) {
                    out.writeInt(NULL);
                } else {
                    value.reset();
                    codec.write(arguments[i], parameter.type(), value);
                    out.writeInt(value.size());
                    value.writeTo(out);
                }
            } catch (IOException | RuntimeException e) {
                throw unfit(parameter, e);
            }
        }
        return ByteBuffer.wrap(bytes.toByteArray());
    }

    /**
     * @throws IllegalArgumentException if the bytes are something else
     * @throws RaftArgumentException    if the codec can't read one, or a primitive is null or absent
     */
    static @Nullable Object[] decode(RaftCodec codec, List<RaftParameter> parameters, ByteBuffer encoded) {
        @Nullable Object[] arguments = new @Nullable Object[parameters.size()];
        ByteBuffer in = encoded.slice();
        try {
            if (in.get() != FORMAT_VERSION) {
                throw new IllegalArgumentException("the arguments are in a format that this version does not know");
            }
            while (in.hasRemaining()) {
                String name = new String(take(in, Short.toUnsignedInt(in.getShort())), StandardCharsets.UTF_8);
                int length = in.getInt();
                byte[] value = length == NULL ? null : take(in, length);
                int index = indexOf(parameters, name);
                if (index >= 0 && value != null) {
                    arguments[index] = read(codec, parameters.get(index), value);
                }
            }
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("the arguments end too early", e);
        }
        for (int i = 0; i < arguments.length; i++) {
            Type type = parameters.get(i).type();
            if (arguments[i] == null && type instanceof Class<?> plain && plain.isPrimitive()) {
                throw unfit(parameters.get(i), new IOException("it must not be null"));
            }
        }
        return arguments;
    }

    /** Place of the parameter of that name, or -1. */
    static int indexOf(List<RaftParameter> parameters, String name) {
        for (int i = 0; i < parameters.size(); i++) {
            if (parameters.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    /** What is said of an argument that can't be written or read. */
    static RaftArgumentException unfit(RaftParameter parameter, @Nullable String reason, Exception cause) {
        return new RaftArgumentException(
                parameter.name(),
                "parameter '" + parameter.name() + "' of type "
                        + parameter.type().getTypeName() + " does not bind: " + reason,
                cause);
    }

    private static RaftArgumentException unfit(RaftParameter parameter, Exception cause) {
        return unfit(parameter, cause.getMessage(), cause);
    }

    private static @Nullable Object read(RaftCodec codec, RaftParameter parameter, byte[] value) {
        try {
            return codec.read(new ByteArrayInputStream(value), parameter.type());
        } catch (IOException | RuntimeException e) {
            throw unfit(parameter, e);
        }
    }

    private static byte[] take(ByteBuffer in, int length) {
        // Before it is allocated: a length that is damaged may be any number.
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] taken = new byte[length];
        in.get(taken);
        return taken;
    }
}
