package io.raftboot.test;

import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.SpringBootTestContextBootstrapper;
import org.springframework.test.context.CacheAwareContextLoaderDelegate;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestContextAnnotationUtils;
import org.springframework.test.context.support.AnnotationConfigContextLoaderUtils;

/** Collects what a test says of its context, as for {@code @SpringBootTest}; from that all members are made. */
final class RaftTestBootstrapper extends SpringBootTestContextBootstrapper {
    private final CacheAwareContextLoaderDelegate clusters = new ClusterContexts();

    @Override
    protected CacheAwareContextLoaderDelegate getCacheAwareContextLoaderDelegate() {
        return clusters;
    }

    @Override
    protected @Nullable SpringBootTest getAnnotation(Class<?> testClass) {
        // One of a test around this one does not count.
        return null;
    }

    @Override
    protected @Nullable WebEnvironment getWebEnvironment(Class<?> testClass) {
        // Members with a real server are made by the loader: here it would be given a mock of the servlet context.
        return RaftTestRules.annotation(testClass).webEnvironment() == WebEnvironment.MOCK ? WebEnvironment.MOCK : null;
    }

    @Override
    protected Class<?>[] getClasses(Class<?> testClass) {
        Class<?>[] given = RaftTestRules.annotation(testClass).classes();
        if (given.length > 0 || TestContextAnnotationUtils.hasAnnotation(testClass, ContextConfiguration.class)) {
            return given;
        }
        Class<?> around = testClass;
        while (around != null) {
            Class<?>[] nested = AnnotationConfigContextLoaderUtils.detectDefaultConfigurationClasses(around);
            if (nested.length > 0) {
                return nested;
            }
            around = TestContextAnnotationUtils.searchEnclosingClass(around) ? around.getEnclosingClass() : null;
        }
        return given;
    }

    @Override
    protected String[] getProperties(Class<?> testClass) {
        RaftTest test = RaftTestRules.annotation(testClass);
        Stream<String> port =
                test.webEnvironment() == WebEnvironment.RANDOM_PORT ? Stream.of("server.port=0") : Stream.empty();
        return Stream.concat(port, Arrays.stream(test.properties())).toArray(String[]::new);
    }

    @Override
    public TestContext buildTestContext() {
        RaftTestRules.check(getBootstrapContext().getTestClass());
        return super.buildTestContext();
    }
}
