package io.raftboot.autoconfigure.properties;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.core.env.CommandLinePropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * A property under {@code raft}, as somebody wrote it.
 *
 * @param name as it is written there
 * @param value as it is written there, placeholders not filled in
 * @param resolved the value with its placeholders filled in as far as they can be
 * @param place where that is, for people
 * @param ofEnvironment whether it is a variable of the system's environment, which others fill as well
 * @param source in which it is, an order of precedence: the lower wins
 */
record WrittenProperty(String name, String value, String resolved, String place, boolean ofEnvironment, int source) {
    static final String PREFIX = "raft";

    /** The prefix of Spring's own properties, which people put before ours as well. */
    static final String SPRING_PREFIX = "spring";

    /** All under {@code raft} that sources can list, those that win first. */
    static List<WrittenProperty> all(Environment environment) {
        return all(environment, PREFIX);
    }

    private static List<WrittenProperty> all(Environment environment, String prefix) {
        var all = new ArrayList<WrittenProperty>();
        if (environment instanceof ConfigurableEnvironment configurable) {
            int number = 0;
            for (PropertySource<?> source : configurable.getPropertySources()) {
                if (source instanceof EnumerablePropertySource<?> listed
                        && !ConfigurationPropertySources.isAttachedConfigurationPropertySource(source)) {
                    addFrom(listed, prefix, number, environment, all);
                }
                number++;
            }
        }
        return all;
    }

    /** How a property is written where it wins, or its elements if it is a list; empty if it is not written at all. */
    static List<WrittenProperty> of(Environment environment, String property) {
        var path = PropertyPath.of(property);
        var found = new ArrayList<WrittenProperty>();
        for (WrittenProperty written : all(environment, path.elements().get(0))) {
            boolean wins = found.isEmpty() || found.get(0).source() == written.source();
            if (wins && written.isOf(path)) {
                found.add(written);
            }
        }
        return found;
    }

    private static void addFrom(
            EnumerablePropertySource<?> source,
            String prefix,
            int number,
            Environment environment,
            List<WrittenProperty> all) {
        boolean variables = isEnvironment(source);
        for (String name : source.getPropertyNames()) {
            if (isUnder(prefix, name, variables)) {
                String value = String.valueOf(source.getProperty(name));
                all.add(new WrittenProperty(
                        name, value, resolved(environment, value), place(source, name, variables), variables, number));
            }
        }
    }

    private static String resolved(Environment environment, String value) {
        try {
            return environment.resolvePlaceholders(value);
        } catch (IllegalArgumentException circular) {
            return value;
        }
    }

    static boolean isEnvironment(PropertySource<?> source) {
        return source instanceof SystemEnvironmentPropertySource
                || source.getName().endsWith(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
    }

    private static boolean isUnder(String prefix, String name, boolean variables) {
        String small = name.trim().toLowerCase(Locale.ROOT);
        return small.startsWith(prefix + ".")
                || small.startsWith(SPRING_PREFIX + "." + prefix + ".")
                || (variables && small.startsWith(prefix + "_"));
    }

    private static String place(EnumerablePropertySource<?> source, String name, boolean variables) {
        if (variables) {
            return "the environment variable " + name;
        }
        @Nullable Origin origin = OriginLookup.getOrigin(source, name);
        while (origin instanceof PropertySourceOrigin wrapping && wrapping.getOrigin() != null) {
            origin = wrapping.getOrigin();
        }
        if (origin != null && !(origin instanceof PropertySourceOrigin)) {
            return origin.toString();
        }
        return switch (source.getName()) {
            case CommandLinePropertySource.COMMAND_LINE_PROPERTY_SOURCE_NAME -> "the command line";
            case StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME -> "the system property " + name;
            case "spring.application.json" -> "SPRING_APPLICATION_JSON";
            default -> "the property source '" + source.getName() + "'";
        };
    }

    PropertyPath path() {
        return PropertyPath.of(name);
    }

    /** Whether it is the property, or an element of it. */
    private boolean isOf(PropertyPath property) {
        if (ofEnvironment) {
            String letters = PropertyPath.letters(name);
            String wanted = property.lettersFrom(0);
            return letters.startsWith(wanted)
                    && letters.substring(wanted.length()).chars().allMatch(Character::isDigit);
        }
        return path().startsWith(property);
    }

    /** Name, value and place, in one line. */
    @Override
    public String toString() {
        return name + "=" + value + (resolved.equals(value) ? "" : ", which is '" + resolved + "'") + " (" + place
                + ")";
    }
}
