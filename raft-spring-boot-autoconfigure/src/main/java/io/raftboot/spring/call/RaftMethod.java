package io.raftboot.spring.call;

import io.raftboot.api.Consistency;
import io.raftboot.spring.RaftParameter;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A command, query, save or restore of an annotated bean.
 *
 * @param name        in the log
 * @param version     of a command, in the log; 1 for all others
 * @param method      made accessible
 * @param kind        what it is
 * @param parameters  in order
 * @param resultType  with its generic arguments
 * @param consistency of a query; linearizable for all others
 * @param maxStaleness of a local query; null for any
 * @param errors      that a command may be failed with besides those the method declares
 * @param template    of its calls
 */
public record RaftMethod(
        String name,
        int version,
        Method method,
        Kind kind,
        List<RaftParameter> parameters,
        Type resultType,
        Consistency consistency,
        @Nullable Duration maxStaleness,
        List<Class<? extends Exception>> errors,
        CallTemplate template) {
    /** Of a command that names no version, and of all queries. */
    public static final int FIRST_VERSION = 1;

    public enum Kind {
        COMMAND,
        QUERY,
        SNAPSHOT,
        RESTORE
    }

    /**
     * Calls the method on the raw bean.
     *
     * @throws Exception what the method throws
     */
    @Nullable
    public Object invoke(Object target, @Nullable Object... arguments) throws Exception {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Exception failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e;
        }
    }

    /** Whether a caller of the method expects this exception. */
    public boolean declares(Throwable failure) {
        if (failure instanceof RuntimeException) {
            return true;
        }
        for (Class<?> declared : method.getExceptionTypes()) {
            if (declared.isInstance(failure)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The exception that a caller knows how to catch, made anew from what was replicated of it.
     *
     * @return null if the class is not declared, or has no constructor for the message alone
     */
    @Nullable
    public Exception rebuild(String errorType, @Nullable String message) {
        return Stream.concat(errors.stream(), Arrays.stream(method.getExceptionTypes()))
                .filter(type -> type.getName().equals(errorType) && Exception.class.isAssignableFrom(type))
                .map(type -> rebuild(type, message))
                .findFirst()
                .orElse(null);
    }

    private static @Nullable Exception rebuild(Class<?> type, @Nullable String message) {
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(String.class);
            return constructor.trySetAccessible() ? (Exception) constructor.newInstance(message) : null;
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }

    public String describe() {
        return method.getDeclaringClass().getName() + "." + method.getName();
    }
}
