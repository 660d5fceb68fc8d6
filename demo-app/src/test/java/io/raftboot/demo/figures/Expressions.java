package io.raftboot.demo.figures;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The expressions of the dashboard and of the alert rules, by where they stand, and what they name. */
final class Expressions {
    static final Path DIRECTORY = Path.of("..", "docs", "operations");

    private static final Pattern SELECTOR = Pattern.compile("\\b(raft_\\w+)(?:\\{([^}]*)})?");
    private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(?:=~|!~|!=|=)");
    private static final Pattern GROUPING = Pattern.compile("\\b(?:by|without|on|ignoring)\\s*\\(([^)]*)\\)");
    private static final Pattern WORD = Pattern.compile("[A-Za-z_][A-Za-z0-9_:]*");
    private static final Set<String> LANGUAGE =
            Set.of("sum", "min", "max", "rate", "increase", "by", "and", "or", "unless", "on", "ignoring", "without");

    /** What Prometheus adds to whatever it scrapes. */
    private static final Set<String> ADDED = Set.of("instance", "job");

    private Expressions() {}

    static Map<String, String> ofDashboard() throws IOException {
        JsonNode dashboard = JsonMapper.shared().readTree(Files.readString(DIRECTORY.resolve("raft-dashboard.json")));
        var found = new TreeMap<String, String>();
        for (JsonNode panel : dashboard.get("panels")) {
            JsonNode targets = panel.path("targets");
            for (int i = 0; i < targets.size(); i++) {
                found.put(
                        "panel '" + panel.get("title").asString() + "', query " + (i + 1),
                        targets.get(i).get("expr").asString());
            }
        }
        return found;
    }

    @SuppressWarnings("unchecked")
    static Map<String, String> ofRules() throws IOException {
        var found = new TreeMap<String, String>();
        Map<String, List<Map<String, Object>>> file =
                new Yaml().load(Files.readString(DIRECTORY.resolve("raft-alerts.yml")));
        for (Map<String, Object> group : file.getOrDefault("groups", List.of())) {
            for (Map<String, Object> rule : (List<Map<String, Object>>) group.getOrDefault("rules", List.of())) {
                found.put("rule " + rule.get("alert"), String.valueOf(rule.get("expr")));
            }
        }
        return found;
    }

    /** Whatever the expression names that is not in the scrape, or that is no word of the language. */
    static Set<String> unknown(String expression, Map<String, Set<String>> labelsByMetric) {
        var unknown = new TreeSet<String>();
        var labels = new TreeSet<String>(ADDED);
        var selectors = SELECTOR.matcher(expression);
        while (selectors.find()) {
            String metric = selectors.group(1);
            Set<String> known = labelsByMetric.get(metric);
            if (known == null) {
                unknown.add("the metric " + metric);
                continue;
            }
            labels.addAll(known);
            String matchers = selectors.group(2);
            var matcher = MATCHER.matcher(matchers == null ? "" : matchers);
            while (matcher.find()) {
                if (!known.contains(matcher.group(1)) && !ADDED.contains(matcher.group(1))) {
                    unknown.add("the label " + matcher.group(1) + " of " + metric);
                }
            }
        }
        var groupings = GROUPING.matcher(expression);
        while (groupings.find()) {
            for (String label : groupings.group(1).split(",", -1)) {
                if (!labels.contains(label.strip())) {
                    unknown.add("the label " + label.strip());
                }
            }
        }
        String rest =
                GROUPING.matcher(SELECTOR.matcher(expression).replaceAll(" ")).replaceAll(" ");
        var words = WORD.matcher(rest.replaceAll("\\[[^]]*]", " "));
        while (words.find()) {
            if (!LANGUAGE.contains(words.group())) {
                unknown.add("the word " + words.group());
            }
        }
        return unknown;
    }
}
