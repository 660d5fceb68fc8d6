package io.raftboot.autoconfigure.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.api.ChangeOptions;
import io.raftboot.api.MemberChange;
import io.raftboot.api.TransferOutcome;
import io.raftboot.autoconfigure.RaftAutoConfiguration;
import io.raftboot.autoconfigure.http.Json;
import io.raftboot.replica.ReplicaStatus;
import io.raftboot.testing.FakeMembership;
import io.raftboot.testing.FakeReplica;
import io.raftboot.transport.Transport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.Mockito;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** The calls on a server, with the application's security and without any. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(OutputCaptureExtension.class)
abstract class AdminOverHttp {
    private final FakeReplica fake = FakeReplica.of(Map.of());
    private final WebApplicationType type;
    private final Class<?> open;
    private final Class<?> secured;
    private final String contextPath;
    private final String hiding;
    private final List<ConfigurableApplicationContext> running = new ArrayList<>();

    /**
     * @param open an application without security
     * @param secured one in which ada has the role, bob another, and the user of nobody is let through to the calls
     * @param contextPath the property that puts a path before all others
     * @param hiding the strategy by which the server believes proxies and tells nobody; empty if it has none
     */
    AdminOverHttp(WebApplicationType type, Class<?> open, Class<?> secured, String contextPath, String hiding) {
        this.type = type;
        this.open = open;
        this.secured = secured;
        this.contextPath = contextPath;
        this.hiding = hiding;
    }

    @BeforeEach
    void reset() {
        fake.membership.reset();
        fake.leader = true;
        fake.disk = new ReplicaStatus.DiskState(1L << 40, false, false);
        fake.transferOutcome = new TransferOutcome.Transferred(2, 4);
    }

    @AfterAll
    void stop() {
        running.forEach(ConfigurableApplicationContext::close);
    }

    private ConfigurableApplicationContext start(Class<?> application, String... properties) {
        var arguments = new ArrayList<>(List.of(properties));
        arguments.add("--server.port=0");
        if (arguments.stream().noneMatch(argument -> argument.startsWith("--raft.admin.enabled"))) {
            arguments.add("--raft.admin.enabled=true");
        }
        arguments.add("--spring.main.banner-mode=off");
        var context = new SpringApplicationBuilder(application)
                .web(type)
                .initializers(one -> {
                    one.getBeanFactory().registerSingleton("replica", fake.replica());
                    one.getBeanFactory().registerSingleton("transport", Mockito.mock(Transport.class));
                })
                .run(arguments.toArray(String[]::new));
        running.add(context);
        return context;
    }

    private static RawHttp to(ConfigurableApplicationContext application) {
        return new RawHttp(Integer.parseInt(
                Objects.requireNonNull(application.getEnvironment().getProperty("local.server.port"))));
    }

