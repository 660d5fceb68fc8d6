package io.raftboot.spring.payload;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.deser.BeanDeserializerBuilder;
import tools.jackson.databind.deser.SettableBeanProperty;
import tools.jackson.databind.deser.ValueDeserializerModifier;
import tools.jackson.databind.introspect.AnnotatedField;
import tools.jackson.databind.module.SimpleAbstractTypeResolver;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.BeanPropertyWriter;
import tools.jackson.databind.ser.ValueSerializerModifier;
import tools.jackson.databind.type.CollectionType;
import tools.jackson.databind.type.MapType;

/** What JSON would bring back otherwise than it was given comes back as it was, or is not written. */
public final class ExactPayloads extends SimpleModule {
    private static final long serialVersionUID = 1L;

    public ExactPayloads() {
        super("exact payloads");
        setAbstractTypes(new CallersOrder());
        addSerializer(Locale.class, new ExactLocales());
        setSerializerModifier(new WrittenWholly());
        setValueInstantiators(new SingleInstances());
        setDeserializerModifier(new KeptContainers());
    }

    /**
     * Members iterate in the order of the caller, whatever the hash codes in their processes, and whatever the order of an
     * enum's constants.
     */
    private static final class CallersOrder extends SimpleAbstractTypeResolver {
        private static final long serialVersionUID = 1L;

        private static final Map<Class<?>, Class<?>> ORDERED = Map.of(
                Set.class, LinkedHashSet.class,
                HashSet.class, LinkedHashSet.class,
                Map.class, LinkedHashMap.class,
                HashMap.class, LinkedHashMap.class);

        @Override
        public @Nullable JavaType findTypeMapping(DeserializationConfig config, JavaType type) {
            Class<?> ordered = ORDERED.get(type.getRawClass());
            return ordered == null ? null : config.getTypeFactory().constructSpecializedType(type, ordered);
        }
    }

    /** A language tag does not say all that a locale can be made of. */
    private static final class ExactLocales extends ValueSerializer<Locale> {
        @Override
        public void serialize(Locale value, JsonGenerator out, SerializationContext context) {
            String tag = value.equals(Locale.ROOT) ? "" : value.toLanguageTag();
            if (!Locale.forLanguageTag(tag).equals(value)) {
                throw refused(out, "the locale " + value + " has no language tag of its own; use one that has");
            }
            out.writeString(tag);
        }
    }

    private static DatabindException refused(JsonGenerator out, String trouble) {
        return DatabindException.from(out, trouble);
    }

    /** An empty {@code Optional} is null in JSON, so that null can't be it too; and a comparator is not written at all. */
    private static final class WrittenWholly extends ValueSerializerModifier {
        private static final long serialVersionUID = 1L;

        @Override
        public List<BeanPropertyWriter> changeProperties(
                SerializationConfig config, BeanDescription.Supplier description, List<BeanPropertyWriter> properties) {
            for (BeanPropertyWriter property : properties) {
                if (PayloadTypes.isOptional(property.getType().getRawClass())) {
                    property.assignNullSerializer(new NullOptional(property.getName()));
                }
            }
            return properties;
        }

        @Override
        public ValueSerializer<?> modifyMapSerializer(
                SerializationConfig config,
                MapType type,
                BeanDescription.Supplier description,
                ValueSerializer<?> serializer) {
            return sorted(type, serializer);
        }

        @Override
        public ValueSerializer<?> modifyCollectionSerializer(
                SerializationConfig config,
                CollectionType type,
                BeanDescription.Supplier description,
                ValueSerializer<?> serializer) {
            return sorted(type, serializer);
        }

        private static ValueSerializer<?> sorted(JavaType type, ValueSerializer<?> serializer) {
            return PayloadTypes.isSorted(type.getRawClass()) ? new NaturallySorted(serializer, null) : serializer;
        }
    }

    private static final class NullOptional extends ValueSerializer<Object> {
        private final String property;

        NullOptional(String property) {
            this.property = property;
        }

        @Override
        public void serialize(Object value, JsonGenerator out, SerializationContext context) {
            throw refused(
                    out,
                    "the optional '" + property + "' is null, which would come back as an empty one; write"
                            + " Optional.empty()");
        }
    }

    /** Containers that the constructor of a state has made go on to be the ones, with their kind and comparator. */
    private static final class KeptContainers extends ValueDeserializerModifier {
        private static final long serialVersionUID = 1L;

        @Override
        public BeanDeserializerBuilder updateBuilder(
                DeserializationConfig config, BeanDescription.Supplier description, BeanDeserializerBuilder builder) {
            for (SettableBeanProperty property : List.copyOf(properties(builder))) {
                if (property.getType().isContainerType() && property.getMember() instanceof AnnotatedField) {
                    builder.addOrReplaceProperty(new KeptContainer(property), true);
                }
            }
            return builder;
        }

        private static List<SettableBeanProperty> properties(BeanDeserializerBuilder builder) {
            var all = new ArrayList<SettableBeanProperty>();
            builder.getProperties().forEachRemaining(all::add);
            return all;
        }
    }
}
