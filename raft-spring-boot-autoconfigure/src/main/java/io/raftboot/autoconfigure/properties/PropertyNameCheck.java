package io.raftboot.autoconfigure.properties;

import io.raftboot.autoconfigure.InvalidRaftPropertyException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.core.env.Environment;

/**
 * Looks at the names of all properties under {@code raft}, before any bean is made. A property that does not exist is passed over
 * by Spring, and where it was to say who the members are, three processes would be three clusters without a word. So one that
 * resembles a known one fails the start, and others are warned of. Variables of the system's environment are only warned of, because
 * they are made by others as well: Kubernetes makes {@code RAFT_PORT} of a service that is called raft.
 */
public final class PropertyNameCheck implements BeanFactoryPostProcessor, PriorityOrdered {
    private static final Logger log = LoggerFactory.getLogger(PropertyNameCheck.class);

    /** What Kubernetes and Docker call the addresses of services. */
    private static final Pattern OF_A_SERVICE =
            Pattern.compile("(?i).*_(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT(_\\d+_.*)?)");

    private final Class<?> own;
    private final Environment environment;

    /** @param own the record that the properties are bound to */
    public PropertyNameCheck(Class<?> own, Environment environment) {
        this.own = own;
        this.environment = environment;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    /** @throws InvalidRaftPropertyException if a property resembles a known one, or names a placeholder that nothing fills */
    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
        var written = WrittenProperty.all(environment);
        checkNames(written, beanFactory.getBeanClassLoader());
        var known = KnownProperties.of(own);
        var ours = written.stream().filter(known::contains).toList();
        checkPlaceholders(ours);
        warnOfBareNumbers(ours, known);
    }

    private void checkNames(List<WrittenProperty> written, @Nullable ClassLoader classLoader) {
        var known = KnownProperties.of(own);
        if (written.stream().allMatch(known::contains)) {
            return;
        }
        known.addMetadata(classLoader == null ? PropertyNameCheck.class.getClassLoader() : classLoader);
        var strangers = new ArrayList<WrittenProperty>();
        for (WrittenProperty property : written) {
            if (!known.contains(property) && !isOfSpring(property)) {
                strangers.add(property);
            } else if (isOfSpring(property) && isOurs(property, known)) {
                throw misplaced(property);
            }
        }
        for (WrittenProperty stranger : strangers) {
            var near = nearest(stranger, known);
            if (!stranger.ofEnvironment() && !near.isEmpty()) {
                throw resembling(stranger, near, strangers);
            }
        }
        warn(strangers, known);
    }

    private static List<KnownProperties.Known> nearest(WrittenProperty stranger, KnownProperties known) {
        var path = PropertyPath.of(stranger.ofEnvironment() ? stranger.name().replace('_', '.') : stranger.name());
        return Resemblance.nearest(path, 1, known.all());
    }

    private static boolean isOfSpring(WrittenProperty property) {
        return property.path().elements().get(0).equalsIgnoreCase(WrittenProperty.SPRING_PREFIX);
    }

    private static boolean isOurs(WrittenProperty property, KnownProperties known) {
        var elements = property.path().elements();
        var ours = new PropertyPath(elements.subList(1, elements.size()));
        return known.all().stream().anyMatch(candidate -> ours.startsWith(candidate.path()));
    }

    private static InvalidRaftPropertyException misplaced(WrittenProperty property) {
        String ours = property.name().trim().substring(WrittenProperty.SPRING_PREFIX.length() + 1);
        return new InvalidRaftPropertyException(
                property.name(),
                "does not exist: it would be passed over",
                "Write " + ours + "=" + property.value() + ", without 'spring.' before it.",
                List.of());
    }

    private static InvalidRaftPropertyException resembling(
            WrittenProperty stranger, List<KnownProperties.Known> near, List<WrittenProperty> strangers) {
        String names = near.stream().map(Object::toString).collect(Collectors.joining(" or "));
        return new InvalidRaftPropertyException(
                stranger.name(),
                "does not exist: it would be passed over. Its name resembles " + names,
                action(stranger, near.get(0)),
                strangers.stream()
                        .filter(other -> !other.ofEnvironment())
                        .map(WrittenProperty::name)
                        .toList());
    }

    private static String action(WrittenProperty stranger, KnownProperties.Known near) {
        String instead = near.kind() == KnownProperties.Kind.LIST
                ? "Write all elements as " + example(near) + ", or one by one as " + near + "[0], " + near
                        + "[1] and so on; a YAML file may have a list there, but no map."
                : "Write " + near + "=" + stranger.value() + " if that is what is meant.";
        return instead
                + " If it is a property of something else, take it out of 'raft.', or describe it in that module's"
                + " META-INF/spring-configuration-metadata.json.";
    }

    private static String example(KnownProperties.Known list) {
        return list.toString().equals("raft.peers")
                ? "raft.peers=1@node1:7400,2@node2:7400,3@node3:7400"
                : list + "=a,b,c";
    }

    private static void warn(List<WrittenProperty> strangers, KnownProperties known) {
        if (!strangers.isEmpty()) {
            log.warn(
                    "These properties under 'raft.' don't exist and are passed over: {}",
                    strangers.stream()
                            .map(stranger -> stranger + hint(stranger, nearest(stranger, known)))
                            .collect(Collectors.joining("; ")));
        }
    }

    private static String hint(WrittenProperty stranger, List<KnownProperties.Known> near) {
        if (stranger.ofEnvironment() && OF_A_SERVICE.matcher(stranger.name()).matches()) {
            return ", as Kubernetes makes it of a service of that name unless enableServiceLinks is false";
        }
        return near.isEmpty() ? "" : ", is " + near.get(0) + " meant?";
    }

    private static void warnOfBareNumbers(List<WrittenProperty> ours, KnownProperties known) {
        for (WrittenProperty property : ours) {
            String note = BareNumbers.note(known.typeOf(property.name()), property.resolved());
            if (note != null) {
                log.warn("The value of {} is {}", property, note);
            }
        }
    }

    /** A placeholder that nothing fills stays as it is, and becomes the name of a directory, say. */
    private void checkPlaceholders(List<WrittenProperty> written) {
        var seen = new HashSet<String>();
        for (WrittenProperty property : written) {
            String key = property.ofEnvironment()
                    ? PropertyPath.letters(property.name())
                    : PropertyPath.letters(property.path().uniform());
            if (seen.add(key) && property.value().contains("${")) {
                checkPlaceholders(property);
            }
        }
    }

    private void checkPlaceholders(WrittenProperty property) {
        try {
            var unused = environment.resolveRequiredPlaceholders(property.value());
        } catch (IllegalArgumentException e) {
            throw new InvalidRaftPropertyException(
                    property.name(),
                    "is '" + property.value() + "', with a placeholder that nothing fills: " + e.getMessage(),
                    "Set what it names, give it a default as in ${NAME:default}, or write \\${ for the characters ${"
                            + " themselves.",
                    List.of());
        }
    }
}
