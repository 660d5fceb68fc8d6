package io.raftboot.demo.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the image of {@code -Pimage} says of its process is what the manifests rest on. */
@EnabledIfSystemProperty(named = "raft.image.tar", matches = ".+")
class ImageProcessTests {
    private static final int BLOCK = 512;
    private static final int NAME_LENGTH = 100;
    private static final int SIZE_OFFSET = 124;
    private static final int SIZE_LENGTH = 11;

    private final Manifests manifests = Manifests.read();

    @Test
    void processIsJavaItselfAndNotRoot() throws IOException {
        var files = jsonFiles(Path.of(System.getProperty("raft.image.tar", "")));
        JsonNode manifest = read(files, "manifest.json").get(0);
        JsonNode container = read(files, manifest.get("Config").asString()).get("config");
        List<String> entrypoint = strings(container.get("Entrypoint"));
        // By itself, so that a signal reaches it: neither a shell nor a word for one to split.
        assertThat(entrypoint.get(0)).isEqualTo("java");
        assertThat(entrypoint)
                .contains("-cp", "io.raftboot.demo.DemoApplication")
                .noneMatch(word -> word.endsWith("sh"));
        assertThat(container.path("Cmd").isNull() || container.path("Cmd").isEmpty())
                .as("arguments are the pod's")
                .isTrue();
        var security = manifests
                .only(StatefulSet.class)
                .getSpec()
                .getTemplate()
                .getSpec()
                .getSecurityContext();
        assertThat(container.get("User").asString())
                .isEqualTo(security.getRunAsUser() + ":" + security.getRunAsGroup());
        assertThat(List.copyOf(container.get("ExposedPorts").propertyNames()))
                .containsExactlyInAnyOrder(
                        manifests.port("http") + "/tcp",
                        manifests.port("management") + "/tcp",
                        manifests.port("raft") + "/tcp");
    }

    private static JsonNode read(Map<String, String> files, String name) {
        return JsonMapper.shared().readTree(Objects.requireNonNull(files.get(name), name));
    }

    private static List<String> strings(JsonNode array) {
        List<String> strings = new ArrayList<>();
        array.forEach(each -> strings.add(each.asString()));
        return strings;
    }

    /** Files of an archive whose names end in .json, by their names. */
    private static Map<String, String> jsonFiles(Path archive) throws IOException {
        Map<String, String> files = new HashMap<>();
        try (var in = new DataInputStream(Files.newInputStream(archive))) {
            byte[] header = in.readNBytes(BLOCK);
            while (header.length == BLOCK && header[0] != 0) {
                String name = new String(header, 0, NAME_LENGTH, UTF_8).replaceFirst("\0.*", "");
                long size = Long.parseLong(new String(header, SIZE_OFFSET, SIZE_LENGTH, UTF_8).strip(), 8);
                long padded = (size + BLOCK - 1) / BLOCK * BLOCK;
                if (name.endsWith(".json")) {
                    files.put(name, new String(in.readNBytes((int) padded), 0, (int) size, UTF_8));
                } else {
                    in.skipNBytes(padded);
                }
                header = in.readNBytes(BLOCK);
            }
        }
        return files;
    }
}
