package io.raftboot.spring.leader;

import io.raftboot.spring.machine.ReplicatedBeans;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.aopalliance.aop.Advice;
import org.springframework.aop.Advisor;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.SmartInstantiationAwareBeanPostProcessor;
import org.springframework.util.ClassUtils;

/**
 * Stands right before the methods that are for the leader alone. It comes before all other post processors, so that none of them,
 * those that call listeners among them, ever sees the bean without it, and on the thread on which the method runs, which is
 * another than the caller's if it is {@code @Async}.
 */
public final class LeaderOnlyGuard implements SmartInstantiationAwareBeanPostProcessor {
    private final Advisor advisor;
    private final Map<Class<?>, Boolean> eligible = new ConcurrentHashMap<>();
    private final Map<String, EarlyReference> early = new ConcurrentHashMap<>();

    private record EarlyReference(Object bean, Object proxy) {}

    LeaderOnlyGuard(Advisor advisor) {
        this.advisor = advisor;
    }

    @Override
    public Object getEarlyBeanReference(Object bean, String beanName) {
        Object proxy = guarded(bean);
        if (proxy != bean) {
            early.put(beanName, new EarlyReference(bean, proxy));
        }
        return proxy;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        EarlyReference reference = early.remove(beanName);
        return reference != null && reference.bean() == bean ? reference.proxy() : guarded(bean);
    }

    private Object guarded(Object bean) {
        if (bean instanceof AopInfrastructureBean || bean instanceof Advice) {
            return bean;
        }
        Class<?> type = typeOf(bean);
        if (!eligible.computeIfAbsent(type, this::isEligible)) {
            return bean;
        }
        var proxies = new ProxyFactory(bean);
        proxies.setProxyTargetClass(!Proxy.isProxyClass(type));
        proxies.setOpaque(true);
        proxies.addAdvisor(advisor);
        return proxies.getProxy(type.getClassLoader());
    }

    /**
     * Makes the class of the proxy of a bean while an application is processed ahead of time, before anybody else makes one for the same
     * class, as it is at run time.
     */
    void makeProxyClass(Class<?> type) {
        if (Proxy.isProxyClass(type) || Modifier.isFinal(type.getModifiers()) || !AopUtils.canApply(advisor, type)) {
            return;
        }
        var proxies = new ProxyFactory(ClassUtils.getAllInterfacesForClass(type));
        proxies.setTargetClass(type);
        proxies.setProxyTargetClass(true);
        proxies.setOpaque(true);
        proxies.addAdvisor(advisor);
        var unused = proxies.getProxyClass(type.getClassLoader());
    }

    /** The class as it is written; of a JDK proxy its own, by whose interfaces it is known. */
    public static Class<?> typeOf(Object bean) {
        return Proxy.isProxyClass(bean.getClass()) ? bean.getClass() : ReplicatedBeans.userClass(bean);
    }

    private boolean isEligible(Class<?> type) {
        boolean wanted = AopUtils.canApply(advisor, type);
        if (wanted) {
            LeaderOnlyShape.check(type);
        }
        return wanted;
    }
}
