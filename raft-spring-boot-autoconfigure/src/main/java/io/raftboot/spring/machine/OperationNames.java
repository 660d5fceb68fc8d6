package io.raftboot.spring.machine;

import java.lang.reflect.Method;

/** What a method is called in the log if its annotation does not say it. */
final class OperationNames {
    /** Annotation with which Kotlin's compiler marks its classes. */
    private static final String KOTLIN = "kotlin.Metadata";

    private OperationNames() {}

    /**
     * The name in the source. Kotlin's compiler appends the name of the module to that of an internal function, and a hash to that of one
     * that takes a value class: the first would change what stands in the log with the build, the second with a class's name.
     */
    static String of(Method method) {
        String name = method.getName();
        if (!isKotlin(method.getDeclaringClass())) {
            return name;
        }
        int end = name.length();
        for (char mark : new char[] {'$', '-'}) {
            int at = name.indexOf(mark);
            end = at > 0 ? Math.min(end, at) : end;
        }
        return name.substring(0, end);
    }

    private static boolean isKotlin(Class<?> type) {
        for (var annotation : type.getDeclaredAnnotations()) {
            if (annotation.annotationType().getName().equals(KOTLIN)) {
                return true;
            }
        }
        return false;
    }
}
