package io.raftboot.spring.context;

import io.raftboot.api.StateMachine;
import io.raftboot.replica.Replica;
import io.raftboot.spring.InvalidStateMachineException;
import io.raftboot.spring.LeaderOnly;
import io.raftboot.spring.leader.LeaderOnlyGuard;
import io.raftboot.spring.leader.LeaderOnlyPostProcessor;
import io.raftboot.spring.machine.ProxyReach;
import io.raftboot.spring.machine.RaftStateMachinePostProcessor;
import io.raftboot.spring.machine.ReplicatedBeans;
import io.raftboot.spring.machine.TestDoubles;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;

/** Refuses the beans of one context that nothing in it would replicate, or keep to the leader, though they ask for it. */
final class MisplacedBeans implements BeanPostProcessor {
    private final ApplicationContext context;
    private final String member;
    private final @Nullable ConfigurableListableBeanFactory factory;
    private final boolean replicates;
    private final boolean guards;
    private final Set<Class<?>> harmless = ConcurrentHashMap.newKeySet();

    /** @param member name of the context that has the member */
    MisplacedBeans(ApplicationContext context, String member) {
        this.context = context;
        this.member = member;
        this.factory =
                context.getAutowireCapableBeanFactory() instanceof ConfigurableListableBeanFactory found ? found : null;
        this.replicates =
                factory == null || (has(factory, RaftStateMachinePostProcessor.class) && has(factory, Replica.class));
        this.guards = factory == null || has(factory, LeaderOnlyPostProcessor.class);
    }

    /** Whether a factory itself, and not one above it, has a bean of a type. */
    static boolean has(ConfigurableListableBeanFactory factory, Class<?> type) {
        return factory.getBeanNamesForType(type, true, false).length > 0;
    }

    /** @throws InvalidStateMachineException naming the first of what is there */
    void check() {
        if (factory == null || (replicates && guards)) {
            return;
        }
        for (Iterator<String> names = factory.getBeanNamesIterator(); names.hasNext(); ) {
            String name = names.next();
            Class<?> type = typeOf(factory, name);
            if (type != null) {
                check(type, name);
            }
        }
    }

    /** Refuses, from now on, what is created. */
    void watch() {
        if (factory != null && !(replicates && guards)) {
            factory.addBeanPostProcessor(this);
        }
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        Class<?> type = LeaderOnlyGuard.typeOf(bean);
        if (factory != null && !harmless.contains(type) && !isOfATest(factory, bean, beanName)) {
            check(type, beanName);
            harmless.add(type);
        }
        return bean;
    }

    private void check(Class<?> type, String name) {
        if (ProxyReach.isPlatform(type)) {
            return;
        }
        if (!replicates && isMachine(type)) {
            throw misplaced(
                    "The state machine " + type.getName() + " (bean '" + name + "')", "nothing would replicate it");
        }
        if (!guards && isForLeader(type)) {
            throw misplaced(
                    "The bean '" + name + "' with @LeaderOnly (" + type.getName() + ")",
                    "nothing would keep it to the leader");
        }
    }

    private InvalidStateMachineException misplaced(String what, String lost) {
        return new InvalidStateMachineException(
                what + " is in the context '" + context.getId() + "', but the raft member is in the context '" + member
                        + "', so " + lost + ".",
                "Declare the bean in the context '" + member + "', from which its children get it as well"
                        + " (with SpringApplicationBuilder: in the sources of that context).");
    }

    /** What a bean is; null if that can't be said without creating it, or if a test put it there. */
    private static @Nullable Class<?> typeOf(ConfigurableListableBeanFactory factory, String name) {
        if (factory.containsBeanDefinition(name)
                && factory.getMergedBeanDefinition(name).isAbstract()) {
            return null;
        }
        Object bean = factory.containsSingleton(name) ? factory.getSingleton(name) : null;
        if (bean == null || bean instanceof FactoryBean) {
            return factory.getType(name, false);
        }
        return isOfATest(factory, bean, name) ? null : LeaderOnlyGuard.typeOf(bean);
    }

    private static boolean isOfATest(ConfigurableListableBeanFactory factory, Object bean, String name) {
        return TestDoubles.isMock(bean) || TestDoubles.isOverride(factory, name);
    }

    private static boolean isMachine(Class<?> type) {
        return StateMachine.class.isAssignableFrom(type) || ReplicatedBeans.isAnnotated(type);
    }

    private static boolean isForLeader(Class<?> type) {
        return AnnotatedElementUtils.hasAnnotation(type, LeaderOnly.class)
                || !MethodIntrospector.selectMethods(type, (MethodIntrospector.MetadataLookup<Boolean>)
                                method -> AnnotatedElementUtils.hasAnnotation(method, LeaderOnly.class) ? true : null)
                        .isEmpty();
    }
}
