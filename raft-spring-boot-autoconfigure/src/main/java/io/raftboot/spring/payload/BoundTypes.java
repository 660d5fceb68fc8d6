package io.raftboot.spring.payload;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.HashMap;
import java.util.Map;
import org.springframework.core.ResolvableType;

/**
 * What the type variables of a class's supertypes stand for in the class, with their own generic arguments: of a variable that is bound to
 * {@code List<Order>} not the list alone is left.
 */
public final class BoundTypes {
    private final Map<TypeVariable<?>, Type> bound = new HashMap<>();

    private BoundTypes(Class<?> type) {
        collect(type);
    }

    /** A type as it is written in a supertype of a class; variables that the class leaves open stay. */
    public static Type resolve(Type written, Class<?> type) {
        return written instanceof Class<?> ? written : new BoundTypes(type).resolve(written);
    }

    private void collect(Class<?> type) {
        Type above = type.getGenericSuperclass();
        if (above != null) {
            collectFrom(above);
        }
        for (Type implemented : type.getGenericInterfaces()) {
            collectFrom(implemented);
        }
    }

    private void collectFrom(Type above) {
        if (above instanceof ParameterizedType parameterized && parameterized.getRawType() instanceof Class<?> raw) {
            TypeVariable<?>[] variables = raw.getTypeParameters();
            Type[] arguments = parameterized.getActualTypeArguments();
            for (int i = 0; i < variables.length; i++) {
                bound.putIfAbsent(variables[i], resolve(arguments[i]));
            }
            collect(raw);
        } else if (above instanceof Class<?> raw) {
            collect(raw);
        }
    }

    private Type resolve(Type written) {
        if (written instanceof TypeVariable<?> variable) {
            return bound.getOrDefault(variable, variable);
        }
        if (written instanceof ParameterizedType parameterized) {
            return resolve(parameterized);
        }
        if (written instanceof GenericArrayType array) {
            Type component = resolve(array.getGenericComponentType());
            return component instanceof Class<?> plain ? plain.arrayType() : new ArrayOf(component);
        }
        if (written instanceof WildcardType wildcard && wildcard.getLowerBounds().length == 0) {
            // Whoever reads a value of an upper bound makes one of the bound itself.
            Type upper = wildcard.getUpperBounds()[0];
            Type resolved = resolve(upper);
            return resolved.equals(upper) ? wildcard : resolved;
        }
        return written;
    }

    private Type resolve(ParameterizedType written) {
        Type[] arguments = written.getActualTypeArguments();
        ResolvableType[] resolved = new ResolvableType[arguments.length];
        boolean changed = false;
        for (int i = 0; i < arguments.length; i++) {
            Type argument = resolve(arguments[i]);
            changed |= argument != arguments[i];
            resolved[i] = ResolvableType.forType(argument);
        }
        return changed && written.getRawType() instanceof Class<?> raw
                ? ResolvableType.forClassWithGenerics(raw, resolved).getType()
                : written;
    }

    private record ArrayOf(Type component) implements GenericArrayType {
        @Override
        public Type getGenericComponentType() {
            return component;
        }

        @Override
        public String getTypeName() {
            return component.getTypeName() + "[]";
        }
    }
}
