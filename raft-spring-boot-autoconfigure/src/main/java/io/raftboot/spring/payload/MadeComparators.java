package io.raftboot.spring.payload;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.BeanProperty;

/** Whether the constructor of a class makes a sorted collection with the comparator that one in a field has. Thread-safe. */
final class MadeComparators {
    /** What is made again, by the field; the class of {@link None} if no comparator is. */
    private static final Map<Place, Class<?>> MADE = new ConcurrentHashMap<>();

    private record Place(Class<?> owner, Field field) {}

    private static final class None {}

    /** Makes what it is given again, as far as anybody can tell. */
    private static final class Unknown {}

    private MadeComparators() {}

    /**
     * Whether a comparator is there again when its owner was read.
     *
     * @param owner whose field has the collection; null, or another collection, if there is none
     * @param place of the collection; null if it is no field
     */
    static boolean isMadeAgain(Comparator<?> comparator, @Nullable Object owner, @Nullable BeanProperty place) {
        if (owner == null || place == null || !(place.getMember().getMember() instanceof Field field)) {
            return false;
        }
        Class<?> type = owner.getClass();
        if (!field.getDeclaringClass().isAssignableFrom(type)) {
            return false;
        }
        var key = new Place(type, field);
        Class<?> made = MADE.get(key);
        if (made == null) {
            made = made(owner, field);
            MADE.put(key, made);
        }
        return made == Unknown.class || made == comparator.getClass();
    }

    private static Class<?> made(Object owner, Field field) {
        try {
            Object another = owner instanceof Record record ? again(record, field) : byDefault(owner.getClass());
            if (another == null) {
                return Unknown.class;
            }
            field.setAccessible(true);
            Comparator<?> comparator = NaturallySorted.comparatorOf(field.get(another));
            return comparator == null ? None.class : comparator.getClass();
        } catch (ReflectiveOperationException | RuntimeException e) {
            // A constructor that does not work tells nothing; reading the value says what is wrong with it.
            return Unknown.class;
        }
    }

    private static @Nullable Object byDefault(Class<?> type) throws ReflectiveOperationException {
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            if (constructor.getParameterCount() == 0) {
                constructor.setAccessible(true);
                return constructor.newInstance();
            }
        }
        return null;
    }

    /** A record like another, with an empty collection in natural order in the place of the one that there is. */
    private static Object again(Record record, Field field) throws ReflectiveOperationException {
        var types = new ArrayList<Class<?>>();
        var values = new ArrayList<@Nullable Object>();
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            Field each = record.getClass().getDeclaredField(component.getName());
            each.setAccessible(true);
            Object value = each.get(record);
            types.add(component.getType());
            values.add(each.equals(field) ? inNaturalOrder(value) : value);
        }
        Constructor<?> constructor = record.getClass().getDeclaredConstructor(types.toArray(new Class<?>[0]));
        constructor.setAccessible(true);
        return constructor.newInstance(values.toArray());
    }

    private static @Nullable Object inNaturalOrder(@Nullable Object value) {
        if (value instanceof SortedMap<?, ?>) {
            return new TreeMap<>();
        }
        return value instanceof SortedSet<?> ? new TreeSet<>() : value;
    }
}
