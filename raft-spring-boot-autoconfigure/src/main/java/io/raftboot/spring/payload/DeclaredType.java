package io.raftboot.spring.payload;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.annotation.JsonDeserialize;

/**
 * A type as it was declared, against the classes of the values that stand there. A value of a subclass would come back as one of the class
 * that was declared, even where it has no fields more: with other methods, that is.
 */
public final class DeclaredType {
    /** The attribute of a writer under which the type of the whole value is. */
    public static final String ROOT = DeclaredType.class.getName();

    private final JavaType type;
    private final ObjectMapper mapper;
    private final @Nullable DeclaredType content;
    private final boolean hides;
    private final Set<Class<?>> fitting = ConcurrentHashMap.newKeySet();

    public DeclaredType(JavaType type, ObjectMapper mapper) {
        this.type = type;
        this.mapper = mapper;
        JavaType part = Map.Entry.class == type.getRawClass() ? type.containedType(1) : type.getContentType();
        content = part == null ? null : new DeclaredType(part, mapper);
        hides = content == null ? canHide(type.getRawClass()) : content.hides;
    }

    /**
     * What is wrong with the classes of a value and, if it is a collection, its elements; null if nothing is. Fields are not looked
     * at: they are written by the classes of their values, and looked at by {@link ExactClasses}.
     */
    @Nullable
    public String troubleWith(@Nullable Object value) {
        if (!hides || value == null) {
            return null;
        }
        return content == null ? ownTrouble(value.getClass()) : content.troubleIn(value);
    }

    private @Nullable String troubleIn(Object container) {
        if (container instanceof Map<?, ?> map) {
            return troubleWithAny(map.values());
        }
        if (container instanceof Collection<?> collection) {
            return troubleWithAny(collection);
        }
        if (container instanceof Object[] array) {
            return troubleWithAny(Arrays.asList(array));
        }
        if (container instanceof Map.Entry<?, ?> entry) {
            return troubleWith(entry.getValue());
        }
        return container instanceof Optional<?> optional ? troubleWith(optional.orElse(null)) : null;
    }

    private @Nullable String troubleWithAny(Collection<?> elements) {
        for (Object each : elements) {
            String trouble = troubleWith(each);
            if (trouble != null) {
                return trouble;
            }
        }
        return null;
    }

    private @Nullable String ownTrouble(Class<?> given) {
        if (given == type.getRawClass() || fitting.contains(given)) {
            return null;
        }
        Class<?> above = classThatHides(given, type, false, mapper);
        if (above != null) {
            return trouble(given, above);
        }
        fitting.add(given);
        return null;
    }

    private static boolean canHide(Class<?> raw) {
        int modifiers = raw.getModifiers();
        return raw != Object.class && !Modifier.isFinal(modifiers) && !Modifier.isAbstract(modifiers);
    }

    static String trouble(Class<?> given, Class<?> above) {
        return "a " + given.getTypeName() + " would come back as a " + above.getTypeName()
                + ", the class that is declared; write one of that, or make it a sealed type of which the other is a subtype";
    }

    /**
     * The class as which a value of another class would come back; null if it comes back as what it is, or nothing can be told.
     *
     * @param type declared, of the value or of what it is a part of
     * @param within whether it may be a part
     */
    static @Nullable Class<?> classThatHides(Class<?> given, JavaType type, boolean within, ObjectMapper mapper) {
        if (isContainer(given) || fits(given, type, within, mapper)) {
            return null;
        }
        return hiding(given, type, within);
    }

    /** Whether a type, or one of which it is made, is sorted. */
    static boolean hasSorted(JavaType type) {
        return PayloadTypes.isSorted(type.getRawClass()) || parts(type).anyMatch(DeclaredType::hasSorted);
    }

    private static boolean isContainer(Class<?> given) {
        return given.isArray()
                || Map.class.isAssignableFrom(given)
                || Collection.class.isAssignableFrom(given)
                || Map.Entry.class.isAssignableFrom(given);
    }

    private static boolean fits(Class<?> given, JavaType type, boolean within, ObjectMapper mapper) {
        Class<?> raw = type.getRawClass();
        return raw == given
                || (raw.isAssignableFrom(given)
                        && (raw.isEnum() || isMadeOtherwise(raw) || PayloadVariants.isPolymorphic(type, mapper)))
                || (within && parts(type).anyMatch(part -> fits(given, part, true, mapper)));
    }

    /** Whether its author has a word in of which class the values are that are read. */
    private static boolean isMadeOtherwise(Class<?> raw) {
        return raw.isAnnotationPresent(JsonDeserialize.class)
                || PayloadBean.isTextOfItsOwn(raw)
                || Stream.<AccessibleObject>of(raw.getDeclaredMethods())
                        .anyMatch(method -> method.isAnnotationPresent(JsonCreator.class));
    }

    private static @Nullable Class<?> hiding(Class<?> given, JavaType type, boolean within) {
        Class<?> raw = type.getRawClass();
        if (raw != Object.class && !Modifier.isAbstract(raw.getModifiers()) && raw.isAssignableFrom(given)) {
            return raw;
        }
        return within
                ? parts(type)
                        .map(part -> hiding(given, part, true))
                        .filter(found -> found != null)
                        .findFirst()
                        .orElse(null)
                : null;
    }

    private static Stream<JavaType> parts(JavaType type) {
        Stream<@Nullable JavaType> bound = Stream.iterate(0, i -> i < type.containedTypeCount(), i -> i + 1)
                .map(type::containedType);
        return Stream.concat(bound, Stream.of(type.getKeyType(), type.getContentType()))
                .filter(part -> part != null && !part.equals(type));
    }
}
