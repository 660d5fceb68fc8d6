package io.raftboot.autoconfigure.console;

import io.raftboot.autoconfigure.RaftAutoConfiguration;
import io.raftboot.autoconfigure.admin.RaftAdminWebFluxAutoConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.reactor.netty.autoconfigure.NettyReactiveWebServerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.reactive.EnableWebFluxSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.userdetails.MapReactiveUserDetailsService;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.web.server.SecurityWebFilterChain;

class WebFluxConsoleTests extends ConsoleOverHttp {
    WebFluxConsoleTests() {
        super(WebApplicationType.REACTIVE, Open.class, Secured.class, "spring.webflux.base-path");
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        RaftAutoConfiguration.class,
        RaftConsoleWebFluxAutoConfiguration.class,
        RaftAdminWebFluxAutoConfiguration.class,
        NettyReactiveWebServerAutoConfiguration.class,
        HttpHandlerAutoConfiguration.class,
        WebFluxAutoConfiguration.class
    })
    static class Open {}

    @Configuration(proxyBeanMethods = false)
    @EnableWebFluxSecurity
    @Import(Open.class)
    static class Secured {
        @Bean
        SecurityWebFilterChain chain(ServerHttpSecurity http, Environment environment) {
            if (!environment.containsProperty("csrf")) {
                http.csrf(csrf -> csrf.disable());
            }
            return http.httpBasic(Customizer.withDefaults())
                    .authorizeExchange(exchanges -> exchanges.anyExchange().permitAll())
                    .build();
        }

        @Bean
        MapReactiveUserDetailsService users() {
            return new MapReactiveUserDetailsService(
                    User.withUsername("ada")
                            .password("{noop}secret")
                            .roles("RAFT_ADMIN")
                            .build(),
                    User.withUsername("bob")
                            .password("{noop}secret")
                            .roles("USER")
                            .build());
        }
    }
}
