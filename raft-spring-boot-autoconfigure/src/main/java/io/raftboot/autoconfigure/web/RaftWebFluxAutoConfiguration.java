package io.raftboot.autoconfigure.web;

import io.raftboot.autoconfigure.RaftAutoConfiguration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.util.ClassUtils;
import org.springframework.web.reactive.DispatcherHandler;
import reactor.core.publisher.Hooks;

/**
 * What applications with Spring WebFlux get, the same as with Spring MVC: problem details for calls that fail, and requests that are safe
 * to send again.
 */
@AutoConfiguration(after = RaftAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnClass(DispatcherHandler.class)
public final class RaftWebFluxAutoConfiguration {
    private static final Logger log = LoggerFactory.getLogger(RaftWebFluxAutoConfiguration.class);
    private static final String PROPAGATION = "spring.reactor.context-propagation";
    private static final String LIBRARY = "io.micrometer:context-propagation";

    @Bean
    @ConditionalOnBooleanProperty(name = "raft.web.problem-details", matchIfMissing = true)
    RaftProblemAdvice raftProblemAdvice() {
        return new RaftProblemAdvice();
    }

    /** A key that does not come to the thread of the command is a command applied twice, so it is carried as far as can be. */
    @Bean
    @ConditionalOnBooleanProperty(name = "raft.web.idempotency-key", matchIfMissing = true)
    IdempotencyKeyFilter raftIdempotencyKeys(ApplicationContext context, ObjectProvider<RaftProblemAdvice> problems) {
        String without = whyNotPropagated(context);
        if (without == null) {
            Hooks.enableAutomaticContextPropagation();
            return IdempotencyKeyFilter.withContextPropagation(problems.getIfAvailable());
        }
        log.warn(
                "{}: a request's Idempotency-Key comes to commands that are called where its handler is subscribed to or its body"
                        + " arrives, and in what a Scheduler is given from there, but not to those that wait for something else,"
                        + " as the answer to another request. They would be applied again when the request is; give them"
                        + " RaftCallOptions.withIdempotencyKey",
                without);
        return IdempotencyKeyFilter.withoutContextPropagation(problems.getIfAvailable());
    }

    private static @Nullable String whyNotPropagated(ApplicationContext context) {
        if (!ClassUtils.isPresent("io.micrometer.context.ContextRegistry", context.getClassLoader())) {
            return LIBRARY + " is not on the class path";
        }
        String written = context.getEnvironment().getProperty(PROPAGATION, "");
        return written.strip().equalsIgnoreCase("limited") ? PROPAGATION + " is limited" : null;
    }
}
