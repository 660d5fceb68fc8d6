package io.raftboot.spring.payload;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonIncludeProperties;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.annotation.JsonSerialize;
import tools.jackson.databind.util.Converter;

/** What annotations of Jackson say of the form of a field or a class: both ways, or one only. */
final class PayloadAnnotations {
    private PayloadAnnotations() {}

    /** The annotation of a field that keeps fields of its value out; null if there is none. */
    static @Nullable String omission(BeanProperty field) {
        JsonIgnoreProperties ignored = field.getAnnotation(JsonIgnoreProperties.class);
        if (ignored != null && ignored.value().length > 0) {
            return "@JsonIgnoreProperties";
        }
        return field.getAnnotation(JsonIncludeProperties.class) == null ? null : "@JsonIncludeProperties";
    }

    /** Whether it is written in a form of its own and read in that. */
    static boolean hasOwn(@Nullable JsonSerialize written, @Nullable JsonDeserialize read) {
        return written != null
                && read != null
                && written.using() != ValueSerializer.None.class
                && read.using() != ValueDeserializer.None.class;
    }

    /** Whether one of the two says something of the form that the other does not know of. */
    static boolean isOneSided(@Nullable JsonSerialize written, @Nullable JsonDeserialize read) {
        return isNarrowed(written)
                || (written != null && written.using() != ValueSerializer.None.class)
                        != (read != null && read.using() != ValueDeserializer.None.class)
                || (written != null && written.contentUsing() != ValueSerializer.None.class)
                        != (read != null && read.contentUsing() != ValueDeserializer.None.class)
                || isWrittenByConverter(written) != isReadByConverter(read);
    }

    /** Whether it is written as another class, whose fields may be fewer. */
    private static boolean isNarrowed(@Nullable JsonSerialize written) {
        return written != null
                && (written.as() != Void.class
                        || written.contentAs() != Void.class
                        || written.keyAs() != Void.class
                        || written.nullsUsing() != ValueSerializer.None.class);
    }

    private static boolean isWrittenByConverter(@Nullable JsonSerialize written) {
        return written != null
                && (written.converter() != Converter.None.class || written.contentConverter() != Converter.None.class);
    }

    private static boolean isReadByConverter(@Nullable JsonDeserialize read) {
        return read != null
                && (read.converter() != Converter.None.class || read.contentConverter() != Converter.None.class);
    }
}
