package io.raftboot.autoconfigure.jdbc;

import io.raftboot.spring.RaftDataSource;
import io.raftboot.spring.RaftPlaceholders;
import java.lang.reflect.Modifier;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopConfigException;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.SmartInstantiationAwareBeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/**
 * Puts a {@link DataSourceGuard} before each {@code DataSource} that a state machine says it is in. The proxy is of the bean's
 * class, so that those who want that class still get it. After all other post processors, so that what they put around the bean
 * is behind the guard.
 */
final class DataSourceGuards implements SmartInstantiationAwareBeanPostProcessor, Ordered, BeanFactoryAware {
    private final Map<DataSource, DataSourceGuard> guards = Collections.synchronizedMap(new IdentityHashMap<>());
    private @Nullable ListableBeanFactory beans;
    private @Nullable Set<String> named;

    @Override
    public void setBeanFactory(BeanFactory factory) {
        beans = (ListableBeanFactory) factory;
    }

    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    /** The guard before a bean; null if there is none, because its class can't have one. */
    @Nullable
    DataSourceGuard guardOf(DataSource bean) {
        return guards.get(bean);
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (!(bean instanceof DataSource dataSource) || !isNamed(beanName)) {
            return bean;
        }
        var guard = new DataSourceGuard(dataSource);
        Object proxy = proxy(dataSource, guard, beanName);
        if (proxy == null) {
            return bean;
        }
        guards.put((DataSource) proxy, guard);
        return proxy;
    }

    /** The class of a guarded bean: asked for while an application is processed ahead of time, so that it is there later. */
    @Override
    public Class<?> determineBeanType(Class<?> beanClass, String beanName) {
        boolean guarded = DataSource.class.isAssignableFrom(beanClass)
                && !Modifier.isFinal(beanClass.getModifiers())
                && !beanClass.isInterface()
                && isNamed(beanName);
        if (!guarded) {
            return beanClass;
        }
        var proxies = new ProxyFactory(ClassUtils.getAllInterfacesForClass(beanClass));
        proxies.setTargetClass(beanClass);
        proxies.setProxyTargetClass(true);
        proxies.addAdvice((MethodInterceptor) MethodInvocation::proceed);
        return proxies.getProxyClass(beanClass.getClassLoader());
    }

    private @Nullable Object proxy(DataSource dataSource, DataSourceGuard guard, String beanName) {
        var proxies = new ProxyFactory(dataSource);
        proxies.addAdvice(guard);
        ClassLoader loader = dataSource.getClass().getClassLoader();
        if (loader == null) {
            loader = ClassUtils.getDefaultClassLoader();
        }
        if (!Modifier.isFinal(dataSource.getClass().getModifiers())) {
            proxies.setProxyTargetClass(true);
            try {
                return proxies.getProxy(loader);
            } catch (AopConfigException e) {
                // No constructor that a subclass could call, for example: then nobody else has the class either.
                proxies.setProxyTargetClass(false);
            }
        }
        return isWantedByInterface(dataSource, beanName) ? proxies.getProxy(loader) : null;
    }

    /** Whether the bean is declared to be no more than what all its kind are. */
    private boolean isWantedByInterface(DataSource dataSource, String beanName) {
        if (!(beans instanceof ConfigurableListableBeanFactory factory) || !factory.containsBeanDefinition(beanName)) {
            return false;
        }
        Class<?> declared =
                factory.getMergedBeanDefinition(beanName).getResolvableType().toClass();
        return declared != Object.class && declared.isInterface() && declared.isInstance(dataSource);
    }

    private boolean isNamed(String beanName) {
        Set<String> names = named();
        if (names.contains("") || names.contains(beanName)) {
            return true;
        }
        return beans != null && Set.of(beans.getAliases(beanName)).stream().anyMatch(names::contains);
    }

    /** Those that state machines name; the empty name is for the only one, or the primary one, whichever that is. */
    private Set<String> named() {
        Set<String> known = named;
        if (known != null || beans == null) {
            return known == null ? Set.of() : known;
        }
        Set<String> found = new HashSet<>();
        for (String name : beans.getBeanDefinitionNames()) {
            // Without making factory beans, which may be what needs the DataSource.
            Class<?> type = typeOf(name);
            RaftDataSource annotation =
                    type == null ? null : AnnotatedElementUtils.findMergedAnnotation(type, RaftDataSource.class);
            if (type != null && annotation != null) {
                String value = RaftPlaceholders.of(beans).resolve(type, "@RaftDataSource", annotation.value());
                found.add(StringUtils.hasText(value) ? value : "");
            }
        }
        named = found;
        return found;
    }

    private @Nullable Class<?> typeOf(String beanName) {
        try {
            return beans == null ? null : beans.getType(beanName, false);
        } catch (NoSuchBeanDefinitionException e) {
            // Removed meanwhile.
            return null;
        }
    }
}
