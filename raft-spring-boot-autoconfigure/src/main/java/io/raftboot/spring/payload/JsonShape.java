package io.raftboot.spring.payload;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JavaType;

/** What is known of the JSON of a type: of which parts it consists, each of which can be read by itself. */
sealed interface JsonShape {
    /** The type of what stands under a name; null if nothing is known of it. */
    default @Nullable JavaType named(String name) {
        return null;
    }

    /** The type of what stands in an array; null if nothing is known of it. */
    default @Nullable JavaType item() {
        return null;
    }

    /** Whether the order of the parts is that of a sorted collection or of a list, and so is a part of the value. */
    default boolean inOrder() {
        return false;
    }

    /** Nothing: a custom form, or one with a type's name in it. */
    record Opaque() implements JsonShape {}

    /** A map. */
    record Entries(JavaType type, JavaType key, JavaType content, boolean inOrder) implements JsonShape {
        @Override
        public JavaType named(String name) {
            return content;
        }
    }

    /** A collection or an array; of a set no two are alike. */
    record Elements(JavaType type, JavaType item, boolean inOrder, boolean set) implements JsonShape {}

    /** An object by its fields. */
    record Fields(Map<String, Field> fields) implements JsonShape {
        @Override
        public @Nullable JavaType named(String name) {
            Field field = fields.get(name);
            return field == null || field.peculiar() ? null : field.type();
        }
    }

    /**
     * A field.
     *
     * @param byConstructor whether it goes through a constructor, which may put it into a collection of another order
     * @param peculiar whether annotations of its own say how it is written, so that its type alone does not
     */
    record Field(JavaType type, boolean byConstructor, boolean peculiar) {}
}
