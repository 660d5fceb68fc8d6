package io.raftboot.autoconfigure.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.autoconfigure.members.DriftShape;
import io.raftboot.autoconfigure.members.DriftWatch;
import io.raftboot.autoconfigure.members.MembersShape;
import io.raftboot.testing.FakeMembership;
import io.raftboot.testing.FakeReplica;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The description says what the calls do. */
class OpenApiTests {
    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete");

    private final JsonNode description = Json.read(ReplicaCalls.description());
    private final List<Route> routes =
            AdminHandlerTests.handler(FakeReplica.of(Map.of())).routes();

    @Test
    void eachCallIsDescribedAndNoOther() {
        var described = new TreeSet<String>();
        description.get("paths").properties().forEach(path -> path.getValue().propertyNames().stream()
                .filter(METHODS::contains)
                .forEach(method -> described.add(method.toUpperCase(java.util.Locale.ROOT) + " " + path.getKey())));
        assertThat(described)
                .containsExactlyInAnyOrderElementsOf(routes.stream()
                        .map(route -> route.method() + " /" + route.path())
                        .toList());
    }

    @Test
    void eachCallHasItsParametersBodyAndAnswers() {
        for (Route route : routes) {
            String method = route.method().toLowerCase(java.util.Locale.ROOT);
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
        var problem = AdminHandlerTests.handler(FakeReplica.of(Map.of()))
                .handle(new AdminRequest(
                        "POST",
                        "/raft/admin",
                        "members",
                        null,
                        new AdminRequest.Content(null, new byte[] {'['}),
                        null,
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
