package io.raftboot.autoconfigure.web;

import io.raftboot.autoconfigure.RaftAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.web.reactive.DispatcherHandler;

/** For applications with Spring WebFlux: problem details for calls that fail, the same as with Spring MVC. */
@AutoConfiguration(after = RaftAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnClass(DispatcherHandler.class)
public final class RaftWebFluxAutoConfiguration {
    @Bean
    @ConditionalOnBooleanProperty(name = "raft.web.problem-details", matchIfMissing = true)
    RaftProblemAdvice raftProblemAdvice() {
        return new RaftProblemAdvice();
    }
}
