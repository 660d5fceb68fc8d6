package io.raftboot.demo.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.demo.DemoApplication;
import io.raftboot.testing.FreePorts;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** The dashboard and the alert rules name what a member really shows, from its start on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DashboardTests {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern SAMPLE = Pattern.compile("^(raft_\\w+)(?:\\{(.*)})? \\S+$", Pattern.MULTILINE);
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"");
    private static final String MISSING =
            "%s is not on this machine (Debian's package prometheus; -Dprometheus.home=DIRECTORY), so no expression is run by it";

    private final HttpClient client = HttpClient.newHttpClient();
    private ConfigurableApplicationContext application;
    private int port;

    @BeforeAll
    void start(@TempDir Path data) throws Exception {
        application = SpringApplication.run(
                DemoApplication.class,
                "--raft.node-id=1",
                "--raft.peers=1@127.0.0.1:" + FreePorts.some(1).get(0),
                "--raft.data-dir=" + data.resolve("member"),
                "--server.port=0",
                // As without a tracer, which the demo has in tests alone: older releases of Prometheus take no
                // exemplars of a summary.
                "--management.tracing.sampling.probability=0");
        port = Objects.requireNonNull(((WebServerApplicationContext) application).getWebServer())
                .getPort();
        await().atMost(LIMIT).until(() -> scrape().contains("raft_member_lag{"));
    }

    @AfterAll
    void stop() {
        application.close();
    }

    private String send(String method, String path) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, HttpRequest.BodyPublishers.ofString("value"));
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private String scrape() throws Exception {
        return send("GET", "/actuator/prometheus");
    }

    private Map<String, Set<String>> labelsByMetric() throws Exception {
        var found = new TreeMap<String, Set<String>>();
        var samples = SAMPLE.matcher(scrape());
        while (samples.find()) {
            var labels = found.computeIfAbsent(samples.group(1), name -> new TreeSet<>());
            var label = LABEL.matcher(samples.group(2) == null ? "" : samples.group(2));
            while (label.find()) {
                labels.add(label.group(1));
            }
        }
        return found;
    }

    /** Before any call: what is shown only once it has happened is a dashboard that is empty when it is needed. */
    @Test
    void whatTheExpressionsNameIsScraped() throws Exception {
        var labels = labelsByMetric();
        var expressions = new TreeMap<String, String>(Expressions.ofDashboard());
        assertThat(expressions).hasSizeGreaterThan(30);
        assertThat(Expressions.ofRules()).hasSizeGreaterThan(10);
        expressions.putAll(Expressions.ofRules());
        expressions.forEach((place, expression) -> assertThat(Expressions.unknown(expression, labels))
                .as("%s: %s", place, expression)
                .isEmpty());
    }

    @Test
    void expressionThatNamesSomethingElseIsFound() {
        var labels = Map.of("raft_up", Set.of("group"));
        assertThat(Expressions.unknown("sum by (grupe) (rate(raft_ups{group=\"a\"}[1m])) + avrg(up)", labels))
                .containsExactly("the label grupe", "the metric raft_ups", "the word avrg", "the word up");
        assertThat(Expressions.unknown("raft_up{grp=\"a\"}", labels)).containsExactly("the label grp of raft_up");
        assertThat(Expressions.unknown("sum by (group, instance) (raft_up{group=~\"$group\"}) > 3", labels))
                .isEmpty();
    }

    /** The table of what there is names each meter, and no other. */
    @Test
    void tableOfTheMetersIsComplete() throws Exception {
        String table = Files.readString(Path.of("..", "docs", "operations.md"));
        var documented = new TreeSet<String>();
        var rows = Pattern.compile(
                        "^\\| (`raft\\.[a-z.]+`(?:, `raft\\.[a-z.]+`)*) \\| [^|]*(?:timer|counter|gauge|1 or 0|bytes|entries|seconds|index|commands|messages)",
                        Pattern.MULTILINE)
                .matcher(table.substring(table.indexOf("| `raft.commands` | timer")));
        while (rows.find()) {
            for (String name : rows.group(1).split(", ", -1)) {
                documented.add(name.replace("`", "").replace('.', '_'));
            }
        }
        var shown = new TreeSet<String>();
        for (String metric : labelsByMetric().keySet()) {
            shown.add(metric.replaceAll("_(total|seconds|bytes|days|count|sum|max|bucket)", "")
                    .replaceAll("^raft_(command|query)(_active)?$", "raft_observed"));
        }
        shown.remove("raft_observed");
        shown.removeIf(name -> name.startsWith("raft_traced"));
        assertThat(shown).isEqualTo(documented);
    }

    @Test
    void rulesDoWhatTheySay() throws Exception {
        Path promtool = Prometheus.program("promtool");
        assumeThat(promtool).as(MISSING, "promtool").isNotNull();
        Objects.requireNonNull(promtool);
        assertThat(Prometheus.run(Expressions.DIRECTORY, promtool, "check", "rules", "raft-alerts.yml"))
                .isEmpty();
        assertThat(Prometheus.run(Expressions.DIRECTORY, promtool, "test", "rules", "raft-alerts-test.yml"))
                .isEmpty();
    }

    @Test
    void everyPanelHasDataAndNoRuleFires(@TempDir Path directory) throws Exception {
        Path program = Prometheus.program("prometheus");
        assumeThat(program).as(MISSING, "prometheus").isNotNull();
        Objects.requireNonNull(program);
        try (var prometheus =
                new Prometheus(program, directory, FreePorts.some(1).get(0), port)) {
            await().atMost(LIMIT).until(prometheus::isUp);
            var expressions = Expressions.ofDashboard();
            await().atMost(LIMIT).untilAsserted(() -> {
                send("PUT", "/kv/a");
                send("GET", "/kv/a");
                for (var expression : expressions.entrySet()) {
                    String query = expression
                            .getValue()
                            .replace("$__rate_interval", "30s")
                            .replace("$group", ".*");
                    assertThat(prometheus.query(query).size())
                            .as("%s: %s", expression.getKey(), query)
                            .isPositive();
                }
                for (var rule : prometheus.rules()) {
                    assertThat(rule.get("health").asString()).as("%s", rule).isEqualTo("ok");
                    assertThat(rule.get("state").asString()).as("%s", rule).isEqualTo("inactive");
                }
            });
        }
    }
}
