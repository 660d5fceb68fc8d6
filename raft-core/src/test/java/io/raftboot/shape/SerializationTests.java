package io.raftboot.shape;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes from outside names no class: not by Java's serialization, not by Jackson's types, nor by the parsers of others. */
class SerializationTests {
    private static final Pattern BY_NAME_OF_A_CLASS = Pattern.compile("\\bObjectInputStream\\b|\\bXMLDecoder\\b"
            + "|\\b(activate|enable)DefaultTyping|\\bsetDefaultTyping\\b|\\bJsonTypeInfo\\.Id\\.(CLASS|MINIMAL_CLASS)\\b"
            + "|\\bPolymorphicTypeValidator\\b|\\bSnakeYaml\\b|\\bXStream\\b|\\bClass\\.forName\\(");

    private static boolean isByNameOfAClass(String source) {
        return BY_NAME_OF_A_CLASS.matcher(source).find();
    }

    @Test
    void nothingIsDeserialisedByTheNameOfItsClass() throws IOException {
        var found = new ArrayList<String>();
        int read = 0;
        for (String module :
                List.of("raft-core", "raft-spring-boot-autoconfigure", "raft-tools", "raft-spring-boot-test")) {
            try (var files = Files.walk(Path.of("..", module, "src", "main", "java"))) {
                for (Path file :
                        files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    read++;
                    if (isByNameOfAClass(Files.readString(file))) {
                        found.add(file.getFileName().toString());
                    }
                }
            }
        }
        assertThat(read).isGreaterThan(400);
        assertThat(found).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "new ObjectInputStream(in)",
                "mapper.activateDefaultTyping(validator)",
                "@JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)",
                "Class.forName(name)"
            })
    void eachWayToDoSoIsFound(String source) {
        assertThat(isByNameOfAClass(source)).isTrue();
    }
}
