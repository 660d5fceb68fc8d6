package io.raftboot.spring;

import io.raftboot.replica.Consistency;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A command, query, save or restore of an annotated bean.
 *
 * @param name        in the log
 * @param method      made accessible
 * @param kind        what it is
 * @param parameters  in order
 * @param resultType  with its generic arguments
 * @param consistency of a query; linearizable for all others
 */
record RaftMethod(
        String name,
        Method method,
        Kind kind,
        List<RaftParameter> parameters,
        Type resultType,
        Consistency consistency) {
    enum Kind {
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
    Object invoke(Object target, @Nullable Object... arguments) throws Exception {
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
    boolean declares(Throwable failure) {
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

    String describe() {
        return method.getDeclaringClass().getName() + "." + method.getName();
    }
}