    @Test
    void callerOfTheSameMachineIsServed(CapturedOutput output) throws IOException {
        var application = start(open);
        assertThat(output.getAll().split("The application has no security", -1)).hasSize(2);
        var shown = to(application).send("GET", "/raft/admin/members", "");
        assertThat(shown.status()).isEqualTo(200);
        assertThat(shown.head()).contains("content-type: application/json", "cache-control: no-store");
        assertThat(Json.read(shown.body().getBytes(UTF_8)).get("version").asLong())
                .isEqualTo(7);
        var added = to(application)
                .with("Idempotency-Key", "k1")
                .send("POST", "/raft/admin/members", "{\"id\":4,\"address\":\"a:1\"}");
        assertThat(added.status()).isEqualTo(202);
        assertThat(added.head()).contains("location: /raft/admin/changes/17");
        assertThat(fake.membership.options).containsExactly(new ChangeOptions(null, "k1", "127.0.0.1"));
        var problem = to(application).send("POST", "/raft/admin/members", "{");
        assertThat(problem.status()).isEqualTo(400);
        assertThat(problem.head()).contains("content-type: application/problem+json");
        var nothing = to(application).send("GET", "/raft/admin/nothing", "");
        assertThat(nothing.status()).isEqualTo(404);
        assertThat(nothing.head()).contains("content-type: application/problem+json");
        var dry = to(application).send("DELETE", "/raft/admin/members/3?dryRun=true", "");
        assertThat(dry.status()).isEqualTo(200);
        assertThat(fake.membership.plans).containsExactly(new MemberChange.Remove(3));
        assertThat(to(application).send("HEAD", "/raft/admin/members", "").body())
                .isEmpty();
        var large = to(application).send("POST", "/raft/admin/members", " ".repeat(AdminRequest.MAX_BODY_BYTES + 1));
        assertThat(large.status()).isEqualTo(413);
        assertThat(to(application).send("GET", "/raft/admin/openapi.json", "").body())
                .contains("\"openapi\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET | X-Forwarded-For | 127.0.0.1 | through a proxy",
                "GET | X-Forwarded-Host | localhost | through a proxy",
                "GET | Forwarded | for=127.0.0.1 | through a proxy",
                "GET | X-Real-IP | 127.0.0.1 | through a proxy",
                "GET | Host | evil.example | 'evil.example'",
                "GET | Host | localhost.evil.example | 'localhost.evil.example'",
                "POST | Origin | http://evil.example | a page of http://evil.example",
                "POST | Origin | null | a page of null",
                "DELETE | Origin | http://localhost:1 | a page of http://localhost:1"
            })
    void callThatMayBeSomebodyElsesIsNotServed(String method, String header, String value, String why)
            throws IOException {
        var application = running.isEmpty() ? start(open) : running.get(0);
        String path = "/raft/admin/members" + (method.equals("DELETE") ? "/3" : "");
        String body = method.equals("POST") ? "{\"id\":4,\"address\":\"a:1\"}" : "";
        var answer = to(application).with(header, value).send(method, path, body);
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.head()).contains("application/problem+json");
        assertThat(answer.body()).contains(why, "raft.admin.allow-remote=true");
        assertThat(fake.membership.changes).isEmpty();
    }

    @Test
    void pageOfTheSameServerIsServed() throws IOException {
        var application = start(open);
        String origin = "http://localhost:" + application.getEnvironment().getProperty("local.server.port");
        assertThat(to(application)
                        .with("Origin", origin)
                        .send("DELETE", "/raft/admin/members/3", "")
                        .status())
                .isEqualTo(202);
    }

    /** Where the application believes proxies, their headers are gone by the time that the call is reached. */
    @ParameterizedTest
    @ValueSource(strings = {"native", "framework"})
    void headersOfAProxyThatTheApplicationBelievesDoNotMakeACallerLocal(String strategy) throws IOException {
        var application = start(open, "--server.forward-headers-strategy=" + strategy);
        assertThat(to(application).send("GET", "/raft/admin/members", "").status())
                .isEqualTo(strategy.equals(hiding) ? 403 : 200);
        var answer = to(application)
                .with("X-Forwarded-For", "127.0.0.1")
                .with("X-Forwarded-Proto", "http")
                .send("GET", "/raft/admin/members", "");
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.body())
                .contains(strategy.equals(hiding) ? "server.forward-headers-strategy" : "through a proxy");
    }

    @Test
    void allAreServedWhereThePropertySaysSo(CapturedOutput output) throws IOException {
        var application = start(open, "--raft.admin.allow-remote=true", "--" + contextPath + "=/app");
        assertThat(output).contains("WARN").contains("raft.admin.allow-remote=true");
        var answer = to(application)
                .with("X-Forwarded-For", "10.0.0.7")
                .with("Host", "app.example")
                .send("DELETE", "/app/raft/admin/members/3", "");
        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.head()).contains("location: /app/raft/admin/changes/17");
    }

    @Test
    void eachCallIsForThoseWhoHaveTheRole() throws IOException {
        var application = start(secured);
        assertGuarded(application);
        // For want of room on the disk the member is read-only, which opens nothing to anybody.
        fake.disk = new ReplicaStatus.DiskState(1024, true, false);
        assertGuarded(application);
        assertThat(fake.membership.options)
                .allSatisfy(options -> assertThat(options.by()).isEqualTo("ada"));
        assertThat(to(application)
                        .with("X-No-Csrf", "1")
                        .as("ada")
                        .send("GET", "/raft/admin/nothing", "")
                        .status())
                .isEqualTo(404);
        assertThat(to(application)
                        .with("X-No-Csrf", "1")
                        .send("GET", "/raft/admin/nothing", "")
                        .status())
                .isEqualTo(401);
    }

    private int answered(
            ConfigurableApplicationContext application, @Nullable String user, Route route, String path, String body)
            throws IOException {
        var request = to(application).with("X-No-Csrf", "1");
        return (user == null ? request : request.as(user))
                .send(route.method(), path, body)
                .status();
    }

    private void assertGuarded(ConfigurableApplicationContext application) throws IOException {
        var routes = application.getBean(AdminHandler.class).routes();
        assertThat(routes).hasSizeGreaterThan(12);
        for (Route route : routes) {
            String path =
                    "/raft/admin/" + route.path().replace("{id}", route.path().startsWith("changes") ? "17" : "3");
            fake.membership.view = FakeMembership.changing();
            String body = route.example();
            assertThat(answered(application, null, route, path, body))
                    .as(path + " of nobody")
                    .isEqualTo(401);
            assertThat(answered(application, "bob", route, path, body))
                    .as(path + " of bob")
                    .isEqualTo(403);
            assertThat(answered(application, "ada", route, path, body))
                    .as(path + " of ada")
                    // There is no backup here, which is the member's answer and not that of who guards it.
                    .isIn(200, 202, 503);
        }
    }

    @Test
    void writeWithoutTheTokenThatTheApplicationWantsIsItsRefusal() throws IOException {
        var application = start(secured);
        assertThat(to(application)
                        .as("ada")
                        .send("DELETE", "/raft/admin/members/3", "")
                        .status())
                .isEqualTo(403);
        assertThat(to(application)
                        .as("ada")
                        .send("GET", "/raft/admin/members", "")
                        .status())
                .isEqualTo(200);
        assertThat(fake.membership.changes).isEmpty();
    }

    @Test
    void roleIsTheOneOfTheProperty() throws IOException {
        var application = start(secured, "--raft.admin.role=USER");
        assertThat(to(application)
                        .as("bob")
                        .send("GET", "/raft/admin/members", "")
                        .status())
                .isEqualTo(200);
        assertThat(to(application)
                        .as("ada")
                        .send("GET", "/raft/admin/members", "")
                        .status())
                .isEqualTo(403);
    }

    @Test
    void nothingIsServedUnlessItIsWanted() throws IOException {
        var application = start(open, "--raft.admin.enabled=false");
        assertThat(application.getBeanProvider(AdminHandler.class).getIfAvailable())
                .isNull();
        assertThat(to(application).send("GET", "/raft/admin/members", "").status())
                .isEqualTo(404);
        assertThat(application.getBeanProvider(RaftAutoConfiguration.class)).isNotNull();
    }
}
