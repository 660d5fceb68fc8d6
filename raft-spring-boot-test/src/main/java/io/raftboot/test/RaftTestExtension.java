package io.raftboot.test;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestInstanceFactoryContext;
import org.junit.jupiter.api.extension.TestInstancePreConstructCallback;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.test.context.junit.jupiter.SpringExtension;
import org.springframework.test.context.support.TestConstructorUtils;

/** Opens a {@link ClusterScope} for each outermost instance of a test; JUnit closes it. */
final class RaftTestExtension
        implements BeforeAllCallback,
                TestInstancePreConstructCallback,
                BeforeEachCallback,
                AfterTestExecutionCallback,
                ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(RaftTestExtension.class);

    @Override
    public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
        // The instance of one method has a scope of that method, which ends with it.
        return ExtensionContextScope.TEST_METHOD;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        RaftTestRules.check(context.getRequiredTestClass());
        enter(context);
    }

    @Override
    public void preConstructTestInstance(TestInstanceFactoryContext factory, ExtensionContext context) {
        RaftTestRules.check(factory.getTestClass());
        if (scope(context) == null) {
            context.getStore(NAMESPACE).put(ClusterScope.class, new ClusterScope());
        }
        enter(context);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        RaftTestRules.check(context.getTestMethod().orElse(null));
        // The thread may be another than the one that has made the instance.
        enter(context);
    }

    /** Before what else comes behind a method, which may end the cluster. */
    @Override
    public void afterTestExecution(ExtensionContext context) {
        ClusterScope scope = scope(context);
        if (scope != null) {
            scope.checkAlike();
        }
    }

    private static void enter(ExtensionContext context) {
        ClusterScope.enter(scope(context));
    }

    private static @Nullable ClusterScope scope(ExtensionContext context) {
        return context.getStore(NAMESPACE).get(ClusterScope.class, ClusterScope.class);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == RaftCluster.class && !isInjected(parameter, context);
    }

    /** Whether {@link SpringExtension} resolves it: the cluster is a bean too. */
    private static boolean isInjected(ParameterContext parameter, ExtensionContext context) {
        return AnnotatedElementUtils.hasAnnotation(parameter.getParameter(), Autowired.class)
                || TestConstructorUtils.isAutowirableConstructor(
                        parameter.getDeclaringExecutable(),
                        name -> context.getConfigurationParameter(name).orElse(null));
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return SpringExtension.getApplicationContext(context).getBean(RaftCluster.class);
    }
}
