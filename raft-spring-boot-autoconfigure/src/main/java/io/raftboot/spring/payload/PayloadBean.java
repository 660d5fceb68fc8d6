package io.raftboot.spring.payload;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonKey;
import com.fasterxml.jackson.annotation.JsonValue;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.annotation.JsonSerialize;
import tools.jackson.databind.deser.SettableBeanProperty;
import tools.jackson.databind.deser.bean.BeanDeserializerBase;
import tools.jackson.databind.ser.BeanPropertyWriter;
import tools.jackson.databind.ser.PropertyWriter;
import tools.jackson.databind.ser.bean.BeanSerializerBase;

/** A record or a class: each of its fields has to be written and read, as the same type. */
final class PayloadBean {
    private final PayloadContract contract;
    private final JavaType type;
    private final Class<?> raw;
    private final String path;

    PayloadBean(PayloadContract contract, JavaType type, String path) {
        this.contract = contract;
        this.type = type;
        raw = type.getRawClass();
        this.path = path;
    }

    /** Whether a class says by annotation which text or number stands for it. */
    static boolean isTextOfItsOwn(Class<?> type) {
        return Stream.<AccessibleObject>concat(
                        Stream.of(type.getDeclaredFields()), Stream.of(type.getDeclaredMethods()))
                .anyMatch(member ->
                        member.isAnnotationPresent(JsonValue.class) || member.isAnnotationPresent(JsonKey.class));
    }

    void walk() {
        if (isBoundToOuter()) {
            contract.refuse(path, type, "belongs to an object of another class", "make it a static class or a record");
            return;
        }
        ValueSerializer<?> written;
        ValueDeserializer<?> read;
        try {
            written = contract.mapper()._serializationContext().findValueSerializer(type);
            read = contract.mapper()._deserializationContext().findNonContextualValueDeserializer(type);
        } catch (JacksonException e) {
            contract.refuse(
                    path, type, "can't be read: " + e.getOriginalMessage(), "write a record of types of the table");
            return;
        }
        boolean readByFields = read instanceof BeanDeserializerBase;
        if (readByFields && !isMade((BeanDeserializerBase) read, written)) {
            contract.refuse(
                    path,
                    type,
                    "can be written, but not made again: it has no constructor for that",
                    "write a record, or add a constructor without parameters, which may be private, or @JsonCreator");
        } else if (isTextOfItsOwn(raw)) {
            walkText();
        } else if (PayloadAnnotations.isOneSided(
                raw.getAnnotation(JsonSerialize.class), raw.getAnnotation(JsonDeserialize.class))) {
            contract.refuse(path, type, "is written otherwise than it is read", "annotate it for both, or for none");
        } else if (readByFields) {
            walkFields(writers(written), readers((BeanDeserializerBase) read));
        }
    }

    private boolean isBoundToOuter() {
        boolean nested = raw.isMemberClass() || raw.isLocalClass() || raw.isAnonymousClass();
        boolean isStatic = Modifier.isStatic(raw.getModifiers()) || raw.isRecord() || raw.isEnum();
        return (nested && !isStatic) || raw.isHidden();
    }

    private static boolean isMade(BeanDeserializerBase read, ValueSerializer<?> written) {
        var maker = read.getValueInstantiator();
        return maker.canCreateUsingDefault()
                || maker.canCreateFromObjectWith()
                || maker.canCreateUsingDelegate()
                || (!(written instanceof BeanSerializerBase) && maker.canInstantiate());
    }

    /** What stands for the class has to be a type that comes back; how it is made of it is the author's word. */
    private void walkText() {
        for (Method method : raw.getDeclaredMethods()) {
            if (method.isAnnotationPresent(JsonValue.class)) {
                walkText(method.getGenericReturnType());
            }
        }
        for (Field field : raw.getDeclaredFields()) {
            if (field.isAnnotationPresent(JsonValue.class)) {
                walkText(field.getGenericType());
            }
        }
    }

    private void walkText(java.lang.reflect.Type text) {
        contract.walk(contract.mapper().getTypeFactory().resolveMemberType(text, type.getBindings()), path);
    }

