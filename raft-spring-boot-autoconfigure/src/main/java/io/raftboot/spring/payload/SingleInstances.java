package io.raftboot.spring.payload;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.ValueInstantiator;
import tools.jackson.databind.module.SimpleValueInstantiators;

/**
 * A class of which there is one instance, in a constant of its own (an {@code object} of Kotlin is one), comes back as that, so that it is
 * still the same for {@code ==}.
 */
final class SingleInstances extends SimpleValueInstantiators {
    private static final long serialVersionUID = 1L;

    @Override
    public ValueInstantiator modifyValueInstantiator(
            DeserializationConfig config, BeanDescription.Supplier description, ValueInstantiator maker) {
        Object instance = of(description.getBeanClass());
        return instance == null ? maker : new Given(maker, instance);
    }

    /** The only instance of a class; null if there may be others. */
    static @Nullable Object of(Class<?> type) {
        if (PayloadTypes.isPlatform(type) || type.isEnum() || type.isInterface()) {
            return null;
        }
        List<Field> constants = Arrays.stream(type.getDeclaredFields())
                .filter(field -> Modifier.isStatic(field.getModifiers())
                        && Modifier.isFinal(field.getModifiers())
                        && field.getType() == type)
                .toList();
        if (constants.size() != 1 || !isClosed(type) || hasState(type)) {
            return null;
        }
        try {
            constants.get(0).setAccessible(true);
            return constants.get(0).get(null);
        } catch (IllegalAccessException | RuntimeException e) {
            return null;
        }
    }

    private static boolean isClosed(Class<?> type) {
        Constructor<?>[] constructors = type.getDeclaredConstructors();
        return constructors.length > 0
                && Stream.of(constructors)
                        .allMatch(each -> Modifier.isPrivate(each.getModifiers()) || each.isSynthetic());
    }

    private static boolean hasState(Class<?> type) {
        return Stream.<Class<?>>iterate(type, above -> above != null && above != Object.class, Class::getSuperclass)
                .flatMap(each -> Stream.of(each.getDeclaredFields()))
                .anyMatch(field -> !Modifier.isStatic(field.getModifiers()));
    }

    private static final class Given extends ValueInstantiator.Delegating {
        private static final long serialVersionUID = 1L;

        private final transient Object instance;

        Given(ValueInstantiator maker, Object instance) {
            super(maker);
            this.instance = instance;
        }

        @Override
        public ValueInstantiator createContextual(
                DeserializationContext context, BeanDescription.Supplier description) {
            return this;
        }

        @Override
        public boolean canInstantiate() {
            return true;
        }

        @Override
        public boolean canCreateUsingDefault() {
            return true;
        }

        @Override
        public Object createUsingDefault(DeserializationContext context) {
            return instance;
        }
    }
}
