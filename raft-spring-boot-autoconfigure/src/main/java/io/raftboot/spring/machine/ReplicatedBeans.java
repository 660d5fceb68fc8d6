package io.raftboot.spring.machine;

import io.raftboot.api.StateMachine;
import io.raftboot.replica.Replica;
import io.raftboot.spring.InvalidStateMachineException;
import io.raftboot.spring.RaftCodec;
import io.raftboot.spring.RaftCommand;
import io.raftboot.spring.RaftPlaceholders;
import io.raftboot.spring.RaftQuery;
import io.raftboot.spring.RaftStateMachine;
import io.raftboot.spring.RaftTemplate;
import io.raftboot.spring.call.CallObserver;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.SmartInstantiationAwareBeanPostProcessor;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;
import org.springframework.util.function.SingletonSupplier;

/**
 * Puts a proxy around each bean that is a state machine, whatever the bean was declared as. It comes before all other post
 * processors, and its proxies say nothing of what they are made of. So others, which would add their advice behind what is there, put
 * their own proxy around this one: what they do runs once, on the caller's side, before anything is proposed.
 */
public final class ReplicatedBeans implements SmartInstantiationAwareBeanPostProcessor {
    private final ConfigurableListableBeanFactory factory;
    private final Predicate<String> isTooLate;
    private final Map<String, AnnotatedStateMachine> machines = new ConcurrentHashMap<>();
    private final Map<String, Class<?>> types = new ConcurrentHashMap<>();
    private final Map<String, EarlyReference> early = new ConcurrentHashMap<>();
    private final Set<Class<?>> unmarked = ConcurrentHashMap.newKeySet();

    private record EarlyReference(Object bean, Object proxy) {}

    /** @param isTooLate whether the state machines are known already, and a bean of that name is not among them */
    ReplicatedBeans(ConfigurableListableBeanFactory factory, Predicate<String> isTooLate) {
        this.factory = factory;
        this.isTooLate = isTooLate;
    }

    /** What is behind the proxy of a bean; null if there is none. */
    @Nullable
    AnnotatedStateMachine machine(String beanName) {
        return machines.get(beanName);
    }

    /** Names of the beans that have a proxy by now. */
    Set<String> names() {
        return machines.keySet();
    }

    /** The class of a state machine as it is written, whatever stands before it. */
    Class<?> typeOf(Object bean, String beanName) {
        Class<?> known = types.get(beanName);
        return known != null ? known : userClass(bean);
    }

    /** The class of a bean as it is written, whatever proxies stand before it. */
    public static Class<?> userClass(Object bean) {
        return ClassUtils.getUserClass(AopProxyUtils.ultimateTargetClass(bean));
    }

    /** Whether a class says that it is a state machine. */
    public static boolean isAnnotated(Class<?> type) {
        return AnnotatedElementUtils.hasAnnotation(type, RaftStateMachine.class);
    }

    @Override
    public Object getEarlyBeanReference(Object bean, String beanName) {
        Object proxy = replicated(bean, beanName);
        if (proxy != bean) {
            early.put(beanName, new EarlyReference(bean, proxy));
        }
        return proxy;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        EarlyReference reference = early.remove(beanName);
        return reference != null && reference.bean() == bean ? reference.proxy() : replicated(bean, beanName);
    }

    private Object replicated(Object bean, String beanName) {
        Class<?> type = userClass(bean);
        if (!isAnnotated(type)) {
            checkUnmarked(type, beanName);
            return bean;
        }
        if (TestDoubles.isMock(bean)) {
            return bean;
        }
        checkScope(bean, type, beanName);
        if (!factory.containsLocalBean(beanName)) {
            throw new InvalidStateMachineException(
                    "The state machine " + type.getName() + " (as '" + beanName
                            + "') is no bean of the context by itself, so nothing would replicate it.",
                    "Let the context create it: by @RaftStateMachine on a class that is scanned, or by a @Bean method.");
        }
        if (isTooLate.test(beanName)) {
            throw new InvalidStateMachineException(
                    "The state machine " + type.getName() + " (bean '" + beanName
                            + "') came to be after the member had got its state machines, so nothing would replicate it.",
                    "Have the bean created at start: declare its @Bean method to return " + type.getSimpleName()
                            + " itself, or annotate it with @Lazy(false).");
        }
        return bean instanceof StateMachine ? bean : proxy(bean, type, beanName);
    }

