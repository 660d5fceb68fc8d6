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
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;

/** Calls that look after the cluster, in applications with Spring MVC that want them. */
@AutoConfiguration(after = RaftAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(DispatcherServlet.class)
@ConditionalOnBean(Replica.class)
@ConditionalOnBooleanProperty("raft.admin.enabled")
@Import(AdminConfiguration.class)
public final class RaftAdminAutoConfiguration {
    /** Before the controllers of the application, one of which may take all paths. */
    static final int ORDER = -10;

    @Bean
    HandlerMapping raftAdminHandlerMapping(AdminHandler handler, AdminAccess access) {
        return new SimpleUrlHandlerMapping(Map.of(Paths.ADMIN + "/**", new ServletAdmin(handler, access)), ORDER);
    }
}
