package io.raftboot.autoconfigure.properties;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.json.JsonParseException;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.util.StreamUtils;

/**
 * The properties under {@code raft} that exist: those that a record of ours binds, and, once they are asked for, those of the
 * metadata of all modules of the application, other people's as well.
 */
final class KnownProperties {
    private static final Logger log = LoggerFactory.getLogger(KnownProperties.class);

    private static final List<String> METADATA = List.of(
            "META-INF/spring-configuration-metadata.json", "META-INF/additional-spring-configuration-metadata.json");

    /** What a file without properties of this prefix does not have in it. */
    private static final String PREFIX_IN_METADATA = "\"raft.";

    private final Class<?> own;
    private final Map<String, Known> byUniformName = new LinkedHashMap<>();

    /** What can stand below a property. */
    enum Kind {
        /** Nothing. */
        VALUE,
        /** Elements, by their numbers. */
        LIST,
        /** Whatever somebody likes. */
        OPEN
    }

    /** @param type of the value; Object where it is not one of ours */
    record Known(PropertyPath path, Kind kind, Class<?> type) {
        @Override
        public String toString() {
            return path.toString();
        }
    }

    private KnownProperties(Class<?> own) {
        this.own = own;
        addComponents(WrittenProperty.PREFIX, own);
    }

    /** Those of a record, and of the records in it that are declared in it. */
    static KnownProperties of(Class<?> own) {
        return new KnownProperties(own);
    }

    private void addComponents(String prefix, Class<?> type) {
        for (RecordComponent component : type.getRecordComponents()) {
            String name = prefix + "." + DataObjectPropertyName.toDashedForm(component.getName());
            Class<?> valueType = component.getType();
            if (valueType.isRecord() && valueType.getEnclosingClass() == own) {
                addComponents(name, valueType);
            } else {
                add(name, Collection.class.isAssignableFrom(valueType) ? Kind.LIST : Kind.VALUE, valueType);
            }
        }
    }

    private void add(String name, Kind kind, Class<?> type) {
        var path = PropertyPath.of(name);
        byUniformName.putIfAbsent(path.uniform(), new Known(path, kind, type));
    }

    /** Reads the metadata of all modules. A file that can't be read makes its properties unknown, no more. */
    void addMetadata(ClassLoader classLoader) {
        for (String resource : METADATA) {
            try {
                for (URL file : Collections.list(classLoader.getResources(resource))) {
                    addMetadata(file);
                }
            } catch (IOException e) {
                log.debug("The metadata {} can't be listed", resource, e);
            }
        }
    }

    private void addMetadata(URL file) {
        try (var in = file.openStream()) {
            String text = StreamUtils.copyToString(in, StandardCharsets.UTF_8);
            if (!text.contains(PREFIX_IN_METADATA)) {
                return;
            }
            if (JsonParserFactory.getJsonParser().parseMap(text).get("properties") instanceof List<?> properties) {
                properties.forEach(this::addMetadataOf);
            }
        } catch (IOException | JsonParseException e) {
            log.debug("The metadata {} can't be read", file, e);
        }
    }

    private void addMetadataOf(Object property) {
        if (property instanceof Map<?, ?> described
                && described.get("name") instanceof String name
                && name.startsWith(WrittenProperty.PREFIX + ".")) {
            add(name, kind(String.valueOf(described.get("type"))), Object.class);
        }
    }

    private static Kind kind(String type) {
        if (type.startsWith("java.util.List") || type.startsWith("java.util.Set") || type.endsWith("[]")) {
            return Kind.LIST;
        }
        boolean simple = type.startsWith("java.lang.")
                || type.startsWith("java.time.")
                || type.startsWith("org.springframework.util.unit.");
        return simple ? Kind.VALUE : type.startsWith("java.util.Map") ? Kind.OPEN : Kind.VALUE;
    }

    Collection<Known> all() {
        return byUniformName.values();
    }

    /** The type of the one of these that has the same letters in its name; Object if there is none. */
    Class<?> typeOf(String name) {
        String letters = PropertyPath.letters(name);
        return byUniformName.values().stream()
                .filter(known -> known.path().lettersFrom(0).equals(letters))
                .findFirst()
                .<Class<?>>map(Known::type)
                .orElse(Object.class);
    }

    /** Whether something written in a file, on the command line or the like is one of these, in a way of writing that Spring documents. */
    boolean contains(WrittenProperty written) {
        return written.ofEnvironment()
                ? !ServiceVariables.isLink(written.value()) && containsVariable(written.name())
                : containsPath(written);
    }

    private boolean containsPath(WrittenProperty written) {
        var path = written.path();
        if (written.value().isBlank() && isGroup(path)) {
            // A section of a YAML file with nothing in it.
            return true;
        }
        for (int length = path.elements().size(); length > 1; length--) {
            var part = new PropertyPath(path.elements().subList(0, length));
            var known = byUniformName.get(part.uniform());
            if (known != null) {
                boolean below = length < path.elements().size();
                return part.isSpelled(known.path())
                        && (!below || isBelow(known, path.elements().get(length)));
            }
        }
        return false;
    }

    private static boolean isBelow(Known known, String element) {
        return switch (known.kind()) {
            case VALUE -> false;
            case LIST -> PropertyPath.isIndex(element);
            case OPEN -> true;
        };
    }

    private boolean isGroup(PropertyPath path) {
        return byUniformName.values().stream().anyMatch(known -> known.path().startsWith(path));
    }

    private boolean containsVariable(String name) {
        String letters = PropertyPath.letters(name);
        return byUniformName.values().stream().anyMatch(known -> {
            String wanted = known.path().lettersFrom(0);
            return switch (known.kind()) {
                case VALUE -> letters.equals(wanted);
                case LIST ->
                    letters.startsWith(wanted)
                            && (letters.length() == wanted.length()
                                    || Character.isDigit(letters.charAt(wanted.length())));
                case OPEN -> letters.startsWith(wanted);
            };
        });
    }
}
