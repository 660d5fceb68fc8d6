package io.raftboot.spring.machine;

import java.util.ArrayList;
import java.util.List;
import org.springframework.aop.Advisor;
import org.springframework.aop.PointcutAdvisor;
import org.springframework.aop.aspectj.AspectJProxyUtils;
import org.springframework.aop.aspectj.annotation.BeanFactoryAspectJAdvisorsBuilder;
import org.springframework.aop.config.AopConfigUtils;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.framework.autoproxy.BeanFactoryAdvisorRetrievalHelper;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;
import org.springframework.util.ClassUtils;

/**
 * Puts those aspects around a proxy whose pointcuts ask for the class itself: {@code within(Inventory)}, {@code @within(Service)}.
 * Spring matches pointcuts against the class of the object that it finds, which is the proxy's, has another name and no annotations, and
 * such an aspect would not run, in silence.
 */
final class AspectsByClass {
    private static final String WEAVER = "org.aspectj.weaver.Advice";
    private static final String CREATORS_OF_ASPECTS = "org.springframework.aop.aspectj.";

    private AspectsByClass() {}

    /**
     * The proxy, or one around it.
     *
     * @param proxy that says nothing of what it is made of
     * @param type the class that it stands for
     */
    static Object around(Object proxy, Class<?> type, ConfigurableListableBeanFactory factory) {
        if (!areAspectsOn(type, factory)) {
            return proxy;
        }
        List<Advisor> missed = Missed.of(proxy, type, factory);
        if (missed.isEmpty()) {
            return proxy;
        }
        var proxies = new ProxyFactory(proxy);
        proxies.setProxyTargetClass(true);
        proxies.setOpaque(true);
        // Against the class they were matched already.
        proxies.setPreFiltered(true);
        proxies.addAdvisors(missed);
        return proxies.getProxy(type.getClassLoader());
    }

    /** Whether the application has asked for aspects, and AspectJ is there. */
    private static boolean areAspectsOn(Class<?> type, ConfigurableListableBeanFactory factory) {
        if (!ClassUtils.isPresent(WEAVER, type.getClassLoader())
                || !factory.containsBean(AopConfigUtils.AUTO_PROXY_CREATOR_BEAN_NAME)) {
            return false;
        }
        Class<?> creator = factory.getType(AopConfigUtils.AUTO_PROXY_CREATOR_BEAN_NAME, false);
        return creator != null && creator.getName().startsWith(CREATORS_OF_ASPECTS);
    }

    /** Apart, because it needs AspectJ. */
    private static final class Missed {
        static List<Advisor> of(Object proxy, Class<?> type, ConfigurableListableBeanFactory factory) {
            List<Advisor> all = new ArrayList<>(new BeanFactoryAdvisorRetrievalHelper(factory).findAdvisorBeans());
            all.addAll(new BeanFactoryAspectJAdvisorsBuilder(factory).buildAspectJAdvisors());
            List<Advisor> missed = new ArrayList<>();
            for (Advisor each : all) {
                if (each instanceof PointcutAdvisor
                        && AopUtils.canApply(each, type)
                        && !AopUtils.canApply(each, proxy.getClass())) {
                    missed.add(each);
                }
            }
            AnnotationAwareOrderComparator.sort(missed);
            AspectJProxyUtils.makeAdvisorChainAspectJCapableIfNecessary(missed);
            return missed;
        }
    }
}
