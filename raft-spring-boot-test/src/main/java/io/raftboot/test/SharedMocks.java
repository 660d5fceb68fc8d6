package io.raftboot.test;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mockito.Mockito;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionBuilder;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.util.ClassUtils;

/**
 * Gives all members of a cluster the mocks of the first: which member calls a mock is seldom known to the test, which has
 * one field to say what the mock answers, and to ask what it was called with. A spy stays with the member whose bean it
 * wraps. What has to be reset between tests is listed in a bean that Spring asks any of the contexts for; it is shared too.
 */
final class SharedMocks implements BeanFactoryPostProcessor, Ordered {
    private static final String BEAN = "raftTestSharedMocks";
    private static final String TO_BE_RESET = "org.springframework.test.context.bean.override.mockito.MockBeans";
    private static final boolean MOCKITO =
            ClassUtils.isPresent("org.mockito.Mockito", SharedMocks.class.getClassLoader());

    private final Map<String, Object> mocks = new HashMap<>();
    private @Nullable Object toBeReset;
    private boolean known;

    /** Hands the mocks on, before the context is refreshed. */
    void shareWith(ConfigurableApplicationContext context) {
        if (!MOCKITO) {
            return;
        }
        if (toBeReset != null) {
            context.getBeanFactory().registerSingleton(TO_BE_RESET, toBeReset);
        }
        // A bean, because it has to come after the one that registers the mocks, which is a bean too.
        if (context.getBeanFactory() instanceof DefaultListableBeanFactory beans) {
            beans.registerBeanDefinition(
                    BEAN,
                    BeanDefinitionBuilder.rootBeanDefinition(SharedMocks.class, () -> this)
                            .getBeanDefinition());
        }
    }

    /** Takes note of the mocks, after the first member's context has been refreshed; spies are there by then. */
    void learnFrom(ConfigurableApplicationContext context) {
        known = true;
        if (toBeReset == null) {
            toBeReset = context.getBeanFactory().getSingleton(TO_BE_RESET);
        }
    }

    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        if (known) {
            mocks.forEach((name, mock) -> replace(beans, name, mock));
            return;
        }
        mocks.clear();
        for (String name : beans.getSingletonNames()) {
            Object bean = beans.getSingleton(name);
            if (bean != null && Mockito.mockingDetails(bean).isMock()) {
                mocks.put(name, bean);
            }
        }
    }

    private static void replace(ConfigurableListableBeanFactory beans, String name, Object mock) {
        if (beans.containsSingleton(name) && beans instanceof DefaultListableBeanFactory own) {
            own.destroySingleton(name);
            own.registerSingleton(name, mock);
        }
    }
}
