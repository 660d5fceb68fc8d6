package io.raftboot.test;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Finds an object that can be changed and stands at two places of a state. A restore makes two of it, and what changes one does not change
 * the other any more, on the members that were restored alone. Used once, by one thread.
 */
final class SharedObjects {
    private static final List<String> FIXED =
            List.of("java.util.ImmutableCollections", "java.util.Collections$", "java.util.KeyValueHolder");

    private final IdentityHashMap<Object, String> seen = new IdentityHashMap<>();

    private SharedObjects() {}

    /** Which object it is, as a sentence; null if there is none. */
    static @Nullable String find(@Nullable Object state, String path) {
        return new SharedObjects().walk(state, path);
    }

    private @Nullable String walk(@Nullable Object value, String path) {
        if (value == null || isAtom(value)) {
            return null;
        }
        String before = seen.putIfAbsent(value, path);
        if (before == null) {
            return parts(value, path);
        }
        return canChange(value)
                ? path + " is the same " + value.getClass().getTypeName() + " as " + before
                        + ", and comes back as another one: what changes the one will not change the other; keep it at one"
                        + " place, or put a copy at the other"
                : null;
    }

    private @Nullable String parts(Object value, String path) {
        if (value instanceof Map<?, ?> map) {
            return map(map, path);
        }
        if (value instanceof Collection<?> collection) {
            return elements(collection, path);
        }
        if (value instanceof Optional<?> optional) {
            return walk(optional.orElse(null), path);
        }
        if (value instanceof AtomicReference<?> reference) {
            return walk(reference.get(), path);
        }
        if (value.getClass().isArray()) {
            return value instanceof Object[] array ? elements(Arrays.asList(array), path) : null;
        }
        return ObjectDifference.isOfTheApplication(value.getClass()) ? fields(value, path) : null;
    }

    private @Nullable String map(Map<?, ?> map, String path) {
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            String found = walk(entry.getValue(), path + "[" + entry.getKey() + "]");
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private @Nullable String elements(Collection<?> elements, String path) {
        int place = 0;
        for (Object each : elements) {
            String found = walk(each, path + "[" + place++ + "]");
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private @Nullable String fields(Object value, String path) {
        for (Class<?> each = value.getClass(); each != null && each != Object.class; each = each.getSuperclass()) {
            for (Field field : each.getDeclaredFields()) {
                if (ObjectDifference.isState(field) && field.trySetAccessible()) {
                    String found = walk(ObjectDifference.get(field, value), path + "." + field.getName());
                    if (found != null) {
                        return found;
                    }
                }
            }
        }
        return null;
    }

    private static boolean isAtom(Object value) {
        return value instanceof Enum<?> || value instanceof String || (value instanceof Number && !isAtomic(value));
    }

    private static boolean isAtomic(Object value) {
        return value.getClass().getPackageName().equals(AtomicReference.class.getPackageName());
    }

    private static boolean canChange(Object value) {
        Class<?> type = value.getClass();
        if (type.isArray()) {
            return Array.getLength(value) > 0;
        }
        if (value instanceof Map<?, ?> || value instanceof Collection<?>) {
            return FIXED.stream().noneMatch(type.getName()::startsWith);
        }
        return isAtomic(value) || (ObjectDifference.isOfTheApplication(type) && hasFieldThatChanges(type));
    }

    private static boolean hasFieldThatChanges(Class<?> type) {
        for (Class<?> each = type; each != null && each != Object.class; each = each.getSuperclass()) {
            for (Field field : each.getDeclaredFields()) {
                if (ObjectDifference.isState(field) && !Modifier.isFinal(field.getModifiers())) {
                    return true;
                }
            }
        }
        return false;
    }
}
