package io.raftboot.autoconfigure.console;

import io.raftboot.autoconfigure.RaftAutoConfiguration;
import io.raftboot.autoconfigure.admin.RaftAdminAutoConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

class ServletConsoleTests extends ConsoleOverHttp {
    ServletConsoleTests() {
        super(WebApplicationType.SERVLET, Open.class, Secured.class, "server.servlet.context-path");
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        RaftAutoConfiguration.class,
        RaftConsoleAutoConfiguration.class,
        RaftAdminAutoConfiguration.class,
        TomcatServletWebServerAutoConfiguration.class,
        HttpMessageConvertersAutoConfiguration.class,
        DispatcherServletAutoConfiguration.class,
        WebMvcAutoConfiguration.class
    })
    static class Open {}

    @Configuration(proxyBeanMethods = false)
    @EnableWebSecurity
    @Import(Open.class)
    static class Secured {
        @Bean
        SecurityFilterChain chain(HttpSecurity http, Environment environment) {
            if (!environment.containsProperty("csrf")) {
                http.csrf(csrf -> csrf.disable());
            } else if ("spa".equals(environment.getProperty("csrf"))) {
                http.csrf(csrf -> csrf.spa());
            }
            return http.httpBasic(Customizer.withDefaults())
                    .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                    .build();
        }

        @Bean
        UserDetailsService users() {
            return new InMemoryUserDetailsManager(
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
