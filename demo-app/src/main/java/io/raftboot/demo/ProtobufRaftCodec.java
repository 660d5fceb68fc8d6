package io.raftboot.demo;

import com.google.protobuf.Message;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.raftboot.spring.JsonRaftCodec;
import io.raftboot.spring.RaftCodec;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Protobuf messages as protobuf, each with its length before it; all else as JSON. */
@Component
final class ProtobufRaftCodec implements RaftCodec {
    private final JsonRaftCodec json = new JsonRaftCodec();
    private final ClassValue<Parser<?>> parsers = new ClassValue<>() {
        @Override
        protected Parser<?> computeValue(Class<?> type) {
            try {
                var message = (Message) type.getMethod("getDefaultInstance").invoke(null);
                return message.getParserForType();
            } catch (ReflectiveOperationException e) {
                throw new IllegalArgumentException(type + " is not a generated message", e);
            }
        }
    };

    @Override
    public void write(@Nullable Object value, Type type, OutputStream out) throws IOException {
        if (!isMessage(type)) {
            json.write(value, type, out);
        } else if (value instanceof MessageLite message) {
            message.writeDelimitedTo(out);
        }
    }

    @Override
    public @Nullable Object read(InputStream in, Type type) throws IOException {
        // Null, of which nothing was written, comes back as null: there is no length to read.
        return type instanceof Class<?> message && isMessage(type)
                ? parsers.get(message).parseDelimitedFrom(in)
                : json.read(in, type);
    }

    @Override
    public void verify(InputStream in, Type type) throws IOException {
        if (isMessage(type)) {
            read(in, type);
        } else {
            json.verify(in, type);
        }
    }

    @Override
    public @Nullable Object absent(Type type) throws IOException {
        return isMessage(type) ? null : json.absent(type);
    }

    @Override
    public List<String> refusals(Type type) {
        return isMessage(type) ? List.of() : json.refusals(type);
    }

    @Override
    public boolean leavesPlainValues() {
        return true;
    }

    private static boolean isMessage(Type type) {
        return type instanceof Class<?> named && MessageLite.class.isAssignableFrom(named);
    }
}
