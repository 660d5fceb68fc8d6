package io.raftboot.spring.machine;

import io.raftboot.api.StateMachine;
import io.raftboot.spring.InvalidStateMachineException;
import io.raftboot.spring.RaftCodec;
import io.raftboot.spring.RaftPlaceholders;
import io.raftboot.spring.RaftStateMachine;
import java.lang.reflect.Modifier;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.NestedExceptionUtils;

/** Finds the state machines among the beans of a context, by what they are. Creates those that are lazy. */
final class StateMachineBeans {
    private static final Logger log = LoggerFactory.getLogger(StateMachineBeans.class);
    private static final String SCOPED_TARGET = "scopedTarget.";

    private final ConfigurableListableBeanFactory factory;
    private final ReplicatedBeans replicated;

    StateMachineBeans(ConfigurableListableBeanFactory factory, ReplicatedBeans replicated) {
        this.factory = factory;
        this.replicated = replicated;
    }

    /**
     * All by their names.
     *
     * @throws InvalidStateMachineException if two have one name, or one can't be replicated
     */
    Map<String, StateMachine> find() {
        Map<String, StateMachine> found = new LinkedHashMap<>();
        Map<String, String> beanNames = new LinkedHashMap<>();
        var payloads = new PayloadCheck(factory.getBeanProvider(RaftCodec.class));
        List<StateMachineDecorator> decorators = factory.getBeanProvider(StateMachineDecorator.class)
                .orderedStream()
                .toList();
        for (String beanName : candidates()) {
            Object bean = bean(beanName);
            StateMachine machine = bean == null ? null : machine(bean, beanName);
            if (bean == null || machine == null) {
                continue;
            }
            Class<?> type = replicated.typeOf(bean, beanName);
            String name = nameOf(type, beanName);
            String earlier = beanNames.putIfAbsent(name, beanName);
            if (earlier != null) {
                throw new InvalidStateMachineException(
                        "The beans '" + earlier + "' and '" + beanName + "' are both the state machine '" + name + "'.",
                        "Name one of them otherwise, for example @RaftStateMachine(\"" + name + "2\").");
            }
            AnnotatedStateMachine annotated = AnnotatedStateMachine.in(machine);
            if (annotated != null) {
                payloads.add(annotated.definition(), type);
            }
            for (StateMachineDecorator decorator : decorators) {
                machine = decorator.decorate(name, type, machine);
            }
            found.put(name, machine);
        }
        payloads.check();
        return Collections.unmodifiableMap(found);
    }

    private Set<String> candidates() {
        Set<String> names = new LinkedHashSet<>();
        Collections.addAll(names, factory.getBeanNamesForAnnotation(RaftStateMachine.class));
        Collections.addAll(names, factory.getBeanNamesForType(StateMachine.class));
        for (String name : factory.getBeanDefinitionNames()) {
            if (mayTurnOutToBeOne(name)) {
                names.add(name);
            }
        }
        names.addAll(replicated.names());
        return names;
    }

    /** The bean, unless it is none; created if it is lazy. */
    private @Nullable Object bean(String name) {
        Class<?> type = factory.getType(name);
        if (type != null && isMachine(type)) {
            if (!ReplicatedBeans.isSingleton(factory, name) && !factory.isPrototype(name)) {
                throw ReplicatedBeans.notASingleton(
                        type, name.startsWith(SCOPED_TARGET) ? name.substring(SCOPED_TARGET.length()) : name);
            }
            // A prototype's first object is refused as any later one.
            Object bean = factory.getBean(name);
            // A @Bean method may have returned null.
            return isMachine(ReplicatedBeans.userClass(bean)) ? bean : null;
        }
        return ofUnknownType(name);
    }

    private @Nullable Object ofUnknownType(String name) {
        try {
            Object bean = factory.getBean(name);
            return replicated.machine(name) != null || bean instanceof StateMachine ? bean : null;
        } catch (BeansException e) {
            if (NestedExceptionUtils.getRootCause(e) instanceof InvalidStateMachineException invalid) {
                throw invalid;
            }
            // It was not asked for: who needs it will be told, and should it be a state machine after all, it is
            // refused then.
            log.debug("the lazy bean '{}' can't be created, so it is not known whether it is a state machine", name, e);
            return null;
        }
    }

    private static boolean isMachine(Class<?> type) {
        return StateMachine.class.isAssignableFrom(type) || ReplicatedBeans.isAnnotated(type);
    }

    /** The machine behind a bean; null for what a test put in its place. */
    private @Nullable StateMachine machine(Object bean, String beanName) {
        AnnotatedStateMachine annotated = replicated.machine(beanName);
        if (annotated != null) {
            return annotated;
        }
        if (TestDoubles.isMock(bean) || TestDoubles.isOverride(factory, beanName)) {
            log.info("the bean '{}' was replaced by a test, and is not replicated", beanName);
            return null;
        }
        if (bean instanceof StateMachine machine) {
            return machine;
        }
        throw new InvalidStateMachineException(
                "The state machine " + ReplicatedBeans.userClass(bean).getName() + " (bean '" + beanName
                        + "') was given to the context as a finished object, so nothing would replicate it.",
                "Let the context create it: by @RaftStateMachine on a class that is scanned, or by a @Bean method.");
    }

    private String nameOf(Class<?> type, String beanName) {
        return ReplicatedBeans.isAnnotated(type)
                ? StateMachineInspector.machineName(type, RaftPlaceholders.of(factory))
                : beanName;
    }

    /** Whether a bean of the application is not there yet, and its declaration leaves open of which class it will be. */
    private boolean mayTurnOutToBeOne(String name) {
        BeanDefinition definition = factory.getMergedBeanDefinition(name);
        if (definition.isAbstract() || !definition.isSingleton() || isOfAFramework(definition)) {
            return false;
        }
        boolean product = factory.containsSingleton(name) && factory.getSingleton(name) instanceof FactoryBean;
        boolean declared = definition.getFactoryMethodName() != null && !factory.containsSingleton(name);
        if (!product && !declared) {
            return false;
        }
        Class<?> type = factory.getType(name);
        if (type == null || type == Object.class) {
            return true;
        }
        return Modifier.isAbstract(type.getModifiers()) && !ProxyReach.isPlatform(type);
    }

    private static boolean isOfAFramework(BeanDefinition definition) {
        String definer =
                definition instanceof AnnotatedBeanDefinition annotated && annotated.getFactoryMethodMetadata() != null
                        ? annotated.getFactoryMethodMetadata().getDeclaringClassName()
                        : definition.getBeanClassName();
        return definer != null
                && (definer.startsWith("org.springframework.") || definer.startsWith("io.raftboot.autoconfigure."));
    }
}
