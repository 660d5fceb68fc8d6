package io.raftboot.spring;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Type;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
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
    private static final byte[] NULL = {'n', 'u', 'l', 'l'};

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
            .build();
    private final Map<Type, ObjectWriter> writers = new ConcurrentHashMap<>();
    private final Map<Type, ObjectReader> readers = new ConcurrentHashMap<>();

    @Override
    public void write(@Nullable Object value, Type type, OutputStream out) throws IOException {
        try {
            if (value == null) {
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
            return reader(type).readValue(in);
        } catch (JacksonException e) {
            throw new IOException(type.getTypeName() + " can't be read from JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** What JSON's null is read as: an empty {@code Optional}, for example. */
    @Override
    public @Nullable Object absent(Type type) throws IOException {
        return read(new ByteArrayInputStream(NULL), type);
    }

    @Override
    public boolean leavesPlainValues() {
        return true;
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
}
