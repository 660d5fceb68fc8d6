package io.raftboot.autoconfigure.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.api.TransferOutcome;
import io.raftboot.replica.ReplicaStatus;
import io.raftboot.testing.FakeReplica;
import io.raftboot.transport.Transport;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

/** Who gets what of the actuator of an application that guards it, whatever state the member is in. */
class EndpointRolesTests {
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;

    private final FakeReplica fake = FakeReplica.of(Map.of());
    private final HttpClient client = HttpClient.newHttpClient();
    private final List<ConfigurableApplicationContext> running = new ArrayList<>();

    /** What who has the role is answered, by what {@code management.endpoint.raft.access} says. */
    private record Call(String method, String path, int readOnly, int unrestricted) {}

    private static final List<Call> CALLS = List.of(
            new Call("GET", "/actuator/raft", 200, 200),
            new Call("GET", "/actuator/raft/quorum-critical", 200, 200),
            new Call("GET", "/actuator/raft/nothing", 404, 404),
            new Call("POST", "/actuator/raft/transfer-leadership", 405, 200),
            new Call("GET", "/actuator/health/raft", 200, 200));

    @AfterEach
    void stop() {
        running.forEach(ConfigurableApplicationContext::close);
    }

    @Test
    void eachCallIsForThoseWhoHaveTheRole() throws Exception {
        fake.transferOutcome = new TransferOutcome.Transferred(2, 4);
        int readOnly = start("read-only");
        int unrestricted = start("unrestricted");
        for (var disk : List.of(
                new ReplicaStatus.DiskState(1L << 40, false, false),
                // For want of room on the disk the member is read-only, which opens nothing to anybody.
                new ReplicaStatus.DiskState(1024, true, false))) {
            fake.disk = disk;
            for (Call call : CALLS) {
                assertGuarded(readOnly, call, call.readOnly);
                assertGuarded(unrestricted, call, call.unrestricted);
            }
        }
    }

    private void assertGuarded(int port, Call call, int answered) throws IOException, InterruptedException {
        assertThat(status(port, call, "")).as("%s of nobody", call).isEqualTo(UNAUTHORIZED);
        assertThat(status(port, call, "bob")).as("%s of bob", call).isEqualTo(FORBIDDEN);
        assertThat(status(port, call, "ada")).as("%s of ada", call).isEqualTo(answered);
    }

    private int status(int port, Call call, String user) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + call.path))
                .header("Content-Type", "application/json")
                .method(
                        call.method,
                        call.method.equals("GET")
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString("{}"));
        if (!user.isEmpty()) {
            byte[] credentials = (user + ":secret").getBytes(StandardCharsets.UTF_8);
            request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(credentials));
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    private int start(String access) {
        var context = new SpringApplicationBuilder(Secured.class)
                .initializers(one -> {
                    one.getBeanFactory().registerSingleton("fakeReplica", fake);
                    one.getBeanFactory().registerSingleton("replica", fake.replica());
                    one.getBeanFactory().registerSingleton("transport", Mockito.mock(Transport.class));
                })
                .run(
                        "--server.port=0",
                        "--management.endpoints.web.exposure.include=health,raft",
                        "--management.endpoint.raft.access=" + access,
                        "--management.endpoint.health.show-details=always",
                        "--spring.main.banner-mode=off");
        running.add(context);
        return Objects.requireNonNull(((WebServerApplicationContext) context).getWebServer())
                .getPort();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableWebSecurity
    @Import(RaftActuatorTests.Application.class)
    static class Secured {
        @Bean
        SecurityFilterChain chain(HttpSecurity http) {
            return http.httpBasic(Customizer.withDefaults())
                    .csrf(csrf -> csrf.disable())
                    .authorizeHttpRequests(requests -> requests.anyRequest().hasRole("RAFT_ADMIN"))
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
