package io.raftboot.spring.payload;

import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.SettableBeanProperty;

/**
 * A field with a collection or a map that is filled rather than replaced, if there is one when it is read: a {@code TreeMap} that stands
 * in a field of type {@code Map} is one again, and has its comparator. In a map that only keeps the order in which it was
 * written, what is added later would be at another place than on the members that were not restored.
 */
final class KeptContainer extends SettableBeanProperty.Delegating {
    private static final long serialVersionUID = 1L;

    KeptContainer(SettableBeanProperty field) {
        super(field);
    }

    @Override
    protected SettableBeanProperty withDelegate(SettableBeanProperty field) {
        return new KeptContainer(field);
    }

    @Override
    public void deserializeAndSet(JsonParser in, DeserializationContext context, Object instance) {
        Object made = getMember().getValue(instance);
        delegate.deserializeAndSet(in, context, instance);
        keep(context, instance, made);
    }

    @Override
    public Object deserializeSetAndReturn(JsonParser in, DeserializationContext context, Object instance) {
        Object made = getMember().getValue(instance);
        Object returned = delegate.deserializeSetAndReturn(in, context, instance);
        keep(context, instance, made);
        return returned;
    }

    private void keep(DeserializationContext context, Object instance, @Nullable Object made) {
        Object read = getMember().getValue(instance);
        if (made != null && read != null && made != read && isFilled(made, read)) {
            delegate.set(context, instance, made);
        }
    }

    @SuppressWarnings("unchecked") // What was read is of the type of the field, as what the constructor made.
    private static boolean isFilled(Object made, Object read) {
        try {
            if (made instanceof Map<?, ?> map && read instanceof Map<?, ?> entries) {
                map.clear();
                ((Map<Object, Object>) map).putAll(entries);
                return map.size() == entries.size();
            }
            if (made instanceof Collection<?> collection && read instanceof Collection<?> elements) {
                collection.clear();
                ((Collection<Object>) collection).addAll(elements);
                return collection.size() == elements.size();
            }
            return false;
        } catch (UnsupportedOperationException | NullPointerException | ClassCastException e) {
            // What the constructor made is no more than a first value, List.of() for example, and what was there when
            // the state was written was another.
            return false;
        }
    }
}
