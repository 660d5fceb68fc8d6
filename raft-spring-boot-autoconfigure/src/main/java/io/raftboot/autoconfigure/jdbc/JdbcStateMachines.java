package io.raftboot.autoconfigure.jdbc;

import io.raftboot.autoconfigure.RaftProperties;
import io.raftboot.replica.DurableStateMachine;
import io.raftboot.replica.StateMachine;
import io.raftboot.spring.InvalidStateMachineException;
import io.raftboot.spring.RaftDataSource;
import io.raftboot.spring.RaftRestore;
import io.raftboot.spring.RaftSnapshot;
import io.raftboot.spring.StateMachineDecorator;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.StringUtils;

/** Puts the database around each state machine that says it is in one. */
final class JdbcStateMachines implements StateMachineDecorator {
    private final ListableBeanFactory beans;
    private final ResourceLoader resources;
    private final List<DatabaseAdapter> adapters;
    private final RaftProperties properties;
    private final IdentityHashMap<DataSource, String> machinesByDataSource = new IdentityHashMap<>();

    JdbcStateMachines(
            ListableBeanFactory beans,
            ResourceLoader resources,
            List<DatabaseAdapter> adapters,
            RaftProperties properties) {
        this.beans = beans;
        this.resources = resources;
        this.adapters = adapters;
        this.properties = properties;
    }

    @Override
    public StateMachine decorate(String name, Class<?> type, StateMachine machine) {
        RaftDataSource annotation = AnnotatedElementUtils.findMergedAnnotation(type, RaftDataSource.class);
        if (annotation == null) {
            return machine;
        }
        checkSnapshots(type, machine);
        DataSource dataSource = dataSource(type, annotation.value());
        String other = machinesByDataSource.putIfAbsent(dataSource, name);
        if (other != null && !other.equals(name)) {
            throw new InvalidStateMachineException(
                    "The state machines '" + other + "' and '" + name
                            + "' are in the same DataSource, which is saved and" + " restored as a whole.",
                    "Give each one a DataSource of its own, or make one state machine of the two.");
        }
        var owner = new Owner(name, properties.clusterName(), properties.memberId());
        return new JdbcStateMachine(
                machine, new MachineDatabase(dataSource, owner, adapters, schema(type, annotation.schema())));
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
