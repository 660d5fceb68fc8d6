package io.raftboot.console.cluster;

import io.raftboot.autoconfigure.RaftAutoConfiguration;
import io.raftboot.autoconfigure.admin.RaftAdminWebFluxAutoConfiguration;
import io.raftboot.autoconfigure.console.RaftConsoleWebFluxAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.reactor.netty.autoconfigure.NettyReactiveWebServerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.reactive.EnableWebFluxSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.userdetails.ReactiveUserDetailsService;
import org.springframework.security.web.server.SecurityWebFilterChain;
import reactor.core.publisher.Mono;

/** A member with Spring WebFlux. */
final class ReactiveApplication {
    private ReactiveApplication() {}

    /** For everybody. */
    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        RaftAutoConfiguration.class,
        RaftConsoleWebFluxAutoConfiguration.class,
        RaftAdminWebFluxAutoConfiguration.class,
        NettyReactiveWebServerAutoConfiguration.class,
        HttpHandlerAutoConfiguration.class,
        WebFluxAutoConfiguration.class
    })
    @Import({Inventory.class, Orders.class})
    static class Open {}

    /** The same for those who log in, with all that Spring Security does by itself. */
    @Configuration(proxyBeanMethods = false)
    @EnableWebFluxSecurity
    @Import({Open.class, Logins.class})
    static class Secured {
        @Bean
        SecurityWebFilterChain chain(ServerHttpSecurity http) {
            return http.httpBasic(Customizer.withDefaults())
                    .authorizeExchange(exchanges -> exchanges.anyExchange().authenticated())
                    .build();
        }

        @Bean
        ReactiveUserDetailsService users(Logins logins) {
            return name -> Mono.fromSupplier(() -> logins.find(name));
        }
    }
}
