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

/** A command, query, save or restore of an annotated bean. */
public final class RaftMethod {
    /** Version of a command that names none, and of all queries. */
    public static final int FIRST_VERSION = 1;

    private final String name;
    private final int version;
    private final Kind kind;
    private final Signature signature;
    private final Freshness freshness;
    private final List<Class<? extends Exception>> errors;
    private final CallTemplate template;

    /**
     * @param name in the log
     * @param version of a command, in the log; {@link #FIRST_VERSION} for all others
     * @param freshness of a query's answer; {@link Freshness#LINEARIZABLE} for all others
     * @param errors that a command may be failed with besides those the method declares
     */
    public RaftMethod(
            String name,
            int version,
            Kind kind,
            Signature signature,
            Freshness freshness,
            List<Class<? extends Exception>> errors) {
        this.name = name;
        this.version = version;
        this.kind = kind;
        this.signature = signature;
        this.freshness = freshness;
        this.errors = List.copyOf(errors);
        this.template = CallFormat.template(name, version, signature.parameters);
    }

    /**
     * The method as it is written.
     *
     * @param method made accessible
     * @param parameters in order
     * @param resultType with its generic arguments
     */
    public record Signature(Method method, List<RaftParameter> parameters, Type resultType) {}

    /**
     * How new an answer has to be.
     *
     * @param maxStaleness of a local query; null for any
     */
    public record Freshness(Consistency consistency, @Nullable Duration maxStaleness) {
        public static final Freshness LINEARIZABLE = new Freshness(Consistency.LINEARIZABLE, null);
    }

    /** What a method is to its state machine. */
    public enum Kind {
        COMMAND,
        QUERY,
        SNAPSHOT,
        RESTORE
    }

    public String name() {
        return name;
    }

    public int version() {
        return version;
    }

    public Kind kind() {
        return kind;
    }

    public Method method() {
        return signature.method;
    }

    public List<RaftParameter> parameters() {
        return signature.parameters;
    }

    public Type resultType() {
        return signature.resultType;
    }

    public Freshness freshness() {
        return freshness;
    }

    /** What is alike in all its calls. */
    CallTemplate template() {
        return template;
    }

    /**
     * Calls the method on the raw bean.
     *
     * @throws Exception what the method throws
     */
    @Nullable
    public Object invoke(Object target, @Nullable Object... arguments) throws Exception {
        try {
            return method().invoke(target, arguments);
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
        for (Class<?> declared : method().getExceptionTypes()) {
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
        return Stream.concat(errors.stream(), Arrays.stream(method().getExceptionTypes()))
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

    /** Class and name of the method, for messages. */
    public String describe() {
        return method().getDeclaringClass().getName() + "." + method().getName();
    }
}
