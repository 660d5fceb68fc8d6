package io.raftboot.autoconfigure.aot;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.google.protobuf.Message;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.core.ResolvableType;

/**
 * Hints for the types that are written into the log and into snapshots: what Jackson binds, with the subtypes that a type names or permits,
 * and messages of Protocol Buffers, which know themselves by their methods' names. Codecs of the application's own that do it otherwise
 * register their own.
 */
final class PayloadHints {
    private final BindingReflectionHintsRegistrar binding = new BindingReflectionHintsRegistrar();
    private final RuntimeHints hints;
    private final Set<Type> seen = new HashSet<>();

    PayloadHints(RuntimeHints hints) {
        this.hints = hints;
    }

    void register(Collection<Type> types) {
        types.forEach(this::register);
    }

    private void register(Type type) {
        if (!seen.add(type)) {
            return;
        }
        if (type instanceof ParameterizedType parameterized) {
            for (Type argument : parameterized.getActualTypeArguments()) {
                register(argument);
            }
        } else if (type instanceof GenericArrayType array) {
            register(array.getGenericComponentType());
        } else if (type instanceof WildcardType wildcard) {
            register(Set.of(wildcard.getUpperBounds()));
        }
        Class<?> raw = ResolvableType.forType(type).resolve(Object.class);
        Class<?> element = raw.isArray() ? raw.getComponentType() : raw;
        if (element.isArray()) {
            register((Type) element);
        } else if (!element.isPrimitive() && !element.getName().startsWith("java.")) {
            registerOwn(element, type);
        }
    }

    private void registerOwn(Class<?> raw, Type type) {
        if (Message.class.isAssignableFrom(raw)) {
            registerMessage(raw);
            return;
        }
        binding.registerReflectionHints(hints.reflection(), raw == type ? raw : type);
        binding.registerReflectionHints(hints.reflection(), raw);
        // What the binding does not follow: types of the parts that are messages, and what may stand where a type is
        // declared.
        if (raw.isRecord()) {
            for (RecordComponent component : raw.getRecordComponents()) {
                register(component.getGenericType());
            }
        }
        Class<?>[] permitted = raw.getPermittedSubclasses();
        if (permitted != null) {
            register(Set.<Type>of(permitted));
        }
        JsonSubTypes named = raw.getAnnotation(JsonSubTypes.class);
        if (named != null) {
            for (JsonSubTypes.Type each : named.value()) {
                register(each.value());
            }
        }
    }

    /** A message, its builder, and the messages within it. */
    private void registerMessage(Class<?> message) {
        hints.reflection().registerType(message, MemberCategory.INVOKE_PUBLIC_METHODS);
        for (Class<?> nested : message.getDeclaredClasses()) {
            if (Message.Builder.class.isAssignableFrom(nested)) {
                hints.reflection().registerType(nested, MemberCategory.INVOKE_PUBLIC_METHODS);
            } else if (Message.class.isAssignableFrom(nested)) {
                register(nested);
            }
        }
        for (var method : message.getMethods()) {
            if (method.getName().startsWith("get") && Message.class.isAssignableFrom(method.getReturnType())) {
                register(method.getReturnType());
            } else if (method.getName().startsWith("get") && method.getName().endsWith("List")) {
                register(method.getGenericReturnType());
            }
        }
    }
}
