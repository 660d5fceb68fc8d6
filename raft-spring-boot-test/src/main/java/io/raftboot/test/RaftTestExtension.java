package io.raftboot.test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.test.context.AnnotatedClassFinder;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.FileSystemUtils;

/** Makes the cluster before each test method, and ends it after. */
final class RaftTestExtension implements BeforeEachCallback, ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(RaftTestExtension.class);

    /** What lives as long as a test method; JUnit closes it. */
    private record Running(RaftCluster cluster, Path directory) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            try {
                cluster.close();
            } finally {
                FileSystemUtils.deleteRecursively(directory);
            }
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        RaftTest test = AnnotatedElementUtils.findMergedAnnotation(context.getRequiredTestClass(), RaftTest.class);
        if (test == null) {
            throw new IllegalStateException("put @RaftTest on " + context.getRequiredTestClass());
        }
        if (test.nodes() < 1) {
            throw new IllegalArgumentException(
                    "@RaftTest(nodes = " + test.nodes() + "): a cluster has one member at least");
        }
        Path directory = Files.createTempDirectory("raft-test");
        var cluster = new RaftCluster(
                test.nodes(), sources(test, context.getRequiredTestClass()), List.of(test.properties()), directory);
        context.getStore(NAMESPACE).put(Running.class, new Running(cluster, directory));
        cluster.start();
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == RaftCluster.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Running running = context.getStore(NAMESPACE).get(Running.class, Running.class);
        if (running == null) {
            throw new ParameterResolutionException("a RaftCluster is there for test methods, not for constructors"
                    + " and what runs before all of them");
        }
        return running.cluster();
    }

    private static Class<?>[] sources(RaftTest test, Class<?> testClass) {
        if (test.classes().length > 0) {
            return test.classes();
        }
        Class<?>[] nested = Arrays.stream(testClass.getDeclaredClasses())
                .filter(candidate -> AnnotatedElementUtils.hasAnnotation(candidate, Configuration.class))
                .toArray(Class<?>[]::new);
        if (nested.length > 0) {
            return nested;
        }
        Class<?> application = new AnnotatedClassFinder(SpringBootConfiguration.class).findFromClass(testClass);
        if (application == null) {
            throw new IllegalStateException(
                    "there is no @SpringBootApplication in the package of " + testClass.getName()
                            + " or above it; write @RaftTest(classes = ...), or a static nested @Configuration");
        }
        return new Class<?>[] {application};
    }
}
