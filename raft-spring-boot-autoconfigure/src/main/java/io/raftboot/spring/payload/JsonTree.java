package io.raftboot.spring.payload;

import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonToken;

/** A piece of JSON as it was written: numbers are text, and names keep their order. */
sealed interface JsonTree {
    void writeTo(JsonGenerator out);

    /** Compact JSON, for messages and for digests. */
    String text();

    /** All that is neither an object nor an array. */
    record Scalar(JsonToken token, String content) implements JsonTree {
        @Override
        public void writeTo(JsonGenerator out) {
            switch (token) {
                case VALUE_NULL -> out.writeNull();
                case VALUE_TRUE -> out.writeBoolean(true);
                case VALUE_FALSE -> out.writeBoolean(false);
                case VALUE_STRING -> out.writeString(content);
                default -> out.writeNumber(content);
            }
        }

        @Override
        public String text() {
            return token == JsonToken.VALUE_STRING ? '"' + content + '"' : content;
        }
    }

    /** An array. */
    record Items(List<JsonTree> items) implements JsonTree {
        @Override
        public void writeTo(JsonGenerator out) {
            out.writeStartArray();
            items.forEach(item -> item.writeTo(out));
            out.writeEndArray();
        }

        @Override
        public String text() {
            return items.stream().map(JsonTree::text).toList().toString();
        }
    }

    /** An object; the map iterates in the order of the text. */
    record Names(Map<String, JsonTree> values) implements JsonTree {
        @Override
        public void writeTo(JsonGenerator out) {
            out.writeStartObject();
            values.forEach((name, value) -> {
                out.writeName(name);
                value.writeTo(out);
            });
            out.writeEndObject();
        }

        @Override
        public String text() {
            var text = new StringBuilder("{");
            values.forEach((name, value) -> text.append(text.length() == 1 ? "" : ",")
                    .append('"')
                    .append(name)
                    .append("\":")
                    .append(value.text()));
            return text.append('}').toString();
        }
    }
}
