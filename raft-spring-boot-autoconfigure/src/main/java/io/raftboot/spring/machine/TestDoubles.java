package io.raftboot.spring.machine;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/** What a test put in the place of a bean. It answers by itself: there is nothing to replicate. */
public final class TestDoubles {
    private static final String MOCKITO = "org.mockito.Mockito";
    private static final String OVERRIDES =
            "org.springframework.test.context.bean.override.internalBeanOverrideRegistry";

    private static final String NAME_OF_MOCKS = "$MockitoMock$";

    /** Mockito puts it into the boot class path as it makes its first inline mock. */
    private static final String DISPATCHER = "org.mockito.internal.creation.bytebuddy.inject.MockMethodDispatcher";

    private static final @Nullable Method MOCKING_DETAILS = mockingDetails();

    private TestDoubles() {}

    private static @Nullable Method mockingDetails() {
        ClassLoader loader = TestDoubles.class.getClassLoader();
        return ClassUtils.isPresent(MOCKITO, loader)
                ? ReflectionUtils.findMethod(
                        ClassUtils.resolveClassName(MOCKITO, loader), "mockingDetails", Object.class)
                : null;
    }

    /** Whether an object is a mock of Mockito's, and not a spy, which calls the real one. */
    public static boolean isMock(Object bean) {
        if (MOCKING_DETAILS == null || !mayBeMock(bean)) {
            return false;
        }
        Object details = ReflectionUtils.invokeMethod(MOCKING_DETAILS, null, bean);
        return details != null && is(details, "isMock") && !is(details, "isSpy");
    }

    /** Asking Mockito would start it, and its agent, in a process that only has it on the class path. */
    private static boolean mayBeMock(Object bean) {
        return bean.getClass().getName().contains(NAME_OF_MOCKS)
                || Proxy.isProxyClass(bean.getClass())
                || ClassUtils.isPresent(DISPATCHER, new ClassLoader(null) {});
    }

    private static boolean is(Object details, String question) {
        Method asked = ClassUtils.getInterfaceMethodIfPossible(
                ClassUtils.getMethod(details.getClass(), question), details.getClass());
        ReflectionUtils.makeAccessible(asked);
        return Boolean.TRUE.equals(ReflectionUtils.invokeMethod(asked, details));
    }

    /** Whether a test put an object, by {@code @TestBean} for example, in the place of a bean that has a definition. */
    public static boolean isOverride(ConfigurableListableBeanFactory factory, String beanName) {
        return factory.containsBeanDefinition(beanName) && factory.containsSingleton(OVERRIDES);
    }
}
