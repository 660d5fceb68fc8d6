package io.raftboot.autoconfigure;

import java.util.Objects;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.LifecycleProcessor;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.ArgumentResolver;
import org.springframework.core.io.support.SpringFactoriesLoader.FailureHandler;

/** The context of an application in which all beans are made, and no member is started. */
public final class ResolvedContext {
    private ResolvedContext() {}

    /** Returns what Boot would print of the failure of an application in this environment. */
    public static FailureAnalysis analysisOfStart(ConfigurableEnvironment environment) {
        try (var context = new AnnotationConfigApplicationContext()) {
            context.setEnvironment(environment);
            AutoConfigurationPackages.register(context, ResolvedContext.class.getPackageName());
            context.register(RaftAutoConfiguration.class);
            startNothing(context);
            RuntimeException failure = failureOf(context);
            if (failure == null) {
                throw new AssertionError("the application starts");
            }
            return analysis(failure, environment, context.getBeanFactory());
        }
    }

    /** Whether it would start, as far as its properties go. */
    public static RaftProperties start(ConfigurableEnvironment environment) {
        try (var context = new AnnotationConfigApplicationContext()) {
            context.setEnvironment(environment);
            AutoConfigurationPackages.register(context, ResolvedContext.class.getPackageName());
            context.register(RaftAutoConfiguration.class);
            startNothing(context);
            context.refresh();
            return context.getBean(RaftProperties.class);
        }
    }

    private static @Nullable RuntimeException failureOf(ConfigurableApplicationContext context) {
        try {
            context.refresh();
            return null;
        } catch (RuntimeException failure) {
            return failure;
        }
    }

    /** Lets all beans be made and none be started. */
    public static void startNothing(ConfigurableApplicationContext context) {
        context.getBeanFactory().registerSingleton("lifecycleProcessor", new NoLifecycle());
    }

    /** Analysis by the analyzers that Boot would ask, in its order. */
    private static FailureAnalysis analysis(Throwable failure, Environment environment, BeanFactory beans) {
        return SpringFactoriesLoader.forDefaultResourceLocation(ResolvedContext.class.getClassLoader())
                .load(
                        FailureAnalyzer.class,
                        ArgumentResolver.of(BeanFactory.class, beans).and(Environment.class, environment),
                        FailureHandler.logging(LogFactory.getLog(ResolvedContext.class)))
                .stream()
                .map(analyzer -> analyzer.analyze(failure))
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow(() -> new AssertionError("nobody explains", failure));
    }

    private static final class NoLifecycle implements LifecycleProcessor {
        @Override
        public void onRefresh() {}

        @Override
        public void onClose() {}

        @Override
        public void start() {}

        @Override
        public void stop() {}

        @Override
        public boolean isRunning() {
            return false;
        }
    }
}
