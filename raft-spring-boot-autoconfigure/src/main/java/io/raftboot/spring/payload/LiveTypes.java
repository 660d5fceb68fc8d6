package io.raftboot.spring.payload;

import java.io.Closeable;
import java.lang.reflect.GenericArrayType;
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
    /** The last parameter of a suspending function of Kotlin's, as it is compiled. */
    public static final String CONTINUATION = "kotlin.coroutines.Continuation";

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

    /** Names of types in libraries that need not be there. */
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
                || isNamed(type);
    }

    private static boolean isCallback(Class<?> type) {
        return type.isInterface()
                && (CODE.contains(type) || Arrays.stream(type.getInterfaces()).anyMatch(LiveTypes::isCallback));
    }

    /** Whether a type is known by its own name, or by that of something it extends or implements. */
    private static boolean isNamed(@Nullable Class<?> type) {
        return type != null
                && (LIVE_NAMES.contains(type.getName())
                        || isNamed(type.getSuperclass())
                        || Arrays.stream(type.getInterfaces()).anyMatch(LiveTypes::isNamed));
    }
}
