package io.raftboot.spring;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import io.raftboot.spring.payload.CanonicalOrder;
import io.raftboot.spring.payload.DeclaredType;
import io.raftboot.spring.payload.ExactClasses;
import io.raftboot.spring.payload.ExactPayloads;
import io.raftboot.spring.payload.JsonReadBack;
import io.raftboot.spring.payload.JsonShapes;
import io.raftboot.spring.payload.PayloadContract;
import io.raftboot.spring.payload.RefusedPayload;
import io.raftboot.spring.payload.RoomyStack;
import io.raftboot.spring.payload.StateAnnotations;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON by a mapper of its own. The application's mapper, modules and properties do not touch it: a setting changed for
 * some web page must not change what the members of a cluster, old and new, read out of the log.
 */
public final class JsonRaftCodec implements RaftCodec {
    static {
        // Is there before a stack overflows while the class is made ready, after which nothing could use it any more.
        Objects.requireNonNull(TokenStreamLocation.NA);
    }

    private static final byte[] NULL = {'n', 'u', 'l', 'l'};

    /** Objects and arrays within each other; checked when a value is written, and again, alike, when it is read. */
    private static final int MAX_NESTING = 700;

    /** Characters of a state that are read back at a time; some ten times as much of memory. */
    private static final int PIECE_BYTES = 256 * 1024;

    private final JsonFactory json = JsonFactory.builder()
            // What was written must be readable: the replica has a limit of its own for a command, and a state has
            // none.
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNestingDepth(MAX_NESTING)
                    .build())
            .streamWriteConstraints(StreamWriteConstraints.builder()
                    .maxNestingDepth(MAX_NESTING)
                    .build())
            .disable(TokenStreamFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
            .recyclerPool(JsonRecyclerPools.threadLocalPool())
            .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .build();
    private final JsonMapper mapper = JsonMapper.builder(json)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            // All that is state is in the fields, whether or not there is a getter; what a getter computes is none.
            .changeDefaultVisibility(seen -> seen.withFieldVisibility(JsonAutoDetect.Visibility.ANY)
                    .withGetterVisibility(JsonAutoDetect.Visibility.NONE)
                    .withIsGetterVisibility(JsonAutoDetect.Visibility.NONE)
                    .withSetterVisibility(JsonAutoDetect.Visibility.NONE))
            .enable(MapperFeature.ALLOW_FINAL_FIELDS_AS_MUTATORS)
            // Zones and offsets come back as they were given.
            .disable(DateTimeFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
            .enable(DateTimeFeature.WRITE_DATES_WITH_ZONE_ID)
            // Names of constants are unique, what toString() says need not be.
            .disable(EnumFeature.WRITE_ENUMS_USING_TO_STRING)
            .disable(EnumFeature.READ_ENUMS_USING_TO_STRING)
            .annotationIntrospector(new StateAnnotations())
            .serializationContexts(new ExactClasses())
            .addModule(new ExactPayloads())
            .build();
    private final JsonMapper canonical =
            mapper.rebuild().addModule(new CanonicalOrder(this::canonicalText)).build();
    private final JsonShapes shapes = new JsonShapes(mapper);
    private final Map<Type, Writer> writers = new ConcurrentHashMap<>();
    private final Map<Type, Writer> canonicalWriters = new ConcurrentHashMap<>();
    private final Map<Type, ObjectReader> readers = new ConcurrentHashMap<>();

    private record Writer(ObjectWriter json, DeclaredType declared) {}

    @Override
    public void write(@Nullable Object value, Type type, OutputStream out) throws IOException {
        write(value, type, writer(type), out);
    }

    @Override
    public void writeCanonical(@Nullable Object value, Type type, OutputStream out) throws IOException {
        write(value, type, canonicalWriters.computeIfAbsent(type, key -> makeWriter(canonical, key)), out);
    }

    private String canonicalText(Object value) {
        return canonical.writeValueAsString(value);
    }

    private static void write(@Nullable Object value, Type type, Writer writer, OutputStream out) throws IOException {
        try {
            if (value == null) {
                out.write(NULL);
            } else {
                write(value, writer, out);
            }
        } catch (StreamConstraintsException e) {
            throw new IOException(
                    type.getTypeName() + " can't be written as JSON: it has more than " + MAX_NESTING
                            + " objects and collections within each other, or contains itself",
                    e);
        } catch (JacksonException e) {
            throw new IOException(type.getTypeName() + " can't be written as JSON: " + e.getOriginalMessage(), e);
        } catch (StackOverflowError e) {
            throw new IOException(
                    type.getTypeName()
                            + " can't be written as JSON: it is nested too deeply for the stack of the thread '"
                            + Thread.currentThread().getName() + "'",
                    e);
        }
    }

    @Override
    public @Nullable Object read(InputStream in, Type type) throws IOException {
        return RoomyStack.read(in, () -> readHere(in, type));
    }

    private @Nullable Object readHere(InputStream in, Type type) throws IOException {
        try {
            return reader(type).readValue(in);
        } catch (JacksonException e) {
            throw new IOException(type.getTypeName() + " can't be read from JSON: " + e.getOriginalMessage(), e);
        }
    }

    /**
     * Compares what was written with what would be written of it again, piece by piece: a map and a collection by some of their
     * entries at a time, an object by its fields if it is large. What has a form of its own, made by a custom serializer or with
     * the name of a class in it, is read in one piece. In what is larger than a quarter of a megabyte, a field whose annotations
     * say how it is written is passed over, the same key twice is found among the first
     * 262,144, and so are elements of a set that are smaller.
     */
    @Override
    public void verify(InputStream in, Type type) throws IOException {
        verify(in, type, PIECE_BYTES);
    }

    /** Returns how large the largest piece was. */
    public int verify(InputStream in, Type type, int pieceBytes) throws IOException {
        return Objects.requireNonNull(RoomyStack.<Integer>read(in, () -> verifyHere(in, type, pieceBytes)));
    }

    private int verifyHere(InputStream in, Type type, int pieceBytes) throws IOException {
        try (JsonParser parser = mapper.createParser(in)) {
            var readBack = new JsonReadBack(mapper, shapes, parser, pieceBytes);
            readBack.check(mapper.constructType(type));
            return readBack.largestBytes();
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

    @Override
    public List<String> refusals(Type type) {
        return PayloadContract.refused(type, mapper).stream()
                .map(RefusedPayload::text)
                .toList();
    }

    public JsonMapper mapper() {
        return mapper;
    }

    private static void write(Object value, Writer writer, OutputStream out) throws IOException {
        String trouble = writer.declared().troubleWith(value);
        if (trouble != null) {
            throw new IOException(trouble);
        }
        writer.json().writeValue(out, value);
    }

    private Writer writer(Type type) {
        Writer writer = writers.get(type);
        return writer != null ? writer : writers.computeIfAbsent(type, key -> makeWriter(mapper, key));
    }

    private Writer makeWriter(JsonMapper by, Type type) {
        // The declared type is written, as it is read back: generic and polymorphic types write what reading needs.
        var declared = mapper.constructType(type);
        return new Writer(
                by.writerFor(declared).withAttribute(DeclaredType.ROOT, declared), new DeclaredType(declared, mapper));
    }

    private ObjectReader reader(Type type) {
        ObjectReader reader = readers.get(type);
        return reader != null
                ? reader
                : readers.computeIfAbsent(type, key -> mapper.readerFor(mapper.constructType(key)));
    }
}
