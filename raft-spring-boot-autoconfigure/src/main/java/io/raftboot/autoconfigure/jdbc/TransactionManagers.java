package io.raftboot.autoconfigure.jdbc;

import java.beans.PropertyDescriptor;
import java.lang.reflect.Method;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.BeanUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.ResourceTransactionManager;
import org.springframework.util.ReflectionUtils;

/** Finds the transaction manager that the application has for the {@code DataSource} of a state machine. */
final class TransactionManagers {
    private static final Logger log = LoggerFactory.getLogger(TransactionManagers.class);

    private TransactionManagers() {}

    /**
     * The one that manages this {@code DataSource}. Of several, the one that {@code @Transactional} takes without a name; else the
     * only one that manages more than its connections, as JPA's does; else one of JDBC's own, as where there is none.
     *
     * @param machine name of the state machine, for messages
     * @param wrappers whether a manager counts whose DataSource leads to this one
     */
    static PlatformTransactionManager choose(
            ListableBeanFactory beans, DataSource dataSource, String machine, boolean wrappers) {
        Map<String, PlatformTransactionManager> candidates = new LinkedHashMap<>();
        beans.getBeansOfType(PlatformTransactionManager.class, false, true).forEach((name, manager) -> {
            if (manages(manager, dataSource, wrappers)) {
                candidates.put(name, manager);
            }
        });
        if (candidates.isEmpty()) {
            return new JdbcTransactionManager(dataSource);
        }
        if (candidates.size() == 1) {
            return candidates.values().iterator().next();
        }
        PlatformTransactionManager chosen = usual(beans, candidates);
        if (chosen == null) {
            chosen = onlyBroader(candidates);
        }
        if (chosen == null) {
            log.warn(
                    "the DataSource of the state machine '{}' has the transaction managers {}: its commands run in a"
                            + " transaction of JDBC's own, which repositories of JPA do not join. Make one of them @Primary",
                    machine,
                    candidates.keySet());
            return new JdbcTransactionManager(dataSource);
        }
        log.info(
                "the DataSource of the state machine '{}' has the transaction managers {}: its commands run in a transaction"
                        + " of {}",
                machine,
                candidates.keySet(),
                nameOf(candidates, chosen));
        return chosen;
    }

    private static @Nullable PlatformTransactionManager usual(
            ListableBeanFactory beans, Map<String, PlatformTransactionManager> candidates) {
        PlatformTransactionManager usual =
                beans.getBeanProvider(PlatformTransactionManager.class).getIfUnique();
        return usual != null && candidates.containsValue(usual) ? usual : null;
    }

    private static @Nullable PlatformTransactionManager onlyBroader(
            Map<String, PlatformTransactionManager> candidates) {
        var broader = candidates.values().stream()
                .filter(manager -> isBroader(manager))
                .toList();
        return broader.size() == 1 ? broader.get(0) : null;
    }

    /** Whether it gets its connections from something that is above the DataSource, and that has to be managed with them. */
    static boolean isBroader(PlatformTransactionManager manager) {
        return !(resource(manager) instanceof DataSource);
    }

    /** What it manages, an {@code EntityManagerFactory} for example; null if it does not say. */
    static @Nullable Object resource(PlatformTransactionManager manager) {
        return manager instanceof ResourceTransactionManager of ? of.getResourceFactory() : null;
    }

    private static boolean manages(PlatformTransactionManager manager, DataSource dataSource, boolean wrappers) {
        Object managed = resource(manager);
        if (managed instanceof DataSource known && leadsTo(known, dataSource, wrappers)) {
            return true;
        }
        return property(manager) instanceof DataSource known && leadsTo(known, dataSource, wrappers);
    }

    private static boolean leadsTo(DataSource from, DataSource to, boolean wrappers) {
        for (@Nullable DataSource step = from; step != null; step = behind(step)) {
            if (step == to) {
                return true;
            }
            if (!wrappers) {
                return false;
            }
        }
        return false;
    }

    private static @Nullable DataSource behind(DataSource outer) {
        return outer instanceof DelegatingDataSource delegating ? delegating.getTargetDataSource() : null;
    }

    /** JPA's manages an {@code EntityManagerFactory}, and tells the DataSource besides. */
    private static @Nullable Object property(PlatformTransactionManager manager) {
        Object target = AopProxyUtils.getSingletonTarget(manager);
        Object inner = target == null ? manager : target;
        PropertyDescriptor property = BeanUtils.getPropertyDescriptor(inner.getClass(), "dataSource");
        Method reader = property == null ? null : property.getReadMethod();
        if (reader == null) {
            return null;
        }
        // Public it is, but perhaps of a class that is not.
        ReflectionUtils.makeAccessible(reader);
        return ReflectionUtils.invokeMethod(reader, inner);
    }

    private static String nameOf(
            Map<String, PlatformTransactionManager> candidates, PlatformTransactionManager chosen) {
        return candidates.entrySet().stream()
                .filter(candidate -> candidate.getValue() == chosen)
                .findFirst()
                .orElseThrow()
                .getKey();
    }
}
