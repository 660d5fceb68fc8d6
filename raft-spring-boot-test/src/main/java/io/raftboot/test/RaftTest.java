package io.raftboot.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.context.BootstrapWith;
import org.springframework.test.context.junit.jupiter.SpringExtension;

/**
 * A test against a cluster of the application. Each member is an application context of its own, made as Spring's test
 * framework makes the one of a test: with its profiles, properties, customizers and mocks. Network and log are in memory, so
 * no port is opened between members, and the intervals of raft are short.
 *
 * <p>The cluster is there as a parameter, or as a field to be injected, of type {@link RaftCluster}. It lives as long as the
 * instance of the test, or of the outermost test of {@code @Nested} ones: one test method, or all with
 * {@code @TestInstance(PER_CLASS)}. {@code @DirtiesContext} ends it, and the next use makes a new one.
 *
 * <p>The context of the test, whose beans are injected, is that of the first member that has not crashed by then. A
 * {@code @MockitoBean} is the same mock in all members, a {@code @MockitoSpyBean} a spy of each member's own bean.
 *
 * <p>The members compare their states after each command ({@code raft.divergence-check=1}, which a property of the test can change
 * or turn {@code off}), and one of them is restored from a snapshot of its own at random entries. A test whose members don't stay
 * alike fails when its method has ended, with the name of the first command after which they differ.
 *
 * <p>Not for tests with {@code @Transactional} or {@code @Sql}, which would reach one member's database alone, and not
 * together with another annotation that makes a context, like {@code @SpringBootTest}: these are refused.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@BootstrapWith(RaftTestBootstrapper.class)
@ExtendWith({RaftTestExtension.class, SpringExtension.class})
public @interface RaftTest {
    /** Members of the cluster. */
    int nodes() default 3;

    /**
     * What the contexts are made of. By default the static nested {@code @Configuration} classes of the test or of the nearest
     * test around it, or if there are none the application, found as {@code @SpringBootTest} finds it: the
     * {@code @SpringBootConfiguration} in the package of the test or the nearest above it.
     */
    Class<?>[] classes() default {};

    /** Properties of every member, each as {@code name=value}; those of {@code @TestPropertySource} go before them. */
    String[] properties() default {};

    /**
     * Whether members answer HTTP: not at all, each on a port of its own ({@link WebEnvironment#RANDOM_PORT}), or with a
     * mock of the server ({@link WebEnvironment#MOCK}). {@link WebEnvironment#DEFINED_PORT} is refused for more than one
     * member.
     */
    WebEnvironment webEnvironment() default WebEnvironment.NONE;

    /**
     * Number from which is drawn which member is restored, and at which entries; 0 for another one in each cluster. A failure
     * names the one that was drawn.
     */
    long seed() default 0;
}
