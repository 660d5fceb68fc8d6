package io.raftboot.autoconfigure.admin;

import io.raftboot.autoconfigure.RaftAutoConfiguration;
import io.raftboot.autoconfigure.http.AdminAccess;
import io.raftboot.autoconfigure.http.Paths;
import io.raftboot.replica.Replica;
import java.util.Map;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;

/** Calls that look after the cluster, in applications with Spring WebFlux that want them. */
@AutoConfiguration(after = RaftAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnClass(DispatcherHandler.class)
@ConditionalOnBean(Replica.class)
@ConditionalOnBooleanProperty("raft.admin.enabled")
@Import(AdminConfiguration.class)
public final class RaftAdminWebFluxAutoConfiguration {
    @Bean
    HandlerMapping raftAdminHandlerMapping(AdminHandler handler, AdminAccess access) {
        return new SimpleUrlHandlerMapping(
                Map.of(Paths.ADMIN + "/**", new ReactiveAdmin(handler, access)), RaftAdminAutoConfiguration.ORDER);
    }
}
