package io.raftboot.spring.payload;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** The tokens of a document one by one, or in trees of a limited size. Used by one thread. */
final class JsonTokens {
    /** About what a token takes besides its text, where there is one. */
    private static final int TOKEN_BYTES = 8;

    private final JsonParser parser;

    /** Tokens that were read, and given back because they began what is too large for a tree. */
    private final Deque<Token> returned = new ArrayDeque<>();

    private int sizeBytes;

    JsonTokens(JsonParser parser) {
        this.parser = parser;
    }

    /** A token; of a number as it was written. */
    record Token(JsonToken kind, String text) {}

    /** What comes next, which is left there. */
    JsonToken peek() throws IOException {
        if (returned.isEmpty()) {
            returned.addFirst(next());
        }
        return returned.getFirst().kind();
    }

    Token next() throws IOException {
        Token first = returned.pollFirst();
        return first != null ? first : read();
    }

    private Token read() throws IOException {
        try {
            JsonToken kind = parser.nextToken();
            if (kind == null) {
                throw new IOException("the JSON ends before its value does");
            }
            if (kind == JsonToken.PROPERTY_NAME) {
                return new Token(kind, parser.currentName());
            }
            return new Token(kind, kind.isScalarValue() ? parser.getString() : "");
        } catch (JacksonException e) {
            throw new IOException("not the JSON that was written: " + e.getOriginalMessage(), e);
        }
    }

    /** @throws IOException if something follows */
    void expectEnd() throws IOException {
        try {
            if (!returned.isEmpty() || parser.nextToken() != null) {
                throw new IOException("there is more behind the JSON value");
            }
        } catch (JacksonException e) {
            throw new IOException("there is more behind the JSON value: " + e.getOriginalMessage(), e);
        }
    }

    /**
     * Reads a value, unless it is an object or an array of more than the limit: of that nothing is read.
     *
     * @param limitBytes about so much of memory, in characters of JSON
     */
    @Nullable
    JsonTree piece(int limitBytes, String path) throws IOException {
        List<Token> tokens = new ArrayList<>();
        int depth = 0;
        long size = 0;
        do {
            Token token = next();
            tokens.add(token);
            depth += change(token.kind());
            size += token.text().length() + TOKEN_BYTES;
            if (size > limitBytes && depth > 0) {
                for (int i = tokens.size() - 1; i >= 0; i--) {
                    returned.addFirst(tokens.get(i));
                }
                return null;
            }
        } while (depth > 0);
        sizeBytes = (int) Math.min(size, Integer.MAX_VALUE);
        return tree(tokens.iterator(), path);
    }

    /** Size of the last {@link #piece} that was read. */
    int sizeBytes() {
        return sizeBytes;
    }

    void skipValue() throws IOException {
        int depth = 0;
        do {
            depth += change(next().kind());
        } while (depth > 0);
    }

    private static int change(JsonToken kind) {
        if (kind.isStructStart()) {
            return 1;
        }
        return kind.isStructEnd() ? -1 : 0;
    }

    private static JsonTree tree(Iterator<Token> tokens, String path) throws IOException {
        return tree(tokens.next(), tokens, path);
    }

    private static JsonTree tree(Token first, Iterator<Token> tokens, String path) throws IOException {
        if (first.kind() == JsonToken.START_ARRAY) {
            List<JsonTree> items = new ArrayList<>();
            for (Token each = tokens.next(); each.kind() != JsonToken.END_ARRAY; each = tokens.next()) {
                items.add(tree(each, tokens, path));
            }
            return new JsonTree.Items(items);
        }
        if (first.kind() == JsonToken.START_OBJECT) {
            Map<String, JsonTree> values = new LinkedHashMap<>();
            for (Token each = tokens.next(); each.kind() != JsonToken.END_OBJECT; each = tokens.next()) {
                if (values.put(each.text(), tree(tokens, path)) != null) {
                    throw ChangedPayloadException.twice("in " + path + ", the name '" + each.text() + "'");
                }
            }
            return new JsonTree.Names(values);
        }
        return new JsonTree.Scalar(first.kind(), first.text());
    }
}
