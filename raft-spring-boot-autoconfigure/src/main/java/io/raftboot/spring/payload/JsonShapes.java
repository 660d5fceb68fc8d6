package io.raftboot.spring.payload;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIdentityInfo;
import com.fasterxml.jackson.annotation.JsonIdentityReference;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonIncludeProperties;
import com.fasterxml.jackson.annotation.JsonManagedReference;
import com.fasterxml.jackson.annotation.JsonMerge;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.lang.annotation.Annotation;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.annotation.JsonSerialize;
import tools.jackson.databind.deser.SettableBeanProperty;
import tools.jackson.databind.deser.bean.BeanDeserializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.ser.BeanPropertyWriter;
import tools.jackson.databind.ser.BeanSerializer;
import tools.jackson.databind.ser.PropertyWriter;
import tools.jackson.databind.ser.UnrolledBeanSerializer;

/** The shapes of types, as one mapper reads and writes them. What is not surely of a known shape is of none. */
public final class JsonShapes {
    private static final String CONTAINERS = "tools.jackson.databind.deser.jdk";

    private static final List<Class<? extends Annotation>> PECULIAR = List.of(
            JsonDeserialize.class,
            JsonFormat.class,
            JsonIdentityInfo.class,
            JsonIdentityReference.class,
            JsonIgnoreProperties.class,
            JsonInclude.class,
            JsonIncludeProperties.class,
            JsonManagedReference.class,
            JsonMerge.class,
            JsonRawValue.class,
            JsonSerialize.class,
            JsonSetter.class,
            JsonTypeInfo.class,
            JsonUnwrapped.class);

    private static final Set<Class<?>> BY_FIELDS = Set.of(BeanSerializer.class, UnrolledBeanSerializer.class);

    private final JsonMapper mapper;
    private final Map<JavaType, JsonShape> shapes = new ConcurrentHashMap<>();

    public JsonShapes(JsonMapper mapper) {
        this.mapper = mapper;
    }

    JsonShape of(JavaType type) {
        JsonShape known = shapes.get(type);
        return known != null ? known : shapes.computeIfAbsent(type, this::find);
    }

    /**
     * The shape by which a value is taken apart. None, if objects below are written once and then referred to by a number: which
     * numbers they have, and where they stand, the whole alone shows.
     */
    JsonShape apart(JavaType type) {
        return sharesObjects(type, new HashSet<>()) ? new JsonShape.Opaque() : of(type);
    }

    private boolean sharesObjects(JavaType type, Set<JavaType> seen) {
        if (!seen.add(type)) {
            return false;
        }
        if (hasIdentity(type)) {
            return true;
        }
        JsonShape shape = of(type);
        if (shape instanceof JsonShape.Fields object) {
            return object.fields().values().stream().anyMatch(field -> sharesObjects(field.type(), seen));
        }
        JavaType content = type.getContentType();
        return content != null && sharesObjects(content, seen);
    }

    private boolean hasIdentity(JavaType type) {
        try {
            DeserializationContext context = mapper._deserializationContext();
            return context.findRootValueDeserializer(type).getObjectIdReader(context) != null;
        } catch (JacksonException e) {
            // Reading a value says what is wrong with the type.
            return false;
        }
    }

    private JsonShape find(JavaType type) {
        try {
            DeserializationContext context = mapper._deserializationContext();
            var reader = context.findRootValueDeserializer(type);
            if (reader.getClass().getPackageName().equals(CONTAINERS)) {
                return container(type);
            }
            if (reader instanceof BeanDeserializer bean
                    && bean.getClass() == BeanDeserializer.class
                    && bean.getObjectIdReader(context) == null
                    && !bean.hasAnySetter()
                    && !bean.getValueInstantiator().canCreateUsingDelegate()) {
                Map<String, JsonShape.Field> fields = fields(bean);
                return isWrittenBy(fields, type) ? new JsonShape.Fields(fields) : new JsonShape.Opaque();
            }
        } catch (JacksonException e) {
            // What is wrong with the type, reading a value of it says.
            return new JsonShape.Opaque();
        }
        return new JsonShape.Opaque();
    }

    private static JsonShape container(JavaType type) {
        if (type.isMapLikeType() && type.isTypeOrSubTypeOf(Map.class)) {
            return new JsonShape.Entries(
                    type, type.getKeyType(), type.getContentType(), type.isTypeOrSubTypeOf(SortedMap.class));
        }
        boolean array = type.isArrayType() && !type.getContentType().isPrimitive();
        if (!array && !type.isCollectionLikeType()) {
            return new JsonShape.Opaque();
        }
        boolean inOrder = array
                || type.isTypeOrSubTypeOf(List.class)
                || type.isTypeOrSubTypeOf(Deque.class)
                || type.isTypeOrSubTypeOf(SortedSet.class);
        return new JsonShape.Elements(type, type.getContentType(), inOrder, type.isTypeOrSubTypeOf(Set.class));
    }

    /** Whether all that is written is read; what is not is computed, or lost, which only the object as a whole shows. */
    private boolean isWrittenBy(Map<String, JsonShape.Field> fields, JavaType type) {
        var writer = mapper._serializationContext().findRootValueSerializer(type);
        if (!BY_FIELDS.contains(writer.getClass())) {
            return false;
        }
        for (Iterator<PropertyWriter> each = writer.properties(); each.hasNext(); ) {
            if (!(each.next() instanceof BeanPropertyWriter property)
                    || property.isUnwrapping()
                    || !fields.containsKey(property.getName())
                    || property.getAnnotation(JsonTypeInfo.class) != null) {
                return false;
            }
        }
        return true;
    }

    private static Map<String, JsonShape.Field> fields(BeanDeserializer bean) {
        Map<String, JsonShape.Field> fields = new HashMap<>();
        for (Iterator<SettableBeanProperty> each = bean.properties(); each.hasNext(); ) {
            SettableBeanProperty property = each.next();
            fields.put(
                    property.getName(),
                    new JsonShape.Field(
                            property.getType(),
                            property.isCreatorProperty(),
                            PECULIAR.stream().anyMatch(kind -> property.getAnnotation(kind) != null)));
        }
        return fields;
    }
}
