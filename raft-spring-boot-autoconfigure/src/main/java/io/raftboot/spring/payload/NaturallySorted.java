package io.raftboot.spring.payload;

import java.util.Comparator;
import java.util.SortedMap;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.jsontype.TypeSerializer;

/**
 * Refuses a sorted collection with a comparator where it would come back without it: with no or one element nothing else tells the two
 * apart, and the next one would be sorted otherwise than on the other members.
 */
final class NaturallySorted extends ValueSerializer<Object> {
    private final ValueSerializer<Object> writer;
    private final @Nullable BeanProperty place;

    @SuppressWarnings("unchecked") // It is that of the class to which it belongs.
    NaturallySorted(ValueSerializer<?> writer, @Nullable BeanProperty place) {
        this.writer = (ValueSerializer<Object>) writer;
        this.place = place;
    }

    @Override
    public ValueSerializer<?> createContextual(SerializationContext context, BeanProperty property) {
        return new NaturallySorted(writer.createContextual(context, property), property);
    }

    @Override
    public void serialize(Object value, JsonGenerator out, SerializationContext context) {
        check(value, out, context);
        writer.serialize(value, out, context);
    }

    @Override
    public void serializeWithType(
            Object value, JsonGenerator out, SerializationContext context, TypeSerializer typeSerializer) {
        check(value, out, context);
        writer.serializeWithType(value, out, context, typeSerializer);
    }

    @Override
    public boolean isEmpty(SerializationContext context, Object value) {
        return writer.isEmpty(context, value);
    }

    private void check(Object value, JsonGenerator out, SerializationContext context) {
        Comparator<?> comparator = comparatorOf(value);
        if (comparator == null || comparator.equals(Comparator.naturalOrder())) {
            return;
        }
        JavaType declared = place == null ? (JavaType) context.getAttribute(DeclaredType.ROOT) : place.getType();
        if (declared != null
                && DeclaredType.hasSorted(declared)
                && !MadeComparators.isMadeAgain(comparator, out.currentValue(), place)) {
            String kind = value instanceof SortedMap ? "Map" : "Set";
            throw DatabindException.from(
                    out,
                    "a " + value.getClass().getSimpleName() + " with a Comparator"
                            + (place == null
                                    ? ""
                                    : ", in "
                                            + place.getMember()
                                                    .getDeclaringClass()
                                                    .getSimpleName() + "." + place.getName() + ",")
                            + " would come back without it, because a Comparator is not written; declare a " + kind
                            + ", which keeps the order, and sort it in @RaftRestore, or let the constructor of the class"
                            + " make it");
        }
    }

    static @Nullable Comparator<?> comparatorOf(@Nullable Object value) {
        if (value instanceof SortedMap<?, ?> map) {
            return map.comparator();
        }
        return value instanceof SortedSet<?> set ? set.comparator() : null;
    }
}
