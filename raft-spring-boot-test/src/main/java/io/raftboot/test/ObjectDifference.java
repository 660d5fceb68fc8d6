package io.raftboot.test;

import java.lang.annotation.Annotation;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Finds where two objects differ: classes of the application field by field, whatever their {@code equals} says, collections by
 * their elements, all else by {@code equals}. Used once, by one thread.
 */
final class ObjectDifference {
    private static final Set<String> LEFT_OUT = Set.of("JsonIgnore", "Transient");

    /** What of a long value is worth a line. */
    private static final int SHOWN_CHARS = 100;

    /** Compared with each other at the moment. */
    private final IdentityHashMap<Object, Object> open = new IdentityHashMap<>();

    private ObjectDifference() {}

    /** What differs, and where; null if nothing does. */
    static @Nullable String find(@Nullable Object written, @Nullable Object back, String path) {
        return new ObjectDifference().between(written, back, path);
    }

    private @Nullable String between(@Nullable Object written, @Nullable Object back, String path) {
        if (written == back) {
            return null;
        }
        if (written == null || back == null) {
            return differs(path, written, back);
        }
        if (written instanceof Map<?, ?> one && back instanceof Map<?, ?> other) {
            return maps(one, other, path);
        }
        if (written instanceof Collection<?> one && back instanceof Collection<?> other) {
            return collections(one, other, path);
        }
        if (written.getClass() != back.getClass()) {
            return path + " was " + shown(written) + " of " + written.getClass().getName() + ", and comes back as "
                    + shown(back) + " of " + back.getClass().getName();
        }
        if (written.getClass().isArray()) {
            return arrays(written, back, path);
        }
        if (written instanceof Optional<?> one && back instanceof Optional<?> other) {
            return between(one.orElse(null), other.orElse(null), path);
        }
        if (written instanceof AtomicReference<?> one && back instanceof AtomicReference<?> other) {
            return between(one.get(), other.get(), path);
        }
        return isOfTheApplication(written.getClass()) ? fields(written, back, path) : values(written, back, path);
    }

    static boolean isOfTheApplication(Class<?> type) {
        return !type.isEnum()
                && !Enum.class.isAssignableFrom(type)
                && List.of("java.", "javax.", "jdk.", "sun.", "com.sun.", "kotlin.").stream()
                        .noneMatch(type.getName()::startsWith);
    }

    private @Nullable String values(Object written, Object back, String path) {
        boolean alike = declares(written, "equals", Object.class)
                ? written.equals(back)
                : !declares(written, "toString") || written.toString().equals(back.toString());
        return alike ? null : differs(path, written, back);
    }

    private static boolean declares(Object value, String method, Class<?>... parameters) {
        try {
            Method found = value.getClass().getMethod(method, parameters);
            return found.getDeclaringClass() != Object.class;
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("every object has " + method, e);
        }
    }

    private @Nullable String fields(Object written, Object back, String path) {
        if (open.put(written, back) == back) {
            // What refers to itself is compared where it began.
            return null;
        }
        String difference = ownFields(written, back, path);
        open.remove(written);
        return difference;
    }

    private @Nullable String ownFields(Object written, Object back, String path) {
        for (Class<?> each = written.getClass(); each != null && each != Object.class; each = each.getSuperclass()) {
            for (Field field : each.getDeclaredFields()) {
                if (!isState(field)) {
                    continue;
                }
                if (!field.trySetAccessible()) {
                    return declares(written, "equals", Object.class) && !written.equals(back)
                            ? differs(path, written, back)
                            : null;
                }
                String difference = between(get(field, written), get(field, back), path + "." + field.getName());
                if (difference != null) {
                    return difference;
                }
            }
        }
        return null;
    }

    static boolean isState(Field field) {
        return !Modifier.isStatic(field.getModifiers())
                && !Modifier.isTransient(field.getModifiers())
                && !field.isSynthetic()
                && Arrays.stream(field.getAnnotations())
                        .map(Annotation::annotationType)
                        .noneMatch(kind -> LEFT_OUT.contains(kind.getSimpleName()));
    }

    static @Nullable Object get(Field field, Object owner) {
        try {
            return field.get(owner);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(field + " was made accessible", e);
        }
    }

    private @Nullable String arrays(Object written, Object back, String path) {
        int length = Array.getLength(written);
        if (length != Array.getLength(back)) {
            return path + " had " + length + " elements, and comes back with " + Array.getLength(back);
        }
        for (int i = 0; i < length; i++) {
            String difference = between(Array.get(written, i), Array.get(back, i), path + "[" + i + "]");
            if (difference != null) {
                return difference;
            }
        }
        return null;
    }

    private @Nullable String maps(Map<?, ?> written, Map<?, ?> back, String path) {
        if (written.size() != back.size()) {
            return path + " had " + written.size() + " entries, and comes back with " + back.size();
        }
        if (written instanceof SortedMap<?, ?> one
                && back instanceof SortedMap<?, ?> other
                && one.comparator() != null
                && other.comparator() == null) {
            return path + " was sorted by a Comparator, and comes back without it";
        }
        for (Map.Entry<?, ?> entry : written.entrySet()) {
            String at = path + "[" + entry.getKey() + "]";
            Map.Entry<?, ?> other = entryOf(entry.getKey(), back, at);
            if (other == null) {
                return at + " had the key " + described(entry.getKey()) + ", and comes back with another, of "
                        + shown(back.keySet().stream()
                                .map(ObjectDifference::described)
                                .toList());
            }
            String difference = between(entry.getValue(), other.getValue(), at);
            if (difference != null) {
                return difference;
            }
        }
        return null;
    }

    private Map.@Nullable Entry<?, ?> entryOf(@Nullable Object key, Map<?, ?> map, String path) {
        for (Map.Entry<?, ?> each : map.entrySet()) {
            if (between(key, each.getKey(), path) == null) {
                return each;
            }
        }
        return null;
    }

    private @Nullable String collections(Collection<?> written, Collection<?> back, String path) {
        if (written.size() != back.size()) {
            return path + " had " + written.size() + " elements, and comes back with " + back.size();
        }
        if (written instanceof SortedSet<?> one
                && back instanceof SortedSet<?> other
                && one.comparator() != null
                && other.comparator() == null) {
            return path + " was sorted by a Comparator, and comes back without it";
        }
        String first = null;
        Iterator<?> others = back.iterator();
        int place = 0;
        for (Object each : written) {
            if (first == null) {
                first = between(each, others.next(), path + "[" + place++ + "]");
            }
        }
        boolean ordered = written instanceof List<?> && back instanceof List<?>;
        return first == null || ordered || !isSameInAnyOrder(written, back, path) ? first : null;
    }

    private boolean isSameInAnyOrder(Collection<?> written, Collection<?> back, String path) {
        List<Object> left = new ArrayList<>(back);
        for (Object each : written) {
            int place = 0;
            while (place < left.size() && between(each, left.get(place), path) != null) {
                place++;
            }
            if (place == left.size()) {
                return false;
            }
            left.remove(place);
        }
        return true;
    }

    private static String differs(String path, @Nullable Object written, @Nullable Object back) {
        return path + " was " + shown(written) + ", and comes back as " + shown(back);
    }

    private static String described(@Nullable Object value) {
        return value == null ? "null" : value + " of " + value.getClass().getName();
    }

    private static String shown(@Nullable Object value) {
        String text = String.valueOf(value);
        return text.length() <= SHOWN_CHARS ? text : text.substring(0, SHOWN_CHARS) + "…";
    }
}
