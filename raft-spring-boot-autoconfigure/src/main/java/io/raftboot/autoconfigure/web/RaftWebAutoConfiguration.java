package io.raftboot.autoconfigure.web;

import io.raftboot.autoconfigure.RaftAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.util.ClassUtils;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** What applications with Spring MVC get: problem details for calls that fail, and requests that are safe to send again. */
@AutoConfiguration(after = RaftAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(DispatcherServlet.class)
public final class RaftWebAutoConfiguration {
    @Bean
    @ConditionalOnBooleanProperty(name = "raft.web.problem-details", matchIfMissing = true)
    RaftProblemAdvice raftProblemAdvice() {
        return new RaftProblemAdvice();
    }

    @Bean
    @ConditionalOnBooleanProperty(name = "raft.web.idempotency-key", matchIfMissing = true)
    WebMvcConfigurer raftIdempotencyKeys() {
        if (ClassUtils.isPresent("reactor.core.scheduler.Schedulers", getClass().getClassLoader())) {
            // Handlers may return a Mono or a Flux with Spring MVC, too.
            ScopeHandOver.bySchedulers();
        }
        return new WebMvcConfigurer() {
            @Override
            public void addInterceptors(InterceptorRegistry registry) {
                registry.addInterceptor(new IdempotencyKeyInterceptor());
            }
        };
    }
}
