package io.raftboot.autoconfigure.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.raftboot.api.event.EventType;
import io.raftboot.api.report.GroupReport;
import io.raftboot.api.report.PeerReport.Answer;
import io.raftboot.autoconfigure.admin.RawHttp;
import io.raftboot.testing.FakeReplica;
import io.raftboot.testing.FakeReports;
import io.raftboot.testing.StreamReader;
import io.raftboot.transport.Transport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.Mockito;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The page and its data on a server, with the application's security and without any. */
abstract class ConsoleOverHttp {
    private static final List<String> PATHS = List.of(
            "/raft/console",
            "/raft/console/data",
            "/raft/console/events",
            "/raft/console/token",
            "/raft/console/console.js",
            "/raft/console/nothing");

    private final FakeReplica fake = FakeReplica.of(Map.of());
    private final WebApplicationType type;
    private final Class<?> open;
    private final Class<?> secured;
    private final String contextPath;
    private @Nullable ConfigurableApplicationContext running;

    /**
     * @param open an application without security
     * @param secured one in which ada has the role, bob another, and nobody is let through to the page
     * @param contextPath the property that puts a path before all others
     */
    ConsoleOverHttp(WebApplicationType type, Class<?> open, Class<?> secured, String contextPath) {
        this.type = type;
        this.open = open;
        this.secured = secured;
        this.contextPath = contextPath;
    }

    @AfterEach
    void stop() {
        if (running != null) {
            running.close();
        }
    }

    private void start(Class<?> application, String... properties) {
        var arguments = new ArrayList<>(List.of(properties));
        arguments.add("--server.port=0");
        if (arguments.stream().noneMatch(argument -> argument.startsWith("--raft.console.enabled"))) {
            arguments.add("--raft.console.enabled=true");
        }
        arguments.add("--spring.main.banner-mode=off");
        running = new SpringApplicationBuilder(application)
                .web(type)
                .initializers(one -> {
                    one.getBeanFactory().registerSingleton("replica", fake.replica());
                    one.getBeanFactory().registerSingleton("transport", Mockito.mock(Transport.class));
                })
                .run(arguments.toArray(String[]::new));
    }

    private RawHttp server() {
        var environment = Objects.requireNonNull(running).getEnvironment();
        return new RawHttp(Integer.parseInt(Objects.requireNonNull(environment.getProperty("local.server.port"))));
    }

    private StreamReader live(String path) throws IOException {
        var environment = Objects.requireNonNull(running).getEnvironment();
        return new StreamReader(
                Integer.parseInt(Objects.requireNonNull(environment.getProperty("local.server.port"))), path, null);
    }

    private RawHttp.Answer get(String path) throws IOException {
        return server().send("GET", path, "");
    }

