package io.raftboot.spring.payload;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.annotation.JsonSerialize;
import tools.jackson.databind.cfg.GeneratorSettings;
import tools.jackson.databind.cfg.SerializationContexts;
import tools.jackson.databind.ser.SerializationContextExt;
import tools.jackson.databind.ser.SerializerCache;
import tools.jackson.databind.ser.SerializerFactory;

/**
 * Refuses to write a value whose class is not the one that was declared where it stands. Jackson asks how a class is written the first
 * time that it meets the class at a place, and remembers it for the place, so that values that fit cost nothing.
 */
public final class ExactClasses extends SerializationContexts {
    private static final long serialVersionUID = 1L;

    private final transient @Nullable ObjectMapper mapper;

    /** Classes as they are known as long as there is no mapper. */
    public ExactClasses() {
        mapper = null;
    }

    private ExactClasses(
            ObjectMapper mapper, TokenStreamFactory streams, SerializerFactory factory, SerializerCache cache) {
        super(streams, factory, cache);
        this.mapper = mapper;
    }

    @Override
    public SerializationContexts forMapper(
            Object mapper, TokenStreamFactory streams, SerializerFactory factory, SerializerCache cache) {
        return new ExactClasses((ObjectMapper) mapper, streams, factory, cache);
    }

    @Override
    public SerializationContextExt createContext(SerializationConfig config, GeneratorSettings settings) {
        return new Context(mapper, _streamFactory, config, settings, _serializerFactory, _cache);
    }

    private static final class Context extends SerializationContextExt {
        private final @Nullable ObjectMapper mapper;

        Context(
                @Nullable ObjectMapper mapper,
                TokenStreamFactory streams,
                SerializationConfig config,
                GeneratorSettings settings,
                SerializerFactory factory,
                SerializerCache cache) {
            super(streams, config, settings, factory, cache);
            this.mapper = mapper;
        }

        @Override
        public ValueSerializer<Object> findPrimaryPropertySerializer(JavaType type, BeanProperty property) {
            check(type.getRawClass(), property);
            return super.findPrimaryPropertySerializer(type, property);
        }

        @Override
        public ValueSerializer<Object> findPrimaryPropertySerializer(Class<?> type, BeanProperty property) {
            check(type, property);
            return super.findPrimaryPropertySerializer(type, property);
        }

        @Override
        public ValueSerializer<Object> findContentValueSerializer(JavaType type, BeanProperty property) {
            check(type.getRawClass(), property);
            return super.findContentValueSerializer(type, property);
        }

        @Override
        public ValueSerializer<Object> findContentValueSerializer(Class<?> type, BeanProperty property) {
            check(type, property);
            return super.findContentValueSerializer(type, property);
        }

        private void check(Class<?> given, @Nullable BeanProperty property) {
            JavaType declared = declared(property);
            if (mapper == null || declared == null) {
                return;
            }
            Class<?> above = DeclaredType.classThatHides(given, declared, true, mapper);
            if (above != null) {
                String place = property == null
                        ? ""
                        : property.getMember().getDeclaringClass().getSimpleName() + "." + property.getName() + ": ";
                throw DatabindException.from(getGenerator(), place + DeclaredType.trouble(given, above));
            }
        }

        private @Nullable JavaType declared(@Nullable BeanProperty property) {
            if (property == null) {
                return (JavaType) getAttribute(DeclaredType.ROOT);
            }
            boolean ownForm = property.getAnnotation(JsonTypeInfo.class) != null
                    || property.getAnnotation(JsonSerialize.class) != null;
            return ownForm ? null : property.getType();
        }
    }
}
