package io.raftboot.autoconfigure.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.api.event.EventSeverity;
import io.raftboot.api.event.EventType;
import io.raftboot.api.event.MemberEvents;
import io.raftboot.autoconfigure.http.Json;
import io.raftboot.autoconfigure.members.DriftShape;
import io.raftboot.autoconfigure.members.DriftWatch;
import io.raftboot.autoconfigure.members.EventsShape;
import io.raftboot.autoconfigure.members.MembersShape;
import io.raftboot.autoconfigure.stream.SseFrame;
import io.raftboot.autoconfigure.stream.StreamSender;
import io.raftboot.testing.FakeMembership;
import io.raftboot.testing.FakeReplica;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The description says what the calls do. */
class OpenApiTests {
    private static final String NAMED = "those that there are: ";
    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete");

    private final JsonNode description = Json.read(ReplicaCalls.description());
    private final List<Route> routes =
            AdminHandlerTests.handler(FakeReplica.of(Map.of())).routes();

    @Test
    void eachCallIsDescribedAndNoOther() {
        var described = new TreeSet<String>();
        description.get("paths").properties().forEach(path -> path.getValue().propertyNames().stream()
                .filter(METHODS::contains)
                .forEach(method -> described.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
        assertThat(described)
                .containsExactlyInAnyOrderElementsOf(routes.stream()
                        .map(route -> route.method() + " /" + route.path())
                        .toList());
    }

    @Test
    void eachCallHasItsParametersBodyAndAnswers() {
        for (Route route : routes) {
            String method = route.method().toLowerCase(Locale.ROOT);
            JsonNode path = description.get("paths").get("/" + route.path());
            JsonNode call = path.get(method);
            var parameters = new TreeSet<String>();
            call.path("parameters").values().forEach(parameter -> {
                JsonNode resolved = resolve(parameter);
                if (resolved.get("in").asString().equals("query")) {
                    parameters.add(resolved.get("name").asString());
                }
            });
            assertThat(parameters).as(route.path()).isEqualTo(new TreeSet<>(route.parameters()));
            assertThat(call.has("requestBody")).as(method + " " + route.path()).isEqualTo(route.takesBody());
            assertThat(call.get("responses").propertyNames())
                    .as(method + " " + route.path())
                    .contains("401", "403")
                    .containsAnyOf("200", "202");
            assertThat(path.path("parameters").isMissingNode())
                    .isEqualTo(!route.path().contains("{id}"));
        }
    }

    /** A field that there is not is refused in words that name those that there are. */
    @Test
    void bodiesHaveTheFieldsThatAreRead() {
        for (Route route : routes) {
            JsonNode schema = call(route).at("/requestBody/content/application~1json/schema");
            if (!route.takesBody()) {
                continue;
            }
            assertThat(fieldsRead(route, "{\"nosuch\":1}"))
                    .as(route.path())
                    .isEqualTo(new TreeSet<>(schema.path("properties").propertyNames()));
            schema.path("properties").properties().forEach(property -> {
                JsonNode items = property.getValue().at("/items/properties");
                if (!items.isMissingNode()) {
                    assertThat(fieldsRead(route, "{\"" + property.getKey() + "\":[{\"nosuch\":1}]}"))
                            .as(route.path() + " " + property.getKey())
                            .isEqualTo(new TreeSet<>(items.propertyNames()));
                }
            });
        }
    }

    private Set<String> fieldsRead(Route route, String body) {
        String detail = send(route, null, "application/json", body.getBytes(UTF_8))
                .get("detail")
                .asString();
        assertThat(detail).contains("there is no field 'nosuch'");
        var named = new TreeSet<String>();
        int at = detail.indexOf(NAMED);
        if (at >= 0) {
            named.addAll(List.of(detail.substring(at + NAMED.length()).split(", ")));
        }
        return named;
    }

    /** Whatever is sent, the status of the answer is one that is described. */
    @Test
    void problemsHaveAStatusThatIsDescribed() {
        for (Route route : routes) {
            var written = "{\"nosuch\":1}".getBytes(UTF_8);
            var statuses = List.of(
                    send(route, "nosuch=1", null, new byte[0]),
                    send(route, null, "application/json", written),
                    send(route, null, "text/plain", written),
                    send(route, null, "application/json", new byte[AdminRequest.MAX_BODY_BYTES + 1]));
            var described = call(route).get("responses");
            assertThat(described.has("default")).as(route.path()).isTrue();
            assertThat(statuses)
                    .extracting(problem -> problem.get("status").asInt())
                    .contains(400)
                    .allSatisfy(status -> {
                        boolean isNamed = description
                                .at("/components/responses/Other/description")
                                .asString()
                                .contains(status + " for");
                        assertThat(isNamed || described.has(Integer.toString(status)))
                                .as(route.path() + " " + status)
                                .isTrue();
                    });
        }
    }

    private JsonNode call(Route route) {
        return description
                .get("paths")
                .get("/" + route.path())
                .get(route.method().toLowerCase(Locale.ROOT));
    }

    private static JsonNode send(Route route, @Nullable String query, @Nullable String type, byte[] body) {
        var answer = AdminHandlerTests.handler(FakeReplica.of(Map.of()))
                .handle(new AdminRequest(
                        route.method(),
                        "/raft/admin",
                        route.path().replace("{id}", "1"),
                        query,
                        new AdminRequest.Content(type, body),
                        AdminRequest.Headers.NONE,
                        ""))
                .join();
        return Json.read(answer.bytes());
    }

    @Test
    void schemasHaveTheFieldsThatAreWritten() {
        var view = FakeMembership.changing();
        var shape = Json.read(Json.write(MembersShape.view(view)));
        var shapes = new HashMap<String, JsonNode>(Map.of(
                "Configuration", shape,
                "Member", shape.at("/members/0"),
                "Change", shape.get("change"),
                "Step", shape.at("/change/steps/0"),
                "Joining", shape.at("/joining/0")));
        var drift = new DriftWatch(new DriftWatch.Configured(1, "default", false, List.of()), FakeMembership::new, 0)
                .of(view);
        shapes.put("Drift", Json.read(Json.write(DriftShape.of(drift, "/raft/admin"))));
        var happened = FakeReplica.of(Map.of()).happened;
        happened.note(EventType.LIFE, 1, "started");
        var page = happened.after(0);
        var events = EventsShape.head(page);
        events.put("events", List.of());
        shapes.put("Events", Json.read(Json.write(events)));
        shapes.put("Event", Json.read(Json.write(EventsShape.event(page.events().get(0)))));
        var problem = AdminHandlerTests.handler(FakeReplica.of(Map.of()))
                .handle(new AdminRequest(
                        "POST",
                        "/raft/admin",
                        "members",
                        null,
                        new AdminRequest.Content(null, new byte[] {'['}),
                        AdminRequest.Headers.NONE,
                        ""))
                .join();
        shapes.put("Problem", Json.read(problem.bytes()));
        shapes.forEach((name, written) -> assertThat(description
                        .at("/components/schemas/" + name + "/properties")
                        .propertyNames())
                .as(name)
                .containsExactlyInAnyOrderElementsOf(written.propertyNames()));
    }

    @Test
    void typesAndSeveritiesOfEventsAreThoseThatThereAre() {
        var types = Arrays.stream(EventType.values()).map(EventType::word).toList();
        assertThat(words("/components/schemas/Event/properties/type/enum")).isEqualTo(types);
        assertThat(words("/paths/~1events/get/parameters/2/schema/items/enum")).isEqualTo(types);
        assertThat(words("/components/schemas/Event/properties/severity/enum"))
                .isEqualTo(Arrays.stream(EventSeverity.values())
                        .map(EventSeverity::word)
                        .toList());
        assertThat(description.at("/paths/~1events/get/responses/200/content").propertyNames())
                .containsExactlyInAnyOrder("application/json", SseFrame.TYPE);
    }

    @Test
    void manualHasEachTypeOfEvents() throws IOException {
        String manual = Files.readString(Path.of("../docs/operations.md"));
        String table =
                manual.substring(manual.indexOf("| type | what happened |"), manual.indexOf("`severity` is `info`"));
        assertThat(Pattern.compile("(?m)^\\| `([a-z-]+)` \\|")
                        .matcher(table)
                        .results()
                        .map(row -> row.group(1)))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(EventType.values()).map(EventType::word).toList());
        assertThat(manual)
                .contains("at most " + String.format(Locale.ROOT, "%,d", MemberEvents.MAX_EVENTS) + " events")
                .contains(StreamSender.MAX_STREAMS + " streams may be open");
    }

    private List<String> words(String pointer) {
        return description.at(pointer).values().stream().map(JsonNode::asString).toList();
    }

    @Test
    void referencesLeadSomewhere() {
        var references = new TreeSet<String>();
        collect(description, references);
        assertThat(references).hasSizeGreaterThan(5).allSatisfy(reference -> assertThat(
                        description.at(reference.substring(1)).isMissingNode())
                .as(reference)
                .isFalse());
    }

    private JsonNode resolve(JsonNode node) {
        return node.has("$ref") ? description.at(node.get("$ref").asString().substring(1)) : node;
    }

    private static void collect(JsonNode node, Set<String> references) {
        if (node.has("$ref")) {
            references.add(node.get("$ref").asString());
        }
        node.values().forEach(child -> collect(child, references));
    }
}
