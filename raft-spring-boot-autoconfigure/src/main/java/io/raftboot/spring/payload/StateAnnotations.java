package io.raftboot.spring.payload;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;

/**
 * What Jackson's annotations mean for the log and the snapshot. Those that make a page for people shorter or nicer, and lose something by
 * it, mean nothing here; a sealed type that does not say how its subtypes are told apart has them told apart by their simple names.
 */
public final class StateAnnotations extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1L;

    /** Stands beside the fields of a value of a sealed type. */
    private static final String TYPE_PROPERTY = "@type";

    private static final JsonTypeInfo.Value BY_SIMPLE_NAME = JsonTypeInfo.Value.construct(
            JsonTypeInfo.Id.SIMPLE_NAME, JsonTypeInfo.As.PROPERTY, TYPE_PROPERTY, null, false, true);

    /** Whether a type is sealed by its author; an enum is by the compiler, when its constants have bodies. */
    static boolean isSealed(Class<?> type) {
        return type.isSealed() && !Enum.class.isAssignableFrom(type);
    }

    @Override
    public JsonTypeInfo.@Nullable Value findPolymorphicTypeInfo(MapperConfig<?> config, Annotated annotated) {
        JsonTypeInfo.Value written = super.findPolymorphicTypeInfo(config, annotated);
        if (written != null) {
            return written;
        }
        return annotated instanceof AnnotatedClass type && isSealed(type.getRawType()) ? BY_SIMPLE_NAME : null;
    }

    /** All is written: what is left out comes back as whatever a constructor puts there. */
    @Override
    public JsonInclude.Value findPropertyInclusion(MapperConfig<?> config, Annotated annotated) {
        return JsonInclude.Value.empty();
    }

    @Override
    public JsonFormat.@Nullable Value findFormat(MapperConfig<?> config, Annotated annotated) {
        return null;
    }
}
