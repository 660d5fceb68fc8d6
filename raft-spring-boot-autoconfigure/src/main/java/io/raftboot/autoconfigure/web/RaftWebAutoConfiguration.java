package io.raftboot.autoconfigure.web;

import io.raftboot.autoconfigure.RaftAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.web.servlet.DispatcherServlet;

/** Problem details for replicated calls that fail, in applications with Spring MVC. */
@AutoConfiguration(after = RaftAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(DispatcherServlet.class)
@ConditionalOnBooleanProperty(name = "raft.web.problem-details", matchIfMissing = true)
public final class RaftWebAutoConfiguration {
    @Bean
    RaftProblemAdvice raftProblemAdvice() {
        return new RaftProblemAdvice();
    }
}
