package io.raftboot.spring.payload;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The first place where a value and what came back of it differ. What {@code equals} calls equal is taken for that; of classes of the
 * application that have none, or whose parts have none, the fields are compared, without those that are transient.
 *
 * @param path from the value to that place; empty for the value itself
 * @param certain false if nothing can be told of that place: two objects of a library that has no {@code equals} for them
 */
public record ValueDifference(String path, @Nullable Object written, @Nullable Object back, boolean certain) {
    private static final ClassValue<List<Field>> STATE = new ClassValue<>() {
        @Override
        protected List<Field> computeValue(Class<?> type) {
            return stateOf(type);
        }
    };

    /** The first difference; null if nothing differs. */
    public static @Nullable ValueDifference find(@Nullable Object written, @Nullable Object back) {
        if (Objects.equals(written, back)) {
            return null;
        }
        if (written == null || back == null) {
            return here(written, back);
        }
        if (written instanceof Map<?, ?> one && back instanceof Map<?, ?> other) {
            return maps(one, other);
        }
        if (written instanceof Collection<?> one && back instanceof Collection<?> other) {
            return collections(one, other);
        }
        if (written instanceof Map.Entry<?, ?> one && back instanceof Map.Entry<?, ?> other) {
            return entries(one, other);
        }
        return written.getClass() == back.getClass() ? ofOneClass(written, back) : here(written, back);
    }

    /** What differs, as a sentence. */
    public String text() {
        return (path.isEmpty() ? "it" : "its " + (path.startsWith(".") ? path.substring(1) : "element " + path))
                + " was " + shown(written) + ", and would come back as " + shown(back);
    }

    private static String shown(@Nullable Object value) {
        if (value instanceof Size size) {
            return size.text();
        }
        return value == null
                ? "null"
                : ChangedPayloadException.shown(value.toString()) + " of "
                        + value.getClass().getTypeName();
    }

    /** Stands for a collection of another size. */
    private record Size(String text) {}

    private static ValueDifference sizes(int written, int back, String unit) {
        return here(new Size("of " + written + " " + unit), new Size("of " + back + " " + unit));
    }

    private static ValueDifference here(@Nullable Object written, @Nullable Object back) {
        return new ValueDifference("", written, back, true);
    }

    private static @Nullable ValueDifference below(String place, @Nullable ValueDifference found) {
        return found == null ? null : new ValueDifference(place + found.path, found.written, found.back, found.certain);
    }

    private static @Nullable ValueDifference ofOneClass(Object written, Object back) {
        if (written.getClass().isArray()) {
            return arrays(written, back);
        }
        if (written instanceof Optional<?> one && back instanceof Optional<?> other) {
            return find(one.orElse(null), other.orElse(null));
        }
        if (written instanceof AtomicReference<?> one && back instanceof AtomicReference<?> other) {
            return find(one.get(), other.get());
        }
        if (written.getClass().getPackageName().equals(AtomicReference.class.getPackageName())) {
            return written.toString().equals(back.toString()) ? null : here(written, back);
        }
        return PayloadTypes.isPlatform(written.getClass()) || written instanceof Enum<?>
                ? new ValueDifference("", written, back, hasEquals(written))
                : fields(written, back);
    }

    private static boolean hasEquals(Object value) {
        try {
            return value.getClass().getMethod("equals", Object.class).getDeclaringClass() != Object.class
                    || value instanceof Enum<?>;
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("every object has it", e);
        }
    }

    private static @Nullable ValueDifference fields(Object written, Object back) {
        for (Field field : STATE.get(written.getClass())) {
            if (!field.canAccess(written)) {
                return new ValueDifference("." + field.getName(), written, back, false);
            }
            ValueDifference found = find(get(field, written), get(field, back));
            if (found != null) {
                return below("." + field.getName(), found);
            }
        }
        return null;
    }

    private static List<Field> stateOf(Class<?> type) {
        List<Field> state = new ArrayList<>();
        for (Class<?> each = type; each != null && each != Object.class; each = each.getSuperclass()) {
            for (Field field : each.getDeclaredFields()) {
                if ((field.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) == 0) {
                    field.trySetAccessible();
                    state.add(field);
                }
            }
        }
        return List.copyOf(state);
    }

    private static @Nullable Object get(Field field, Object owner) {
        try {
            return field.get(owner);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(field + " was made accessible", e);
        }
    }

    private static @Nullable ValueDifference arrays(Object written, Object back) {
        if (!(written instanceof Object[] one) || !(back instanceof Object[] other)) {
            return Objects.deepEquals(written, back) ? null : here(written, back);
        }
        return one.length == other.length
                ? inOrder(Arrays.asList(one), Arrays.asList(other))
                : sizes(one.length, other.length, "elements");
    }

    private static @Nullable ValueDifference collections(Collection<?> written, Collection<?> back) {
        if (written.size() != back.size()) {
            return sizes(written.size(), back.size(), "elements");
        }
        ValueDifference found = inOrder(written, back);
        boolean ordered = written instanceof List<?> && back instanceof List<?>;
        return found == null || ordered || !isInAnyOrder(written, back, (one, other) -> find(one, other) == null)
                ? found
                : null;
    }

    private static @Nullable ValueDifference inOrder(Collection<?> written, Collection<?> back) {
        Iterator<?> others = back.iterator();
        int place = 0;
        for (Object each : written) {
            ValueDifference found = find(each, others.next());
            if (found != null) {
                return below("[" + place + "]", found);
            }
            place++;
        }
        return null;
    }

    private static @Nullable ValueDifference maps(Map<?, ?> written, Map<?, ?> back) {
        if (written.size() != back.size()) {
            return sizes(written.size(), back.size(), "entries");
        }
        Iterator<? extends Map.Entry<?, ?>> others = back.entrySet().iterator();
        for (Map.Entry<?, ?> each : written.entrySet()) {
            ValueDifference found = entries(each, others.next());
            if (found != null) {
                return isInAnyOrder(
                                written.entrySet(),
                                back.entrySet(),
                                (one, other) -> entries((Map.Entry<?, ?>) one, (Map.Entry<?, ?>) other) == null)
                        ? null
                        : below("[" + each.getKey() + "]", found);
            }
        }
        return null;
    }

    private static @Nullable ValueDifference entries(Map.Entry<?, ?> written, Map.Entry<?, ?> back) {
        ValueDifference key = find(written.getKey(), back.getKey());
        return key != null ? key : find(written.getValue(), back.getValue());
    }

    private static boolean isInAnyOrder(Collection<?> written, Collection<?> back, BiPredicate<Object, Object> same) {
        List<Object> left = new ArrayList<>(back);
        for (Object each : written) {
            int place = 0;
            while (place < left.size() && !same.test(each, left.get(place))) {
                place++;
            }
            if (place == left.size()) {
                return false;
            }
            left.remove(place);
        }
        return true;
    }
}
