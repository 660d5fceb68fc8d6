package io.raftboot.autoconfigure.jdbc;

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
        if (PRESENT) {
            Entities.forget(resource);
        }
    }

    /** Names of the entities whose ids are not given by the application, in order. */
    static List<String> withGeneratedIds(@Nullable Object resource) {
        return PRESENT ? Entities.withGeneratedIds(resource) : List.of();
    }
}
