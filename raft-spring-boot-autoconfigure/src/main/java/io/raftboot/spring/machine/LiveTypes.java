package io.raftboot.spring.machine;

import io.raftboot.spring.InvalidStateMachineException;
import io.raftboot.spring.payload.BoundTypes;
import java.io.Closeable;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.Spliterator;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.stream.BaseStream;
import org.jspecify.annotations.Nullable;

/**
 * Types that stand for something alive in one process, a value to come or a piece of code, and not for a value: neither can be
 * written into the log, and what they would do later would run outside of the command.
 */
public final class LiveTypes {
    private static final String CONTINUATION = "kotlin.coroutines.Continuation";

    private static final List<Class<?>> LIVE = List.of(
            Future.class,
            CompletionStage.class,
            Flow.Publisher.class,
            BaseStream.class,
            Iterator.class,
            Spliterator.class,
            Enumeration.class,
            Closeable.class);

    /** Interfaces alone: a record that implements one is a value all the same. */
    private static final Set<Class<?>> CODE = Set.of(Runnable.class, Callable.class);

    /** Of libraries that need not be there. */
    private static final Set<String> LIVE_NAMES = Set.of(
            "org.reactivestreams.Publisher",
            "io.reactivex.rxjava3.core.ObservableSource",
            "io.reactivex.rxjava3.core.SingleSource",
            "io.reactivex.rxjava3.core.MaybeSource",
            "io.reactivex.rxjava3.core.CompletableSource",
            "io.smallrye.mutiny.Uni",
            CONTINUATION,
            "kotlinx.coroutines.Job",
            "kotlinx.coroutines.flow.Flow",
            "kotlinx.coroutines.channels.ReceiveChannel",
            "kotlinx.coroutines.channels.SendChannel",
            "kotlin.sequences.Sequence",
            "kotlin.Function",
            "org.springframework.web.context.request.async.DeferredResult",
            "org.springframework.core.io.InputStreamSource",
            "org.springframework.core.io.buffer.DataBuffer");

    private LiveTypes() {}

    /** The first such type that a type is or is made of; null if there is none. */
    public static @Nullable Class<?> in(Type type) {
        return in(type, new HashSet<>());
    }

    /** @throws InvalidStateMachineException if a parameter or the result of a method is such a type, naming the method and the type */
    static void check(Class<?> machine, Method method) {
        Parameter[] parameters = method.getParameters();
        for (Parameter parameter : parameters) {
            Type type = BoundTypes.resolve(parameter.getParameterizedType(), machine);
            Class<?> live = in(type);
            if (live != null) {
                throw live.getName().equals(CONTINUATION)
                        ? suspending(machine, method)
                        : taken(machine, method, type, live);
            }
        }
        Type result = BoundTypes.resolve(method.getGenericReturnType(), machine);
        Class<?> live = in(result);
        if (live != null) {
            boolean future = Future.class.isAssignableFrom(live) || CompletionStage.class.isAssignableFrom(live);
            throw new InvalidStateMachineException(
                    "The state machine " + machine.getName() + " returns "
                            + (future ? "a future, " : "") + result.getTypeName() + ", from " + method.getName()
                            + "(), which can't be replicated: it is no value, but a way to one.",
                    "Return the value itself, or a List of values, in the place of " + live.getName()
                            + "; RaftTemplate gives callers a future.");
        }
    }

    private static InvalidStateMachineException suspending(Class<?> machine, Method method) {
        return new InvalidStateMachineException(
                "The state machine " + machine.getName() + " has the suspending function " + OperationNames.of(method)
                        + "(), which can't be replicated: it would go on elsewhere.",
                "Remove 'suspend'; callers may suspend where they call it, in withContext(Dispatchers.IO) for example.");
    }

    private static InvalidStateMachineException taken(Class<?> machine, Method method, Type type, Class<?> live) {
        return new InvalidStateMachineException(
                "The state machine " + machine.getName() + " takes " + type.getTypeName() + " in " + method.getName()
                        + "(), which can't be written into the log.",
                "Take a value, a record or a List for example, in the place of " + live.getName() + ".");
    }

    private static @Nullable Class<?> in(Type type, Set<Type> seen) {
        if (!seen.add(type)) {
            return null;
        }
        if (type instanceof Class<?> plain) {
            Class<?> component = plain;
            while (component.isArray()) {
                component = component.getComponentType();
            }
            return isLive(component) ? component : null;
        }
        if (type instanceof ParameterizedType parameterized) {
            Class<?> raw = in(parameterized.getRawType(), seen);
            return raw != null ? raw : anyIn(parameterized.getActualTypeArguments(), seen);
        }
        if (type instanceof GenericArrayType array) {
            return in(array.getGenericComponentType(), seen);
        }
        if (type instanceof WildcardType wildcard) {
            Class<?> upper = anyIn(wildcard.getUpperBounds(), seen);
            return upper != null ? upper : anyIn(wildcard.getLowerBounds(), seen);
        }
        return type instanceof TypeVariable<?> variable ? anyIn(variable.getBounds(), seen) : null;
    }

    private static @Nullable Class<?> anyIn(Type[] types, Set<Type> seen) {
        for (Type type : types) {
            Class<?> live = in(type, seen);
            if (live != null) {
                return live;
            }
        }
        return null;
    }

    private static boolean isLive(Class<?> type) {
        // What an Iterable goes through is a matter of its class; of the interface alone nobody knows whether it goes
        // twice.
        return type == Iterable.class
                || LIVE.stream().anyMatch(live -> live.isAssignableFrom(type))
                || isCallback(type)
                || LIVE_NAMES.contains(type.getName())
                || ProxyReach.interfaces(type).stream().anyMatch(live -> LIVE_NAMES.contains(live.getName()))
                || isNamedAbove(type);
    }

    private static boolean isCallback(Class<?> type) {
        return type.isInterface()
                && (CODE.contains(type) || Arrays.stream(type.getInterfaces()).anyMatch(LiveTypes::isCallback));
    }

    private static boolean isNamedAbove(Class<?> type) {
        for (Class<?> above = type.getSuperclass(); above != null; above = above.getSuperclass()) {
            if (LIVE_NAMES.contains(above.getName())) {
                return true;
            }
        }
        return false;
    }
}
