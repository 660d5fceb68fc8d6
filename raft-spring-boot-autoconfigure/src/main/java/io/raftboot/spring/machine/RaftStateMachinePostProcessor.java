package io.raftboot.spring.machine;

import io.raftboot.api.StateMachine;
import io.raftboot.spring.InvalidStateMachineException;
import io.raftboot.spring.RaftStateMachine;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.util.ClassUtils;

/**
 * Puts a proxy around each bean that is annotated with {@link RaftStateMachine}, and keeps what is behind it for the replica. It has to
 * be declared by a static method, and to be in the context in which the state machines are.
 */
public final class RaftStateMachinePostProcessor
        implements BeanFactoryPostProcessor, PriorityOrdered, SmartInitializingSingleton {
    private @Nullable ReplicatedBeans replicated;
    private @Nullable StateMachineBeans beans;
    private volatile @Nullable Map<String, StateMachine> machines;

    /**
     * Adds what makes the proxies to the factory by itself, because then it is there before all that the context adds, whatever
     * order they ask for.
     */
    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory factory) {
        var proxies = new ReplicatedBeans(factory, this::isTooLate);
        factory.addBeanPostProcessor(proxies);
        replicated = proxies;
        beans = new StateMachineBeans(factory, proxies);
        if (Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING)) {
            makeProxyClasses(factory);
        }
    }

    /** Those of beans that say by their declaration that they are state machines. */
    private static void makeProxyClasses(ConfigurableListableBeanFactory factory) {
        for (String name : factory.getBeanNamesForAnnotation(RaftStateMachine.class)) {
            Class<?> type = factory.getType(name, false);
            if (type != null && !StateMachine.class.isAssignableFrom(type) && ProxyReach.obstacle(type) == null) {
                ReplicatedBeans.proxyClass(ClassUtils.getUserClass(type));
            }
        }
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    /** Finds at start what is wrong between several machines, whether or not the replica starts by itself. */
    @Override
    public void afterSingletonsInstantiated() {
        stateMachines();
    }

    /**
     * All state machines of the application by their names; creates those beans that are lazy.
     *
     * @throws InvalidStateMachineException if two have one name, or one can't be replicated
     */
    public synchronized Map<String, StateMachine> stateMachines() {
        Map<String, StateMachine> known = machines;
        if (known == null) {
            if (beans == null) {
                throw new IllegalStateException("no bean factory yet");
            }
            known = beans.find();
            machines = known;
        }
        return known;
    }

    private boolean isTooLate(String beanName) {
        return machines != null && replicated != null && replicated.machine(beanName) == null;
    }
}
