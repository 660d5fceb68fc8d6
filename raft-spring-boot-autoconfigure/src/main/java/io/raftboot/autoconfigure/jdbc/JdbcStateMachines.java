package io.raftboot.autoconfigure.jdbc;

import io.raftboot.api.DurableStateMachine;
import io.raftboot.api.StateMachine;
import io.raftboot.autoconfigure.RaftProperties;
import io.raftboot.spring.InvalidStateMachineException;
import io.raftboot.spring.RaftDataSource;
import io.raftboot.spring.RaftPlaceholders;
import io.raftboot.spring.RaftRestore;
import io.raftboot.spring.RaftSnapshot;
import io.raftboot.spring.machine.StateMachineDecorator;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.StringUtils;
import org.springframework.util.function.SingletonSupplier;

/** Puts the database around each state machine that says it is in one. */
final class JdbcStateMachines implements StateMachineDecorator {
    private static final Logger log = LoggerFactory.getLogger(JdbcStateMachines.class);

    private final ListableBeanFactory beans;
    private final ResourceLoader resources;
    private final List<DatabaseAdapter> adapters;
    private final RaftProperties properties;
    private final DataSourceGuards guards;
    private final IdentityHashMap<DataSource, String> machinesByDataSource = new IdentityHashMap<>();

    JdbcStateMachines(
            ListableBeanFactory beans,
            ResourceLoader resources,
            List<DatabaseAdapter> adapters,
            RaftProperties properties,
            DataSourceGuards guards) {
        this.beans = beans;
        this.resources = resources;
        this.adapters = adapters;
        this.properties = properties;
        this.guards = guards;
    }

    @Override
    public StateMachine decorate(String name, Class<?> type, StateMachine machine) {
        RaftDataSource annotation = AnnotatedElementUtils.findMergedAnnotation(type, RaftDataSource.class);
        if (annotation == null) {
            return machine;
        }
        checkSnapshots(type, machine);
        DataSource dataSource = dataSource(type, resolved(type, annotation.value()));
        if (dataSource instanceof TransactionAwareDataSourceProxy) {
            throw new InvalidStateMachineException(
                    "The state machine " + type.getName()
                            + " is in a TransactionAwareDataSourceProxy, behind which transactions begin elsewhere.",
                    "Name the bean of the DataSource that the proxy is of, for example @RaftDataSource(\"dataSource\").");
        }
        String other = machinesByDataSource.putIfAbsent(dataSource, name);
        if (other != null && !other.equals(name)) {
            throw new InvalidStateMachineException(
                    "The state machines '" + other + "' and '" + name
                            + "' are in the same DataSource, which is saved and" + " restored as a whole.",
                    "Give each one a DataSource of its own, or make one state machine of the two.");
        }
        var owner = new Owner(name, properties.clusterName(), properties.memberId());
        Resource schema = schema(type, resolved(type, annotation.schema()));
        DataSourceGuard guard = guards.guardOf(dataSource);
        var manager = SingletonSupplier.of(() -> transactionManager(dataSource, name, guard));
        return new JdbcStateMachine(
                machine,
                new MachineDatabase(
                        guard == null ? dataSource : guard.target(),
                        owner,
                        adapters,
                        schema,
                        new MachineTransactions(dataSource, guard, manager)));
    }

    /** @param guard before the DataSource; without one, only who asks Spring for the connection of a command gets it */
    private PlatformTransactionManager transactionManager(
            DataSource dataSource, String machine, @Nullable DataSourceGuard guard) {
        PlatformTransactionManager manager = TransactionManagers.choose(beans, dataSource, machine, guard != null);
        if (guard == null) {
            String trouble = "the DataSource of the state machine '" + machine + "' is of the class "
                    + dataSource.getClass().getName() + ", which nothing can be put before, so ";
            String instead = ". Remove 'final' from the class, or declare the bean as a DataSource, not by its class";
            if (TransactionManagers.isBroader(manager)) {
                throw new IllegalStateException(trouble + manager.getClass().getSimpleName()
                        + " can't take part in its commands' transactions" + instead);
            }
            log.warn(
                    "{}connections that its commands open by themselves are not part of their transactions{}",
                    trouble,
                    instead);
        }
        List<String> numbered = PersistenceUnit.withGeneratedIds(TransactionManagers.resource(manager));
        if (!numbered.isEmpty()) {
            log.warn(
                    "the state machine '{}' has entities whose ids are generated: {}. These are not alike on all members, as"
                            + " one that was restarted goes on from another number. Remove @GeneratedValue, and make ids of"
                            + " CommandContext.current().index() or random(); or use an identity column, with"
                            + " strategy = GenerationType.IDENTITY",
                    machine,
                    numbered);
        }
        return manager;
    }

    private static void checkSnapshots(Class<?> type, StateMachine machine) {
        for (Method method : ReflectionUtils.getUniqueDeclaredMethods(type)) {
            if (AnnotatedElementUtils.hasAnnotation(method, RaftSnapshot.class)
                    || AnnotatedElementUtils.hasAnnotation(method, RaftRestore.class)) {
                throw new InvalidStateMachineException(
                        "The state machine " + type.getName()
                                + " is in a DataSource, which is saved and restored as a whole,"
                                + " but has the method " + method.getName() + "() for that as well.",
                        "Remove the methods with @RaftSnapshot and @RaftRestore, or @RaftDataSource.");
            }
        }
        if (machine instanceof DurableStateMachine) {
            throw new InvalidStateMachineException(
                    "The state machine " + type.getName()
                            + " keeps its state itself, and can't be in a DataSource as well.",
                    "Remove @RaftDataSource, or implement StateMachine only.");
        }
    }

    private String resolved(Class<?> type, String text) {
        return RaftPlaceholders.of(beans).resolve(type, "@RaftDataSource", text);
    }

    private DataSource dataSource(Class<?> type, String name) {
        try {
            return StringUtils.hasText(name) ? beans.getBean(name, DataSource.class) : beans.getBean(DataSource.class);
        } catch (NoSuchBeanDefinitionException e) {
            throw new InvalidStateMachineException(
                    "The state machine " + type.getName() + " is in "
                            + (StringUtils.hasText(name)
                                    ? "the DataSource '" + name + "', which there is not"
                                    : "a DataSource")
                            + "; there is " + Arrays.toString(beans.getBeanNamesForType(DataSource.class)) + ".",
                    "Name one of them, for example @RaftDataSource(\"dataSource\"), or configure it (spring.datasource.url).");
        }
    }

    private @Nullable Resource schema(Class<?> type, String location) {
        if (!StringUtils.hasText(location)) {
            return null;
        }
        Resource resource = resources.getResource(location);
        if (!resource.exists()) {
            throw new InvalidStateMachineException(
                    "The schema '" + location + "' of the state machine " + type.getName() + " is not there.",
                    "Correct the location, for example classpath:ledger.sql.");
        }
        return resource;
    }
}
