package io.raftboot.console.cluster;

import io.raftboot.autoconfigure.RaftAutoConfiguration;
import io.raftboot.autoconfigure.admin.RaftAdminAutoConfiguration;
import io.raftboot.autoconfigure.console.RaftConsoleAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.web.SecurityFilterChain;

/** A member with Spring MVC. */
final class ServletApplication {
    private ServletApplication() {}

    /** For everybody. */
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
    @Import({Inventory.class, Orders.class})
    static class Open {}

    /** The same for those who log in, with all that Spring Security does by itself. */
    @Configuration(proxyBeanMethods = false)
    @EnableWebSecurity
    @Import({Open.class, Logins.class})
    static class Secured {
        @Bean
        SecurityFilterChain chain(HttpSecurity http) {
            return http.httpBasic(Customizer.withDefaults())
                    .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                    .build();
        }

        @Bean
        UserDetailsService users(Logins logins) {
            return logins::find;
        }
    }
}
