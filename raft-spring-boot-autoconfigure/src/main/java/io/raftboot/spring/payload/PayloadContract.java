package io.raftboot.spring.payload;

import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectMapper;

/**
 * Goes through all types that a value can be made of, and finds those whose values would not come back equal from JSON. It asks the
 * mapper what it would write and read rather than having rules of its own, so that what is said here is what is done there.
 */
public final class PayloadContract {
    private static final String UNTYPED =
            "is written without saying of which class the value is, so that it comes back as"
                    + " another: a long as an int, a date as text";

    private final ObjectMapper mapper;
    private final Set<JavaType> seen = new HashSet<>();
    private final List<RefusedPayload> refused = new ArrayList<>();

    private PayloadContract(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    /** All that is refused of a type; empty if all its values come back. */
    public static List<RefusedPayload> refused(Type type, ObjectMapper mapper) {
        var contract = new PayloadContract(mapper);
        JavaType constructed = mapper.constructType(type);
        contract.walk(constructed, constructed.getRawClass().getSimpleName());
        return List.copyOf(contract.refused);
    }

    ObjectMapper mapper() {
        return mapper;
    }

    void refuse(String path, JavaType type, String why, String instead) {
        refused.add(new RefusedPayload(path, type.toCanonical(), why, instead));
    }

    void walk(JavaType type, String path) {
        Class<?> raw = type.getRawClass();
        if (raw.isEnum()) {
            walkEnum(type, path);
            return;
        }
        if (PayloadTypes.isValue(raw) || !seen.add(type)) {
            return;
        }
        String instead = PayloadTypes.instead(raw);
        if (type.isArrayType()) {
            checkElement(type, type.getContentType(), path);
            walk(type.getContentType(), path + "[]");
        } else if (raw == Object.class) {
            refuse(path, type, UNTYPED, "write the type itself, or a sealed interface");
        } else if (instead != null) {
            refuse(path, type, "does not come back as it was for all values", instead);
        } else if (PayloadTypes.isOptional(raw)) {
            walkOptional(type, path);
        } else if (raw == Map.Entry.class) {
            walkKey(type.containedTypeOrUnknown(0), path + ".key");
            checkElement(type, type.containedTypeOrUnknown(1), path);
            walk(type.containedTypeOrUnknown(1), path + ".value");
        } else if (type.isContainerType()) {
            walkContainer(type, path);
        } else {
            walkOther(type, path);
        }
    }

    private void walkOptional(JavaType type, String path) {
        JavaType content = type.containedTypeOrUnknown(0);
        if (PayloadTypes.isOptional(content.getRawClass())) {
            refuse(path, type, "has two ways to be empty, which are one in JSON", "write one Optional");
        } else {
            walk(content, path);
        }
    }

    private void walkContainer(JavaType type, String path) {
        Class<?> raw = type.getRawClass();
        if (!PayloadTypes.isContainer(raw)) {
            refuse(
                    path,
                    type,
                    "is a collection that does not come back as it was",
                    "write List, Set, Map or another of the table, as a field of a record if there are others");
            return;
        }
        JavaType element = type.isMapLikeType() ? type.getKeyType() : type.getContentType();
        if (PayloadTypes.isSorted(raw) && !Comparable.class.isAssignableFrom(element.getRawClass())) {
            refuse(
                    path,
                    type,
                    "is sorted by a comparator, which is not written",
                    "write List or " + (type.isMapLikeType() ? "Map" : "Set") + ", which keep the order, or let "
                            + element.getRawClass().getSimpleName() + " implement Comparable");
        }
        if (type.isMapLikeType()) {
            walkKey(type.getKeyType(), path + ".key");
        }
        checkElement(type, type.getContentType(), path);
        walk(type.getContentType(), path + (type.isMapLikeType() ? ".value" : "[]"));
    }

    private void checkElement(JavaType type, JavaType element, String path) {
        if (PayloadTypes.isOptional(element.getRawClass())) {
            refuse(
                    path,
                    type,
                    "has elements of which null and the empty one are the same in JSON",
                    "leave out Optional");
        }
    }

    private void walkEnum(JavaType type, String path) {
        if (seen.add(type)) {
            var constants = new PayloadConstants(mapper, type);
            refuseConstant(constants.changedAsValue(), type, path);
        }
    }

    private void refuseConstant(@Nullable String trouble, JavaType type, String path) {
        if (trouble != null) {
            refuse(
                    path,
                    type,
                    trouble,
                    "let each constant be written as a text or number of its own, and be read from that");
        }
    }

    private void walkKey(JavaType type, String path) {
        Class<?> raw = type.getRawClass();
        if (raw.isEnum()) {
            refuseConstant(new PayloadConstants(mapper, type).changedAsKey(), type, path);
            return;
        }
        if (PayloadTypes.isKey(raw)) {
            return;
        }
        if (!PayloadBean.isTextOfItsOwn(raw) || PayloadTypes.isPlatform(raw) || !isReadAsKey(type)) {
            refuse(
                    path,
                    type,
                    "is no key of JSON, which is text",
                    "write String, a number, an enum, UUID or a date as the key, a List of records in the place of the map,"
                            + " or annotate the one String of a record with @JsonValue");
        }
    }

    private boolean isReadAsKey(JavaType type) {
        try {
            return mapper._deserializationContext().findKeyDeserializer(type, null) != null;
        } catch (JacksonException e) {
            return false;
        }
    }

    private void walkOther(JavaType type, String path) {
        Class<?> raw = type.getRawClass();
        if (LiveTypes.in(raw) != null || raw.isAnnotationPresent(FunctionalInterface.class)) {
            refuse(path, type, "is no value, but something alive in one process", "write the value itself");
        } else if (Throwable.class.isAssignableFrom(raw)) {
            refuse(path, type, "does not come back with its stack and its cause", "write its message as a String");
        } else if (PayloadTypes.isPlatform(raw)) {
            refuse(path, type, "is not known to come back as it was", "write a type of the table, or a record of such");
        } else if (PayloadVariants.isPolymorphic(type, mapper)) {
            new PayloadVariants(this, type, path).walk();
        } else if (raw.isInterface() || Modifier.isAbstract(raw.getModifiers())) {
            refuse(
                    path,
                    type,
                    "can have values of any class, and which it was is not written",
                    "make it sealed, or write a class or a record");
        } else {
            new PayloadBean(this, type, path).walk();
        }
    }
}