    private JsonNode data() throws IOException {
        var answer = get("/raft/console/data");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.head()).contains("content-type: application/json", "cache-control: no-store");
        return JsonMapper.shared().readTree(answer.body().getBytes(UTF_8));
    }

    @Test
    void nothingIsServedUnlessItIsWanted() throws IOException {
        start(open, "--raft.console.enabled=false", "--raft.admin.enabled=true");
        for (String path : PATHS) {
            assertThat(get(path).status()).as(path).isEqualTo(404);
        }
        assertThat(fake.reports.kept).as("nobody pays for what nobody sees").isFalse();
    }

    @Test
    void pageAnswersItselfAndItsFilesAreKeptAsLongAsTheyAreTheSame() throws IOException {
        start(open);
        var page = get("/raft/console");
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.head()).contains("content-type: text/html;charset=utf-8");
        assertThat(page.body()).startsWith("<!doctype html>");
        assertThat(fake.reports.kept).isTrue();
        for (String name : ConsoleFiles.TYPES.keySet()) {
            String path = name.equals(ConsoleFiles.PAGE) ? "/raft/console" : "/raft/console/" + name;
            var file = get(path);
            assertThat(file.status()).as(path).isEqualTo(200);
            assertThat(file.body()).isNotEmpty();
            assertThat(file.head()).contains("cache-control: no-cache");
            var tag = Pattern.compile("etag: (\"\\w+\")").matcher(file.head());
            assertThat(tag.find()).as(path).isTrue();
            var again = server().with("If-None-Match", tag.group(1)).send("GET", path, "");
            assertThat(again.status()).isEqualTo(304);
            assertThat(again.body()).isEmpty();
            assertThat(server().with("If-None-Match", "\"other\"")
                            .send("GET", path, "")
                            .status())
                    .isEqualTo(200);
            assertThat(server().send("HEAD", path, "").body()).isEmpty();
        }
        assertThat(get("/raft/console/page.html").status()).isEqualTo(404);
        assertThat(get("/raft/console/package-info.class").status()).isEqualTo(404);
        assertThat(get("/io/raftboot/autoconfigure/console/console.js").status())
                .as("nobody else serves it")
                .isEqualTo(404);
    }

    @Test
    void slashBehindThePageLeadsToItWhateverStandsBefore() throws IOException {
        start(open);
        var moved = get("/raft/console/");
        assertThat(moved.status()).isEqualTo(308);
        assertThat(moved.head()).contains("location: ../console\r\n");
    }

    @Test
    void eachAnswerSaysThatNothingFromElsewhereMayRun() throws IOException {
        start(open);
        for (String path : PATHS) {
            assertThat(get(path).head())
                    .as(path)
                    .contains(
                            "content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src"
                                    + " 'self'; connect-src 'self';",
                            "x-content-type-options: nosniff",
                            "referrer-policy: no-referrer")
                    .doesNotContain("unsafe");
        }
    }

    @Test
    void pageOfAnApplicationWithAPathOfItsOwnIsThere() throws IOException {
        start(open, "--" + contextPath + "=/app");
        assertThat(get("/app/raft/console").status()).isEqualTo(200);
        assertThat(get("/app/raft/console/console.js").status()).isEqualTo(200);
        assertThat(get("/app/raft/console/data").status()).isEqualTo(200);
        assertThat(get("/raft/console").status()).isEqualTo(404);
    }

    @Test
    void nothingCanBeWritten() throws IOException {
        start(open);
        for (String method : List.of("POST", "PUT", "DELETE", "PATCH")) {
            var answer = server().send(method, "/raft/console/data", "{}");
            assertThat(answer.status()).as(method).isEqualTo(405);
            assertThat(answer.head()).contains("allow: get, head");
            assertThat(answer.body()).contains("changes are made by /raft/admin");
        }
    }

    @Test
    void oneMembersPageTellsOfAllAndWhichDidNotAnswer() throws IOException {
        start(open);
        fake.reports.group = new GroupReport(
                FakeReports.report(1, "no leader is known"),
                List.of(FakeReports.peer(2, Answer.SILENT), FakeReports.peer(3, Answer.OLDER)));
        var data = data();
        assertThat(data.get("self").asLong()).isEqualTo(1);
        var members = data.get("members");
        assertThat(members).hasSize(3);
        assertThat(members.get(0).get("answer").asString()).isEqualTo("own");
        assertThat(members.get(0).get("report").get("trouble").asString()).isEqualTo("no leader is known");
        assertThat(members.get(0).get("address").asString()).isEqualTo("node1:7401");
        var silent = members.get(1);
        assertThat(silent.get("answer").asString()).isEqualTo("silent");
        assertThat(silent.get("silentMillis").asLong()).isEqualTo(9_000);
        assertThat(silent.get("ageMillis").asLong()).isEqualTo(12_000);
        assertThat(silent.get("why").asString()).isEqualTo("no answer within 1 s");
        assertThat(silent.get("report").get("links").get(1).get("why").asString())
                .isEqualTo("connection refused");
        assertThat(members.get(2).get("answer").asString()).isEqualTo("older");
        assertThat(members.get(2).get("report").isNull()).isTrue();
        assertThat(data.get("verdict").get("level").asString()).isEqualTo("broken");
        assertThat(data.get("history").get("ageMillis").asLong()).isEqualTo(100);
        assertThat(data.get("history").get("commands").get("count")).hasSize(2);
        assertThat(data.get("drift").has("operation"))
                .as("a page that changes nothing names no call that does")
                .isFalse();
    }

    @Test
    void whatWasWrittenInCommandsIsShownOnlyWhereItIsWanted() throws IOException {
        start(open);
        var answer = get("/raft/console/data").body();
        assertThat(answer).contains("\"command\":\"put\"").doesNotContain("payload\"", "secret");
        stop();
        start(open, "--raft.console.show-payloads=true");
        assertThat(data().get("entries").get(0).get("payload").asString()).isEqualTo("the secret·");
    }

    @Test
    void entriesThatNobodyTellsKeepTheRestFromNobody() throws IOException {
        start(open);
        fake.reports.entriesHang = true;
        var data = data();
        assertThat(data.get("entries").isNull()).isTrue();
        assertThat(data.get("members")).hasSize(3);
    }

    @Test
    void manyPagesAreOneQuestion() throws IOException {
        start(open);
        for (int page = 0; page < 20; page++) {
            var unused = data();
        }
        assertThat(fake.reports.asked.get()).isLessThan(20);
    }

    @Test
    void memberThatCannotTellHowAllAreSaysSo() throws IOException {
        start(open);
        fake.membershipFailure = new IllegalStateException("the member hangs");
        var answer = get("/raft/console/data");
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.body()).contains("the member hangs");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "X-Forwarded-For | 127.0.0.1 | through a proxy",
                "Host | evil.example | 'evil.example'",
            })
    void withoutSecurityCallersThatMayBeElsewhereAreRefused(String header, String value, String why)
            throws IOException {
        start(open);
        for (String path : PATHS) {
            var answer = server().with(header, value).send("GET", path, "");
            assertThat(answer.status()).as(path).isEqualTo(403);
            assertThat(answer.head()).contains("content-type: application/problem+json");
            assertThat(answer.body()).contains(why);
        }
    }

    @Test
    void whoIsLetInFromElsewhereIsSo() throws IOException {
        start(open, "--raft.admin.allow-remote=true");
        assertThat(server().with("Host", "node1.example")
                        .send("GET", "/raft/console", "")
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "false"})
    void withSecurityAllOfItIsForThoseWhoHaveTheRole(String admin) throws IOException {
        start(secured, "--raft.admin.enabled=" + admin);
        for (String path : PATHS) {
            assertThat(get(path).status()).as(path + " of nobody").isEqualTo(401);
            assertThat(server().as("bob").send("GET", path, "").status())
                    .as(path + " of bob")
                    .isEqualTo(403);
            assertThat(server().as("ada").send("GET", path, "").status())
                    .as(path + " of ada")
                    .isEqualTo(path.endsWith("nothing") ? 404 : 200);
        }
    }

    @Test
    void streamTellsHowAllAreAndWhatHappens() throws IOException {
        start(open, "--" + contextPath + "=/app");
        fake.happened.warning(EventType.DISK, 1, "before the page was opened");
        try (var page = live("/app/raft/console/live")) {
            assertThat(page.head().get(0)).contains(" 200");
            assertThat(page.head())
                    .contains("cache-control: no-store", "x-accel-buffering: no")
                    .anyMatch(line -> line.startsWith("content-security-policy: default-src 'none'"))
                    .anyMatch(line -> line.startsWith("content-type: text/event-stream"));
            assertThat(page.await("event: ")).isEqualTo("event: events");
            assertThat(page.await("data: ")).contains("before the page was opened");
            assertThat(page.await("event: ")).isEqualTo("event: history");
            assertThat(page.await("data: ")).contains("\"commands\"");
            assertThat(page.await("event: ")).isEqualTo("event: present");
            assertThat(page.await("data: ")).contains("\"self\":1").doesNotContain("\"history\"", "secret");
            fake.happened.warning(EventType.DISK, 1, "while it is open");
            assertThat(page.await("while it is open")).doesNotContain("before the page was opened");
            fake.membershipFailure = new IllegalStateException("the member hangs");
            page.await("event: failure");
            assertThat(page.await("data: ")).contains("the member hangs");
            fake.membershipFailure = null;
            page.await("event: present");
        }
    }

    @Test
    void streamsAreOneQuestionHoweverManyPagesAreOpen() throws IOException {
        start(open);
        try (var first = live("/raft/console/live");
                var second = live("/raft/console/live");
                var third = live("/raft/console/live")) {
            for (int at = 0; at < 3; at++) {
                first.await("event: present");
                second.await("event: present");
                third.await("event: present");
            }
            assertThat(fake.reports.asked.get())
                    .as("each page has been told thrice")
                    .isLessThan(9);
        }
    }

    @Test
    void everythingThatHappenedCanBeAskedForAtOnce() throws IOException {
        start(open);
        for (long member = 1; member <= 300; member++) {
            fake.happened.warning(EventType.DISK, member, "number " + member);
        }
        assertThat(get("/raft/console/events").body()).contains("number 1\"", "number 300\"");
        try (var page = live("/raft/console/live")) {
            assertThat(page.await("data: ")).contains("number 300\"").doesNotContain("number 100\"");
        }
    }

    @Test
    void applicationWithoutSecurityWantsNoToken() throws IOException {
        start(open);
        assertThat(get("/raft/console/token").body()).isEqualTo("{\"header\":null,\"token\":null,\"bare\":null}");
    }

    @Test
    void whatTheApplicationWantsWithAChangeIsToldToThoseWhoMayMakeIt() throws IOException {
        start(secured, "--raft.admin.enabled=true", "--csrf=true");
        var refused = server().as("bob").send("GET", "/raft/console/token", "");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(server().send("GET", "/raft/console/token", "").head() + refused.head())
                .as("no session is begun for who may not see it")
                .doesNotContain("set-cookie");
        assertThat(server().as("ada")
                        .send("POST", "/raft/admin/step-down", "{}")
                        .status())
                .as("without a token")
                .isEqualTo(403);
        var told = server().as("ada").send("GET", "/raft/console/token", "");
        var token = JsonMapper.shared().readTree(told.body().getBytes(UTF_8));
        var session = Pattern.compile("set-cookie: ([^;]+);", Pattern.CASE_INSENSITIVE)
                .matcher(told.original());
        assertThat(session.find()).isTrue();
        assertThat(server().as("ada")
                        .with("Cookie", session.group(1))
                        .with(token.get("header").asString(), token.get("token").asString())
                        .send("POST", "/raft/admin/snapshot", "{}")
                        .status())
                .isEqualTo(200);
    }

    /** It compares what comes in a header with the token without its mask. */
    @Test
    void applicationForPagesWithScriptsIsSentTheBareToken() throws IOException {
        assumeTrue(type == WebApplicationType.SERVLET, "Spring Security has this for servlets alone");
        start(secured, "--raft.admin.enabled=true", "--csrf=spa");
        var told = server().as("ada").send("GET", "/raft/console/token", "");
        var token = JsonMapper.shared().readTree(told.body().getBytes(UTF_8));
        var cookie = Pattern.compile("set-cookie: ([^;\r]+)", Pattern.CASE_INSENSITIVE)
                .matcher(told.original());
        assertThat(cookie.find()).isTrue();
        for (String way : List.of("token", "bare")) {
            assertThat(server().as("ada")
                            .with("Cookie", cookie.group(1))
                            .with(token.get("header").asString(), token.get(way).asString())
                            .send("POST", "/raft/admin/snapshot", "{}")
                            .status())
                    .as(way)
                    .isEqualTo(way.equals("bare") ? 200 : 403);
        }
    }

    @Test
    void pageKnowsWhetherWhatItOffersToDoIsServed() throws IOException {
        start(open);
        assertThat(data().get("acts").asBoolean()).isFalse();
        stop();
        start(open, "--raft.admin.enabled=true");
        assertThat(data().get("acts").asBoolean()).isTrue();
    }
}
