package io.raftboot.spring.leader;

import io.raftboot.replica.Replica;
import io.raftboot.spring.LeaderOnly;
import java.lang.reflect.Proxy;
import java.util.function.Supplier;
import org.springframework.aop.Advisor;
import org.springframework.aop.framework.AbstractAdvisingBeanPostProcessor;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.support.ComposablePointcut;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.util.ClassUtils;

/**
 * Puts the advice of {@link LeaderOnly} around the beans that ask for it, twice: as the innermost, which nothing gets past, and as the
 * outermost, so that on a member that does not lead no transaction is begun and nothing is measured. It has to be declared by
 * a static method.
 */
public final class LeaderOnlyPostProcessor extends AbstractAdvisingBeanPostProcessor
        implements BeanFactoryPostProcessor {
    private static final long serialVersionUID = 1L;

    private final transient Advisor guard;

    /** @param replica asked at the first call */
    public LeaderOnlyPostProcessor(Supplier<Replica> replica) {
        var onClass = new AnnotationMatchingPointcut(LeaderOnly.class, true);
        var onMethod = new AnnotationMatchingPointcut(null, LeaderOnly.class, true);
        guard = new DefaultPointcutAdvisor(
                new ComposablePointcut(onClass).union(onMethod), new LeaderOnlyInterceptor(replica));
        advisor = guard;
        setBeforeExistingAdvisors(true);
        setProxyTargetClass(true);
    }

    /**
     * Adds the innermost to the factory by itself, because then it is there before all that the context adds, whatever order they ask
     * for.
     */
    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory factory) {
        var innermost = new LeaderOnlyGuard(guard);
        factory.addBeanPostProcessor(innermost);
        if (Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING)) {
            for (String name : factory.getBeanDefinitionNames()) {
                Class<?> type = factory.getType(name, false);
                if (type != null && !AopInfrastructureBean.class.isAssignableFrom(type)) {
                    innermost.makeProxyClass(ClassUtils.getUserClass(type));
                }
            }
        }
    }

    @Override
    protected ProxyFactory prepareProxyFactory(Object bean, String beanName) {
        ProxyFactory proxies = super.prepareProxyFactory(bean, beanName);
        if (Proxy.isProxyClass(bean.getClass())) {
            proxies.setProxyTargetClass(false);
        }
        return proxies;
    }
}
