package io.raftboot.spring;

import io.raftboot.replica.StateMachine;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.function.SingletonSupplier;

/**
 * Puts a proxy around each bean that is annotated with {@link RaftStateMachine}, and keeps what is behind it for the
 * replica. Before all other post processors that make proxies, so that it is the innermost advice: what others add
 * runs once, on the caller's side, and not again on every member.
 */
public final class RaftStateMachinePostProcessor
        implements BeanPostProcessor, PriorityOrdered, BeanFactoryAware, SmartInitializingSingleton {
    private final Map<String, AnnotatedStateMachine> annotatedByBeanName = new ConcurrentHashMap<>();
    private @Nullable ListableBeanFactory beanFactory;
    private @Nullable Map<String, StateMachine> machines;

    @Override
    public void setBeanFactory(BeanFactory factory) {
        beanFactory = (ListableBeanFactory) factory;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        Class<?> type = AopProxyUtils.ultimateTargetClass(bean);
        if (!AnnotatedElementUtils.hasAnnotation(type, RaftStateMachine.class)) {
            return bean;
        }
        checkScope(type, beanName);
        if (bean instanceof StateMachine) {
            return bean;
        }
        var machine = new AnnotatedStateMachine(
                StateMachineInspector.inspect(type), bean, SingletonSupplier.of(() -> factory()
                        .getBean(RaftCodec.class)));
        annotatedByBeanName.put(beanName, machine);
        keepClass(beanName);
        var proxies = new ProxyFactory(bean);
        proxies.setProxyTargetClass(true);
        proxies.addAdvice(new RaftStateMachineInterceptor(
                machine, type, SingletonSupplier.of(() -> factory().getBean(RaftTemplate.class))));
        return proxies.getProxy(type.getClassLoader());
    }

    /** Finds at start what is wrong between several machines, whether or not the replica starts by itself. */
    @Override
    public void afterSingletonsInstantiated() {
        stateMachines();
    }

    /**
     * All state machines of the application by their names; creates those beans that are lazy.
     *
     * @throws InvalidStateMachineException if two have one name
     */
    public synchronized Map<String, StateMachine> stateMachines() {
        Map<String, StateMachine> known = machines;
        if (known == null) {
            known = findStateMachines();
            machines = known;
        }
        return known;
    }

    private Map<String, StateMachine> findStateMachines() {
        Map<String, StateMachine> found = new LinkedHashMap<>();
        Map<String, String> beanNames = new LinkedHashMap<>();
        List<StateMachineDecorator> decorators = factory()
                .getBeanProvider(StateMachineDecorator.class)
                .orderedStream()
                .toList();
        for (String beanName : candidates()) {
            Object bean = factory().getBean(beanName);
            AnnotatedStateMachine annotated = annotatedByBeanName.get(beanName);
            String name = annotated != null ? annotated.definition().name() : nameOf(bean, beanName);
            StateMachine machine = annotated != null ? annotated : (StateMachine) bean;
            String earlier = beanNames.putIfAbsent(name, beanName);
            if (earlier != null) {
                throw new InvalidStateMachineException(
                        "The beans '" + earlier + "' and '" + beanName + "' are both the state machine '" + name + "'.",
                        "Name one of them otherwise, for example @RaftStateMachine(\"" + name + "2\").");
            }
            for (StateMachineDecorator decorator : decorators) {
                machine = decorator.decorate(name, AopProxyUtils.ultimateTargetClass(bean), machine);
            }
            found.put(name, machine);
        }
        return Collections.unmodifiableMap(found);
    }

    private Set<String> candidates() {
        Set<String> names = new LinkedHashSet<>();
        Collections.addAll(names, factory().getBeanNamesForAnnotation(RaftStateMachine.class));
        Collections.addAll(names, factory().getBeanNamesForType(StateMachine.class));
        names.removeIf(name -> name.startsWith("scopedTarget."));
        return names;
    }

    private static String nameOf(Object bean, String beanName) {
        Class<?> type = AopProxyUtils.ultimateTargetClass(bean);
        return AnnotatedElementUtils.hasAnnotation(type, RaftStateMachine.class)
                ? StateMachineInspector.machineName(type)
                : beanName;
    }

    private void checkScope(Class<?> type, String beanName) {
        if (factory().containsBean(beanName) && !factory().isSingleton(beanName)) {
            throw new InvalidStateMachineException(
                    "The state machine " + type.getName() + " (bean '" + beanName
                            + "') is not a singleton, so its state would be several states.",
                    "Remove the scope from the bean.");
        }
    }

    /** Tells the proxies that others put around this one to be of the class too, whatever their setting. */
    private void keepClass(String beanName) {
        if (factory() instanceof ConfigurableListableBeanFactory configurable
                && configurable.containsBeanDefinition(beanName)) {
            configurable.getBeanDefinition(beanName).setAttribute(AutoProxyUtils.PRESERVE_TARGET_CLASS_ATTRIBUTE, true);
        }
    }

    private ListableBeanFactory factory() {
        ListableBeanFactory factory = beanFactory;
        if (factory == null) {
            throw new IllegalStateException("no bean factory yet");
        }
        return factory;
    }
}
