package io.raftboot.autoconfigure.jdbc;

import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.metamodel.Attribute;
import jakarta.persistence.metamodel.EntityType;
import jakarta.persistence.metamodel.IdentifiableType;
import java.lang.reflect.AnnotatedElement;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

/** What JPA has in memory of the database of a state machine; of an application without JPA there is nothing. */
final class PersistenceUnit {
    private static final boolean PRESENT =
            ClassUtils.isPresent("jakarta.persistence.EntityManagerFactory", PersistenceUnit.class.getClassLoader());

    private PersistenceUnit() {}

    /**
     * Drops what the second-level cache has, after the content of the database was replaced.
     *
     * @param resource that the transaction manager manages
     */
    static void forget(@Nullable Object resource) {
        if (PRESENT && resource instanceof EntityManagerFactory factory && factory.isOpen()) {
            factory.getCache().evictAll();
        }
    }

    /** Names of the entities whose ids are not given by the application, in order. */
    static List<String> withGeneratedIds(@Nullable Object resource) {
        if (!PRESENT || !(resource instanceof EntityManagerFactory factory)) {
            return List.of();
        }
        return factory.getMetamodel().getEntities().stream()
                .filter(PersistenceUnit::isNumbered)
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
                && member.isAnnotationPresent(GeneratedValue.class);
    }
}
