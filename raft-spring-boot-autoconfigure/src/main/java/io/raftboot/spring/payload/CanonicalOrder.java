package io.raftboot.spring.payload;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.jsontype.TypeSerializer;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.ValueSerializerModifier;
import tools.jackson.databind.type.CollectionType;
import tools.jackson.databind.type.MapType;

/**
 * Writes maps by their keys and sets by their elements in an order that is the same for equal ones, whatever class they are of: one
 * that was read from a snapshot may be of another class than the one it is a copy of, and iterate otherwise.
 */
public final class CanonicalOrder extends SimpleModule {
    private static final long serialVersionUID = 1L;

    /** @param text of a key or an element that has no order of its own, the same for equal ones */
    public CanonicalOrder(Function<Object, String> text) {
        super("canonical order");
        setSerializerModifier(new Modifier(text));
    }

    private static final class Modifier extends ValueSerializerModifier {
        private static final long serialVersionUID = 1L;

        private final transient Function<Object, String> text;

        Modifier(Function<Object, String> text) {
            this.text = text;
        }

        @Override
        public ValueSerializer<?> modifyMapSerializer(
                SerializationConfig config,
                MapType type,
                BeanDescription.Supplier description,
                ValueSerializer<?> serializer) {
            return new Sorting(serializer, text);
        }

        @Override
        public ValueSerializer<?> modifyCollectionSerializer(
                SerializationConfig config,
                CollectionType type,
                BeanDescription.Supplier description,
                ValueSerializer<?> serializer) {
            return new Sorting(serializer, text);
        }
    }

    /** Hands a sorted copy to the serializer that the container has. */
    private static final class Sorting extends ValueSerializer<Object> {
        private final ValueSerializer<Object> writer;
        private final Function<Object, String> text;

        @SuppressWarnings("unchecked") // It is that of the class to which it belongs.
        Sorting(ValueSerializer<?> writer, Function<Object, String> text) {
            this.writer = (ValueSerializer<Object>) writer;
            this.text = text;
        }

        @Override
        public ValueSerializer<?> createContextual(SerializationContext context, BeanProperty property) {
            return new Sorting(writer.createContextual(context, property), text);
        }

        @Override
        public void serialize(Object value, JsonGenerator out, SerializationContext context) {
            writer.serialize(sorted(value), out, context);
        }

        @Override
        public void serializeWithType(
                Object value, JsonGenerator out, SerializationContext context, TypeSerializer typeSerializer) {
            writer.serializeWithType(sorted(value), out, context, typeSerializer);
        }

        @Override
        public boolean isEmpty(SerializationContext context, Object value) {
            return writer.isEmpty(context, value);
        }

        /** An {@code EnumSet} has a serializer that takes nothing else, and is in the order of its constants, which is their own. */
        private Object sorted(Object value) {
            if (value instanceof Map<?, ?> map && map.size() > 1) {
                var copy = new LinkedHashMap<Object, Object>();
                sortedCopy(map.keySet()).forEach(key -> copy.put(key, map.get(key)));
                return copy;
            }
            return value instanceof Set<?> set && set.size() > 1 && !(value instanceof EnumSet)
                    ? new LinkedHashSet<>(sortedCopy(set))
                    : value;
        }

        private List<Object> sortedCopy(Collection<?> elements) {
            var copy = new ArrayList<Object>(elements);
            copy.sort(order(copy));
            return copy;
        }

        private Comparator<Object> order(List<Object> elements) {
            Class<?> first = elements.get(0) == null ? null : elements.get(0).getClass();
            boolean comparable = elements.get(0) instanceof Comparable
                    && elements.stream().allMatch(element -> element != null && element.getClass() == first);
            return comparable
                    ? Sorting::natural
                    : Comparator.comparing(element -> element == null ? "" : text.apply(element));
        }

        @SuppressWarnings("unchecked") // They are of one class, and compare with it.
        private static int natural(Object one, Object other) {
            return ((Comparable<Object>) one).compareTo(other);
        }
    }
}
