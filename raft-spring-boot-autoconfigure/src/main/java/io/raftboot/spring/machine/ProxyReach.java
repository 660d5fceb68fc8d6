package io.raftboot.spring.machine;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a proxy, a subclass made at run time in the package of the bean's class, can't stand before. A call that it does not see runs
 * on the proxy object itself, whose fields were never set, and no error tells of it.
 */
public final class ProxyReach {
    /** Whose classes have no state of the application in them. */
    private static final List<String> PLATFORM =
            List.of("java.", "javax.", "jakarta.", "kotlin.", "org.springframework.");

    private ProxyReach() {}

    /** Why calls of a method don't reach the proxy of a class, as a word of the source; null if they do. */
    public static @Nullable String obstacle(Method method, Class<?> type) {
        int modifiers = method.getModifiers();
        if (Modifier.isPrivate(modifiers)) {
            return "private";
        }
        if (Modifier.isStatic(modifiers)) {
            return "static";
        }
        if (Modifier.isFinal(modifiers)) {
            return "final";
        }
        boolean packagePrivate = !Modifier.isPublic(modifiers) && !Modifier.isProtected(modifiers);
        return packagePrivate && !isSamePackage(method.getDeclaringClass(), type) ? "package-private" : null;
    }

    /** What to write instead. */
    public static String remedy(String obstacle, Method method) {
        return obstacle.equals("package-private")
                ? "Make the method public or protected: its class, "
                        + method.getDeclaringClass().getName()
                        + ", is in another package, and only what is in the same one can override it."
                : "Remove '" + obstacle + "' from the method.";
    }

    /** Why there can't be a proxy of a class; null if there can. */
    public static @Nullable String obstacle(Class<?> type) {
        if (type.isHidden()) {
            return "is a lambda";
        }
        if (type.isRecord()) {
            return "is a record";
        }
        if (type.isEnum()) {
            return "is an enum";
        }
        if (Modifier.isFinal(type.getModifiers())) {
            return "is final";
        }
        if (type.isSealed()) {
            return "is sealed";
        }
        Constructor<?>[] constructors = type.getDeclaredConstructors();
        boolean closed = constructors.length > 0
                && Stream.of(constructors).allMatch(constructor -> Modifier.isPrivate(constructor.getModifiers()));
        return closed ? "has private constructors only" : null;
    }

    /** A class and those above it, up to where the application ends. */
    public static List<Class<?>> ownClasses(Class<?> type) {
        return Stream.<Class<?>>iterate(type, above -> above != null && above != Object.class, Class::getSuperclass)
                .filter(above -> !isPlatform(above))
                .toList();
    }

    /** All that a class implements, those that its interfaces extend included. */
    static Set<Class<?>> interfaces(Class<?> type) {
        Set<Class<?>> all = new LinkedHashSet<>();
        for (Class<?> each = type; each != null; each = each.getSuperclass()) {
            for (Class<?> direct : each.getInterfaces()) {
                all.add(direct);
                all.addAll(interfaces(direct));
            }
        }
        return all;
    }

    /** Whether a class is one of the platform's, and not the application's. */
    public static boolean isPlatform(Class<?> type) {
        return PLATFORM.stream().anyMatch(type.getName()::startsWith);
    }

    private static boolean isSamePackage(Class<?> one, Class<?> other) {
        return one.getClassLoader() == other.getClassLoader()
                && one.getPackageName().equals(other.getPackageName());
    }
}
