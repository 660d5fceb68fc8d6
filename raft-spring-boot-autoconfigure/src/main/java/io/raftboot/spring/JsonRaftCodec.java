package io.raftboot.spring;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON by a mapper of its own. The application's mapper, modules and properties do not touch it: a setting changed for
 * some web page must not change what the members of a cluster, old and new, read out of the log.
 */
public final class JsonRaftCodec implements RaftCodec {
    private static final byte[] NULL = {'n', 'u', 'l', 'l'};

    private final JsonMapper mapper = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            // Arguments are read one by one out of a document that goes on behind each of them.
            .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .build();
    private final Map<Type, ObjectWriter> writers = new ConcurrentHashMap<>();
    private final Map<Type, ObjectReader> readers = new ConcurrentHashMap<>();

    @Override
    public byte[] encodeArguments(List<RaftParameter> parameters, @Nullable Object[] arguments) {
        var out = new ByteArrayOutputStream();
        try (JsonGenerator generator = mapper.createGenerator(out)) {
            generator.writeStartObject();
            for (int i = 0; i < parameters.size(); i++) {
                encode(parameters.get(i), arguments[i], generator);
            }
            generator.writeEndObject();
        }
        return out.toByteArray();
    }

    @Override
    public @Nullable Object[] decodeArguments(List<RaftParameter> parameters, byte[] encoded) {
        @Nullable Object[] arguments = new @Nullable Object[parameters.size()];
        boolean[] found = new boolean[arguments.length];
        try (JsonParser parser = mapper.createParser(encoded)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("the arguments are not a JSON object keyed by parameter name");
            }
            for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                parser.nextToken();
                int index = indexOf(parameters, name);
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
            } else {
                writer(parameter.type()).writeValue(generator, argument);
            }
        } catch (JacksonException e) {
            throw unfit(parameter, e);
        }
    }

    private @Nullable Object decode(RaftParameter parameter, JsonParser parser) {
        try {
            return reader(parameter.type()).readValue(parser);
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
        return writers.computeIfAbsent(type, key -> mapper.writerFor(mapper.constructType(key)));
    }

    private ObjectReader reader(Type type) {
        return readers.computeIfAbsent(type, key -> mapper.readerFor(mapper.constructType(key)));
    }

    private static int indexOf(List<RaftParameter> parameters, String name) {
        for (int i = 0; i < parameters.size(); i++) {
            if (parameters.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    private static RaftArgumentException unfit(RaftParameter parameter, JacksonException cause) {
        return new RaftArgumentException(
                parameter.name(),
                "parameter '" + parameter.name() + "' of type "
                        + parameter.type().getTypeName() + " does not bind: " + cause.getOriginalMessage(),
                cause);
    }
}
