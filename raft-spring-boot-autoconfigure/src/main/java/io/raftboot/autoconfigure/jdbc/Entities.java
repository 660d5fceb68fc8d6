package io.raftboot.autoconfigure.jdbc;

import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.metamodel.Attribute;
import jakarta.persistence.metamodel.EntityType;
import jakarta.persistence.metamodel.IdentifiableType;
import java.lang.reflect.AnnotatedElement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The part of {@link PersistenceUnit} that is only loaded where there is JPA. */
final class Entities {
    private Entities() {}

    static void forget(@Nullable Object resource) {
        if (resource instanceof EntityManagerFactory factory && factory.isOpen()) {
            factory.getCache().evictAll();
        }
    }

    /** Numbered by anything but an identity column: whoever numbers ahead, in memory, does not know of a restart. */
    static List<String> withGeneratedIds(@Nullable Object resource) {
        if (!(resource instanceof EntityManagerFactory factory)) {
            return List.of();
        }
        return factory.getMetamodel().getEntities().stream()
                .filter(Entities::isNumbered)
                .map(EntityType::getName)
                .sorted()
                .toList();
    }

    private static boolean isNumbered(IdentifiableType<?> entity) {
        return entity.getSingularAttributes().stream()
                .anyMatch(attribute -> attribute.isId() && isGenerated(attribute));
    }

    private static boolean isGenerated(Attribute<?, ?> attribute) {
        return attribute.getJavaMember() instanceof AnnotatedElement member
                && member.isAnnotationPresent(GeneratedValue.class)
                && member.getAnnotation(GeneratedValue.class).strategy() != GenerationType.IDENTITY;
    }
}
