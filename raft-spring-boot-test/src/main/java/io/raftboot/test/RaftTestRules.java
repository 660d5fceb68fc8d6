package io.raftboot.test;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.test.context.BootstrapWith;
import org.springframework.test.context.ContextHierarchy;
import org.springframework.test.context.TestContextAnnotationUtils;

/** What a test with {@link RaftTest} can't have, and what to write instead. */
final class RaftTestRules {
    private static final String ONE_MEMBER_ALONE =
            "reaches the database of one member alone, and commands are applied on another thread";

    /** What is refused, by name, because not every application has these classes. */
    private static final Map<String, String> REFUSED = refused();

    private RaftTestRules() {}

    private static Map<String, String> refused() {
        Map<String, String> refused = new LinkedHashMap<>();
        String rollback =
                ONE_MEMBER_ALONE + ", so nothing would be rolled back; leave it out: the cluster of each test is new";
        refused.put("org.springframework.transaction.annotation.Transactional", rollback);
        refused.put("jakarta.transaction.Transactional", rollback);
        String script = ONE_MEMBER_ALONE + "; send commands, or have each member run the script as it starts"
                + " (spring.sql.init.data-locations)";
        refused.put("org.springframework.test.context.jdbc.Sql", script);
        refused.put("org.springframework.test.context.jdbc.SqlGroup", script);
        return refused;
    }

    static RaftTest annotation(Class<?> testClass) {
        RaftTest test = TestContextAnnotationUtils.findMergedAnnotation(testClass, RaftTest.class);
        if (test == null) {
            throw new IllegalStateException("put @RaftTest on " + testClass.getName());
        }
        return test;
    }

    /**
     * Checks all but the methods.
     *
     * @throws IllegalArgumentException if a value of the annotation is none of those that can be
     * @throws IllegalStateException if there is an annotation that does not go together with it
     */
    static void check(Class<?> testClass) {
        RaftTest test = annotation(testClass);
        if (test.nodes() < 1) {
            throw new IllegalArgumentException(
                    "@RaftTest(nodes = " + test.nodes() + "): a cluster has one member at least");
        }
        if (test.webEnvironment() == WebEnvironment.DEFINED_PORT && test.nodes() > 1) {
            throw new IllegalArgumentException("@RaftTest(webEnvironment = DEFINED_PORT): the " + test.nodes()
                    + " members can't all have the same port; write RANDOM_PORT");
        }
        for (Class<?> around = testClass; around != null; around = around.getEnclosingClass()) {
            checkElement(around, around.getName());
        }
        checkContexts(testClass);
    }

    private static void checkContexts(Class<?> testClass) {
        if (TestContextAnnotationUtils.hasAnnotation(testClass, ContextHierarchy.class)) {
            throw new IllegalStateException("@ContextHierarchy on " + testClass.getName()
                    + " does not go together with @RaftTest: a member has one context; write @ContextConfiguration");
        }
        if (AnnotatedElementUtils.hasAnnotation(testClass, AutoConfigureTestRaft.class)) {
            throw new IllegalStateException("@AutoConfigureTestRaft on " + testClass.getName()
                    + " is for tests with one context, and says nothing to @RaftTest; leave it out");
        }
        for (MergedAnnotation<BootstrapWith> other :
                MergedAnnotations.from(testClass, SearchStrategy.TYPE_HIERARCHY).stream(BootstrapWith.class)
                        .toList()) {
            if (other.getClass(MergedAnnotation.VALUE) != RaftTestBootstrapper.class) {
                throw new IllegalStateException("@" + other.getRoot().getType().getSimpleName() + " on "
                        + testClass.getName() + " makes a context of its own, and so does @RaftTest; write one of them,"
                        + " and for what was an attribute of the other @RaftTest(classes = ..., properties = ...,"
                        + " webEnvironment = ...)");
            }
        }
    }

    /**
     * Checks one method.
     *
     * @throws IllegalStateException if there is an annotation that does not go together with {@link RaftTest}
     */
    static void check(@Nullable Method method) {
        if (method != null) {
            checkElement(method, method.getDeclaringClass().getName() + "." + method.getName());
        }
    }

    private static void checkElement(AnnotatedElement element, String name) {
        MergedAnnotations annotations = MergedAnnotations.from(element, SearchStrategy.TYPE_HIERARCHY);
        REFUSED.forEach((annotation, reason) -> {
            if (annotations.isPresent(annotation)) {
                throw new IllegalStateException("@" + annotation.substring(annotation.lastIndexOf('.') + 1) + " on "
                        + name + " does not go together with @RaftTest: it " + reason);
            }
        });
    }
}
