package io.raftboot.spring.payload;

import io.raftboot.spring.payload.JsonComparison.Order;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.deser.UnresolvedForwardReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads a document piece by piece, writes each again, and compares. A piece is as large as memory for it goes: what is larger is
 * taken apart, maps and collections into parts of the same type, objects into their fields. Used once, by one thread.
 */
public final class JsonReadBack {
    private final JsonMapper mapper;
    private final JsonShapes shapes;
    private final JsonComparison comparison;
    private final JsonTokens tokens;
    private final int pieceBytes;
    private boolean apart;
    private int largestBytes;

    /** @param pieceBytes characters of JSON that are in memory at a time, about, if a type can be taken apart */
    public JsonReadBack(JsonMapper mapper, JsonShapes shapes, JsonParser parser, int pieceBytes) {
        this.mapper = mapper;
        this.shapes = shapes;
        this.comparison = new JsonComparison(shapes);
        this.tokens = new JsonTokens(parser);
        this.pieceBytes = pieceBytes;
    }

    /**
     * Checks all of the document.
     *
     * @throws ChangedPayloadException if something comes back otherwise than it was written
     * @throws IOException if it can't be read
     */
    public void check(JavaType type) throws IOException {
        value(type, type.getRawClass().getSimpleName(), Order.KEPT);
        tokens.expectEnd();
    }

    /** Size of the largest piece, in characters. */
    public int largestBytes() {
        return largestBytes;
    }

    private void value(JavaType type, String path, Order order) throws IOException {
        JsonTree piece = tokens.piece(pieceBytes, path);
        if (piece != null) {
            whole(type, piece, path, order, 0, tokens.sizeBytes());
            return;
        }
        JsonShape shape = shapes.apart(type);
        boolean object = tokens.peek() == JsonToken.START_OBJECT;
        if (object && shape instanceof JsonShape.Entries entries) {
            entries(entries, path, order);
        } else if (object && shape instanceof JsonShape.Fields fields) {
            fields(fields, path);
        } else if (!object && shape instanceof JsonShape.Elements elements) {
            elements(elements, path, order);
        } else {
            JsonTree all = tokens.piece(Integer.MAX_VALUE, path);
            if (all == null) {
                throw new IOException(path + " is too large to be read back in one piece, and can't be taken apart");
            }
            whole(type, all, path, order, 0, tokens.sizeBytes());
        }
    }

    private void entries(JsonShape.Entries shape, String path, Order order) throws IOException {
        begin();
        var known = new KnownDigests();
        Map<String, JsonTree> batch = new LinkedHashMap<>();
        int size = 0;
        while (tokens.peek() != JsonToken.END_OBJECT) {
            String key = tokens.next().text();
            String at = JsonComparison.at(shape, path, key);
            if (!known.isNew(key)) {
                throw ChangedPayloadException.twice(at);
            }
            JsonTree piece = tokens.piece(pieceBytes, at);
            if (piece == null) {
                key(shape, key, path);
                value(shape.content(), at, Order.KEPT);
                continue;
            }
            batch.put(key, piece);
            size += tokens.sizeBytes() + key.length();
            if (size > pieceBytes) {
                whole(shape.type(), new JsonTree.Names(batch), path, order, 0, size);
                // The last one again, so that its order to the next is seen.
                batch = new LinkedHashMap<>(shape.inOrder() ? Map.of(key, piece) : Map.of());
                size = 0;
            }
        }
        tokens.next();
        whole(shape.type(), new JsonTree.Names(batch), path, order, 0, size);
    }

    /** A key whose value is checked by itself. */
    private void key(JsonShape.Entries shape, String key, String path) throws IOException {
        JavaType alone = mapper.getTypeFactory()
                .constructMapType(LinkedHashMap.class, shape.key(), mapper.constructType(Object.class));
        JsonTree none = new JsonTree.Scalar(JsonToken.VALUE_NULL, "null");
        whole(alone, new JsonTree.Names(Map.of(key, none)), path, Order.FREE, 0, key.length());
    }

    private void elements(JsonShape.Elements shape, String path, Order order) throws IOException {
        begin();
        var known = new KnownDigests();
        List<JsonTree> batch = new ArrayList<>();
        int size = 0;
        long index = 0;
        for (; tokens.peek() != JsonToken.END_ARRAY; index++) {
            String at = path + "[" + index + "]";
            JsonTree piece = tokens.piece(pieceBytes, at);
            if (piece == null) {
                whole(shape.type(), new JsonTree.Items(batch), path, order, index - batch.size(), size);
                batch = new ArrayList<>();
                size = 0;
                value(shape.item(), at, Order.KEPT);
                continue;
            }
            if (shape.set() && !known.isNew(comparison.canonical(shape.item(), piece))) {
                throw ChangedPayloadException.twice(at);
            }
            batch.add(piece);
            size += tokens.sizeBytes();
            if (size > pieceBytes) {
                whole(shape.type(), new JsonTree.Items(batch), path, order, index + 1 - batch.size(), size);
                batch = new ArrayList<>(shape.inOrder() && shape.set() ? List.of(piece) : List.of());
                size = 0;
            }
        }
        tokens.next();
        whole(shape.type(), new JsonTree.Items(batch), path, order, index - batch.size(), size);
    }

    private void fields(JsonShape.Fields shape, String path) throws IOException {
        begin();
        Set<String> known = new HashSet<>();
        while (tokens.peek() != JsonToken.END_OBJECT) {
            String name = tokens.next().text();
            String at = JsonComparison.at(shape, path, name);
            JsonShape.Field field = shape.fields().get(name);
            if (field == null) {
                throw ChangedPayloadException.lost(at, tokens.peek().name());
            }
            if (!known.add(name)) {
                throw ChangedPayloadException.twice(at);
            }
            if (field.peculiar()) {
                tokens.skipValue();
            } else {
                value(field.type(), at, field.byConstructor() ? Order.FREE : Order.KEPT);
            }
        }
        tokens.next();
    }

    private void begin() throws IOException {
        apart = true;
        tokens.next();
    }

    private void whole(JavaType type, JsonTree piece, String path, Order order, long first, int size)
            throws IOException {
        largestBytes = Math.max(largestBytes, size);
        Object value;
        try {
            value = mapper.readerFor(type).readValue(bytes(piece));
        } catch (UnresolvedForwardReference e) {
            if (apart) {
                // It refers to an object of another piece.
                return;
            }
            throw unreadable(path, e);
        } catch (JacksonException e) {
            throw unreadable(path, e);
        }
        byte[] again;
        try {
            again = mapper.writerFor(type).writeValueAsBytes(value);
        } catch (JacksonException e) {
            throw new IOException(path + " was read, and can't be written again: " + e.getOriginalMessage(), e);
        }
        comparison.compare(type, piece, tree(again, path), path, order, first);
    }

    private static IOException unreadable(String path, JacksonException e) {
        String reference = e.getPathReference();
        return new IOException(
                path + " was written, and can't be read again: " + e.getOriginalMessage()
                        + (reference.isEmpty() ? "" : " (at " + reference + ")"),
                e);
    }

    private byte[] bytes(JsonTree piece) {
        var bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = mapper.createGenerator(bytes)) {
            piece.writeTo(out);
        }
        return bytes.toByteArray();
    }

    private JsonTree tree(byte[] json, String path) throws IOException {
        try (JsonParser parser = mapper.createParser(json)) {
            JsonTree tree = new JsonTokens(parser).piece(Integer.MAX_VALUE, path);
            if (tree == null) {
                throw new IOException(path + " is too large to be compared");
            }
            return tree;
        }
    }
}
