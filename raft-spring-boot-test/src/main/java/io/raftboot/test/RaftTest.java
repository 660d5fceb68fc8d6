package io.raftboot.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test against a cluster of the application, which each test method gets anew, as a parameter of type
 * {@link RaftCluster}. Each member is an application context of its own, without a web server; network and log are in
 * memory, so no port is opened, and the intervals of raft are short.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@ExtendWith(RaftTestExtension.class)
public @interface RaftTest {
    /** Members of the cluster. */
    int nodes() default 3;

    /**
     * What the contexts are made of. By default the static nested {@code @Configuration} classes of the test, or if there are
     * none the application, found as {@code @SpringBootTest} finds it: the {@code @SpringBootConfiguration} in the package of
     * the test or the nearest above it.
     */
    Class<?>[] classes() default {};

    /** Properties of every member, each as {@code name=value}. */
    String[] properties() default {};
}
