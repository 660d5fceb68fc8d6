package io.raftboot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.util.ClassUtils;

/** What an editor shows of the properties is what the code says. */
class MetadataTests {
    private static final Path SOURCE = Path.of("src/main/java/io/raftboot/autoconfigure/RaftProperties.java");

    @Test
    void eachPropertyHasTypeAndDefaultOfTheCode() throws IOException {
        var metadata = metadata();
        var components = components("raft", RaftProperties.class);
        assertThat(components).hasSizeGreaterThan(35);
        components.forEach((name, component) -> {
            Map<String, Object> described = of(metadata, name);
            String type = component.getType().isPrimitive()
                    ? ClassUtils.resolvePrimitiveIfNecessary(component.getType())
                            .getName()
                    : component.getGenericType().getTypeName();
            assertThat(described.get("type")).as(name).isEqualTo(type);
            DefaultValue written = defaultOf(component);
            Object expected = written == null || written.value().length == 0 ? null : written.value()[0];
            Object shown = described.get("defaultValue");
            assertThat(shown == null ? null : String.valueOf(shown)).as(name).isEqualTo(expected);
        });
        assertThat(metadata.keySet().stream()
                        .filter(name -> String.valueOf(of(metadata, name).get("sourceType"))
                                .startsWith(RaftProperties.class.getName())))
                .containsExactlyInAnyOrderElementsOf(components.keySet());
    }

    @Test
    void eachPropertyHasTheDescriptionOfItsOwnComponent() throws IOException {
        var metadata = metadata();
        String source = Files.readString(SOURCE);
        var seen = new HashSet<String>();
        components("raft", RaftProperties.class).forEach((name, component) -> {
            String description = String.valueOf(of(metadata, name).get("description"));
            var written = Pattern.compile(
                            "@param +" + component.getName() + " +((?:(?!@param|\\*/).)*)", Pattern.DOTALL)
                    .matcher(source);
            var candidates = written.results()
                    .map(found ->
                            found.group(1).replaceAll("\\s*\\n\\s*\\*\\s*", " ").trim())
                    .toList();
            assertThat(candidates).as(name).contains(description);
            assertThat(seen.add(description)).as(name + ": " + description).isTrue();
        });
    }

    @Test
    void eachWordOfAnEnumIsAHint() throws IOException {
        String text = read(ownMetadata());
        components("raft", RaftProperties.class).forEach((name, component) -> {
            if (component.getType().isEnum()) {
                for (Object constant : component.getType().getEnumConstants()) {
                    String word = DataObjectPropertyName.toDashedForm(
                            ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-'));
                    assertThat(text).as(name).contains("\"value\": \"" + word + "\"");
                }
            }
        });
    }

    private static @Nullable DefaultValue defaultOf(RecordComponent component) {
        for (var parameter :
                component.getDeclaringRecord().getDeclaredConstructors()[0].getParameters()) {
            if (parameter.getName().equals(component.getName())) {
                return parameter.getAnnotation(DefaultValue.class);
            }
        }
        throw new AssertionError(component + " is no parameter");
    }

    private static Map<String, RecordComponent> components(String prefix, Class<?> type) {
        var found = new LinkedHashMap<String, RecordComponent>();
        for (RecordComponent component : type.getRecordComponents()) {
            String name = prefix + "." + DataObjectPropertyName.toDashedForm(component.getName());
            if (component.getType().getEnclosingClass() == RaftProperties.class) {
                found.putAll(components(name, component.getType()));
            } else {
                found.put(name, component);
            }
        }
        return found;
    }

    private static Map<String, Object> of(Map<String, Map<String, Object>> metadata, String name) {
        return Objects.requireNonNull(metadata.get(name), name);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Map<String, Object>> metadata() throws IOException {
        var parsed = JsonParserFactory.getJsonParser().parseMap(read(ownMetadata()));
        var byName = new LinkedHashMap<String, Map<String, Object>>();
        for (Object property : (List<?>) Objects.requireNonNull(parsed.get("properties"))) {
            var described = (Map<String, Object>) property;
            byName.put(String.valueOf(described.get("name")), described);
        }
        return byName;
    }

    private static URL ownMetadata() throws IOException {
        for (URL file : Collections.list(
                MetadataTests.class.getClassLoader().getResources("META-INF/spring-configuration-metadata.json"))) {
            if (read(file).contains(RaftProperties.class.getName())) {
                return file;
            }
        }
        throw new AssertionError("there is no metadata");
    }

    private static String read(URL file) throws IOException {
        try (var in = file.openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
