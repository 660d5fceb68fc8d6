package io.raftboot.spring;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON by a mapper of its own. The application's mapper, modules and properties do not touch it: a setting changed for
 * some web page must not change what the members of a cluster, old and new, read out of the log.
 */
public final class JsonRaftCodec implements RaftCodec {
    private static final int INITIAL_SIZE_BYTES = 512;
    private static final byte[] NULL = {'n', 'u', 'l', 'l'};

    /** Any value of these comes back from what is written of it. */
    private static final Set<Type> PLAIN_TYPES = Set.of(
            String.class,
            byte[].class,
            int.class,
            Integer.class,
            long.class,
            Long.class,
            short.class,
            Short.class,
            boolean.class,
            Boolean.class);

    private final JsonFactory json = JsonFactory.builder()
            // The replica has a limit of its own for a command.
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .recyclerPool(JsonRecyclerPools.threadLocalPool())
            .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .build();
    private final JsonMapper mapper = JsonMapper.builder(json)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            // Arguments are read one by one out of a document that goes on behind each of them.
            .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private final Map<Type, ObjectWriter> writers = new ConcurrentHashMap<>();
    private final Map<Type, ObjectReader> readers = new ConcurrentHashMap<>();

    @Override
    public ByteBuffer encodeArguments(List<RaftParameter> parameters, @Nullable Object[] arguments) {
        var out = new ByteArrayOutputStream(INITIAL_SIZE_BYTES);
        try (JsonGenerator generator = json.createGenerator(ObjectWriteContext.empty(), out)) {
            generator.writeStartObject();
            for (int i = 0; i < parameters.size(); i++) {
                encode(parameters.get(i), arguments[i], generator);
            }
            generator.writeEndObject();
        }
        return ByteBuffer.wrap(out.toByteArray());
    }

    @Override
    public @Nullable Object[] decodeArguments(List<RaftParameter> parameters, ByteBuffer encoded) {
        byte[] bytes = encoded.hasArray() ? encoded.array() : copy(encoded);
        int start = encoded.hasArray() ? encoded.arrayOffset() + encoded.position() : 0;
        return decode(parameters, bytes, start, encoded.remaining());
    }

    private @Nullable Object[] decode(List<RaftParameter> parameters, byte[] encoded, int start, int length) {
        @Nullable Object[] arguments = new @Nullable Object[parameters.size()];
        boolean[] found = new boolean[arguments.length];
        try (JsonParser parser = json.createParser(ObjectReadContext.empty(), encoded, start, length)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("the arguments are not a JSON object keyed by parameter name");
            }
            for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                parser.nextToken();
                int index = NamedArguments.indexOf(parameters, name);
                if (index < 0) {
                    parser.skipChildren();
                } else {
                    arguments[index] = decode(parameters.get(index), parser);
                    found[index] = true;
                }
            }
        } catch (JacksonException e) {
            throw new IllegalArgumentException("the arguments are not JSON: " + e.getOriginalMessage(), e);
        }
        for (int i = 0; i < found.length; i++) {
            if (!found[i]) {
                arguments[i] = absent(parameters.get(i));
            }
        }
        return arguments;
    }

    @Override
    public boolean alwaysReadsBack(List<RaftParameter> parameters) {
        for (int i = 0; i < parameters.size(); i++) {
            if (!PLAIN_TYPES.contains(parameters.get(i).type())) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void write(@Nullable Object value, Type type, OutputStream out) throws IOException {
        try {
            if (type == void.class || value == null) {
                out.write(NULL);
            } else {
                writer(type).writeValue(out, value);
            }
        } catch (JacksonException e) {
            throw new IOException(type.getTypeName() + " can't be written as JSON: " + e.getOriginalMessage(), e);
        }
    }

    @Override
    public @Nullable Object read(InputStream in, Type type) throws IOException {
        try {
            return type == void.class ? null : reader(type).readValue(in);
        } catch (JacksonException e) {
            throw new IOException(type.getTypeName() + " can't be read from JSON: " + e.getOriginalMessage(), e);
        }
    }

    private void encode(RaftParameter parameter, @Nullable Object argument, JsonGenerator generator) {
        try {
            generator.writeName(parameter.name());
            if (argument == null) {
                generator.writeNull();
            } else if (!JsonScalars.write(generator, parameter.type(), argument)) {
                writer(parameter.type()).writeValue(generator, argument);
            }
        } catch (JacksonException e) {
            throw unfit(parameter, e);
        }
    }

    private @Nullable Object decode(RaftParameter parameter, JsonParser parser) {
        try {
            Object scalar = JsonScalars.read(parser, parameter.type());
            return scalar != null ? scalar : reader(parameter.type()).readValue(parser);
        } catch (JacksonException e) {
            throw unfit(parameter, e);
        }
    }

    private @Nullable Object absent(RaftParameter parameter) {
        try {
            return reader(parameter.type()).readValue(NULL);
        } catch (JacksonException e) {
            throw unfit(parameter, e);
        }
    }

    private ObjectWriter writer(Type type) {
        // By the declared type, as it is read back: generic and polymorphic types write what reading needs.
        ObjectWriter writer = writers.get(type);
        return writer != null
                ? writer
                : writers.computeIfAbsent(type, key -> mapper.writerFor(mapper.constructType(key)));
    }

    private ObjectReader reader(Type type) {
        ObjectReader reader = readers.get(type);
        return reader != null
                ? reader
                : readers.computeIfAbsent(type, key -> mapper.readerFor(mapper.constructType(key)));
    }

    private static byte[] copy(ByteBuffer buffer) {
        byte[] copy = new byte[buffer.remaining()];
        buffer.duplicate().get(copy);
        return copy;
    }

    private static RaftArgumentException unfit(RaftParameter parameter, JacksonException cause) {
        return NamedArguments.unfit(parameter, cause.getOriginalMessage(), cause);
    }
}