    private static Map<String, BeanPropertyWriter> writers(ValueSerializer<?> written) {
        Map<String, BeanPropertyWriter> writers = new HashMap<>();
        if (written instanceof BeanSerializerBase bean) {
            for (var all = bean.properties(); all.hasNext(); ) {
                PropertyWriter each = all.next();
                if (each instanceof BeanPropertyWriter writer) {
                    writers.put(writer.getName(), writer);
                }
            }
        }
        return writers;
    }

    private static Map<String, SettableBeanProperty> readers(BeanDeserializerBase read) {
        Map<String, SettableBeanProperty> readers = new HashMap<>();
        read.properties().forEachRemaining(each -> readers.put(each.getName(), each));
        return readers;
    }

    private void walkFields(Map<String, BeanPropertyWriter> writers, Map<String, SettableBeanProperty> readers) {
        for (Class<?> each = raw; each != null && each != Object.class; each = each.getSuperclass()) {
            for (Field field : each.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers())) {
                    BeanPropertyWriter writer = writerOf(field, writers);
                    walkField(field, writer, writer == null ? null : readers.get(writer.getName()));
                }
            }
        }
    }

    private static @Nullable BeanPropertyWriter writerOf(Field field, Map<String, BeanPropertyWriter> writers) {
        for (BeanPropertyWriter writer : writers.values()) {
            var member = writer.getMember().getMember();
            boolean accessor = member instanceof Method
                    && member.getDeclaringClass() == field.getDeclaringClass()
                    && writer.getType().getRawClass() == field.getType()
                    && isNamed(member.getName(), field.getName());
            if (member.equals(field) || accessor) {
                return writer;
            }
        }
        return null;
    }

    private static boolean isNamed(String method, String field) {
        return method.equals(field) || method.equalsIgnoreCase("get" + field) || method.equalsIgnoreCase("is" + field);
    }

    private void walkField(Field field, @Nullable BeanPropertyWriter writer, @Nullable SettableBeanProperty reader) {
        String place = path + "." + field.getName();
        if (writer == null) {
            contract.refuse(
                    place,
                    typeOf(field),
                    "is not written: " + reason(field),
                    "its value would be lost; " + "remove what keeps it out, or keep the field out of the class");
        } else if (writer.isUnwrapping()) {
            contract.refuse(
                    place, typeOf(field), "is unwrapped, and null is not told from empty", "remove @JsonUnwrapped");
        } else if (reader == null) {
            contract.refuse(
                    place,
                    typeOf(field),
                    "is written, but not read",
                    "let a constructor take it, or remove the annotation that keeps it from being read");
        } else if (!reader.getType().getRawClass().equals(writer.getType().getRawClass())) {
            contract.refuse(
                    place,
                    typeOf(field),
                    "is read as " + reader.getType().toCanonical(),
                    "let the constructor take the type of the field");
        } else {
            walkForm(field, writer, reader, place);
        }
    }

    private void walkForm(Field field, BeanPropertyWriter writer, SettableBeanProperty reader, String place) {
        JsonSerialize written = writer.getAnnotation(JsonSerialize.class);
        JsonDeserialize read = reader.getAnnotation(JsonDeserialize.class);
        String omission = PayloadAnnotations.omission(writer);
        if (omission != null) {
            contract.refuse(
                    place,
                    typeOf(field),
                    "is not written wholly: " + omission + " keeps fields of it out",
                    "their values would be lost; remove the annotation, or keep the fields out of the class");
        } else if (PayloadAnnotations.isOneSided(written, read)) {
            contract.refuse(
                    place, typeOf(field), "is written otherwise than it is read", "annotate it for both, or for none");
        } else if (!PayloadAnnotations.hasOwn(written, read)) {
            // Otherwise how it is written and read is its author's word.
            contract.walk(writer.getType(), place);
        }
    }

    private JavaType typeOf(Field field) {
        return contract.mapper().getTypeFactory().resolveMemberType(field.getGenericType(), type.getBindings());
    }

    private String reason(Field field) {
        if (Modifier.isTransient(field.getModifiers())) {
            return "it is transient";
        }
        if (field.isAnnotationPresent(JsonIgnore.class)) {
            return "it has @JsonIgnore";
        }
        return field.getDeclaringClass() == raw
                ? "an annotation of Jackson keeps it out"
                : "another field of the same name hides it, or an annotation of Jackson keeps it out";
    }
}