    private Object proxy(Object bean, Class<?> type, String beanName) {
        var machine = new AnnotatedStateMachine(
                StateMachineInspector.inspect(type, RaftPlaceholders.of(factory)),
                bean,
                SingletonSupplier.of(() -> factory.getBean(RaftCodec.class)));
        machines.put(beanName, machine);
        types.put(beanName, type);
        keepClass(beanName);
        var proxies = new ProxyFactory(bean);
        proxies.setProxyTargetClass(true);
        proxies.setOpaque(true);
        proxies.addAdvice(new RaftStateMachineInterceptor(machine, type, SingletonSupplier.of(this::template)));
        return AspectsByClass.around(proxies.getProxy(type.getClassLoader()), type, factory);
    }

    /**
     * Makes the class of the proxy of a state machine while an application is processed ahead of time, so that it is there where none can
     * be made. Before anybody else makes one for the same class, because at run time it is the first as well, and its name says no more.
     *
     * @param type annotated
     */
    static Class<?> proxyClass(Class<?> type) {
        var proxies = new ProxyFactory(ClassUtils.getAllInterfacesForClass(type));
        proxies.setTargetClass(type);
        proxies.setProxyTargetClass(true);
        proxies.setOpaque(true);
        proxies.addAdvice((MethodInterceptor) MethodInvocation::proceed);
        return proxies.getProxyClass(type.getClassLoader());
    }

    /** The application's; where a test has put other operations in its place, one of its own, as the proxies are no part of those. */
    private RaftTemplate template() {
        return factory.getBeanProvider(RaftTemplate.class)
                .getIfAvailable(() -> new RaftTemplate(
                        factory.getBean(Replica.class),
                        factory.getBean(RaftCodec.class),
                        factory.getBeanProvider(CallObserver.class).getIfAvailable(() -> CallObserver.NONE)));
    }

    /** Commands of a class that does not say that it is a state machine would run on one member alone. */
    private void checkUnmarked(Class<?> type, String beanName) {
        if (ProxyReach.isPlatform(type) || unmarked.contains(type)) {
            return;
        }
        for (Method method : MethodIntrospector.selectMethods(type, ReplicatedBeans::isMarked)) {
            throw new InvalidStateMachineException(
                    "The bean '" + beanName + "' has the method " + method.getName()
                            + "() with an annotation for state machines, but its class " + type.getName()
                            + " is none, so nothing would replicate it.",
                    "Annotate the class with @RaftStateMachine, or remove the annotation from the method.");
        }
        unmarked.add(type);
    }

    /** Looks at the class itself: an interface with such annotations may have a client as well. */
    private static boolean isMarked(Method method) {
        var annotations = MergedAnnotations.from(method, SearchStrategy.SUPERCLASS);
        return annotations.isPresent(RaftCommand.class) || annotations.isPresent(RaftQuery.class);
    }

    private void checkScope(Object bean, Class<?> type, String beanName) {
        if (bean instanceof ScopedObject || !isSingleton(factory, beanName)) {
            throw notASingleton(type, beanName);
        }
    }

    /** Whether there is one object of a bean, if it is one. */
    static boolean isSingleton(ConfigurableListableBeanFactory factory, String beanName) {
        return !factory.containsLocalBean(beanName) || factory.isSingleton(beanName);
    }

    static InvalidStateMachineException notASingleton(Class<?> type, String beanName) {
        return new InvalidStateMachineException(
                "The state machine " + type.getName() + " (bean '" + beanName
                        + "') is not a singleton, so its state would be several states.",
                "Remove the scope from the bean.");
    }

    /** Tells the proxies that others put around this one to be of the class too, whatever their setting. */
    private void keepClass(String beanName) {
        if (factory.containsBeanDefinition(beanName)) {
            factory.getBeanDefinition(beanName).setAttribute(AutoProxyUtils.PRESERVE_TARGET_CLASS_ATTRIBUTE, true);
        }
    }
}
