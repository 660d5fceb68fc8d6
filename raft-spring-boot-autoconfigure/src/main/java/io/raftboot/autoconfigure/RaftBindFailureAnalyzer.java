package io.raftboot.autoconfigure;

import io.raftboot.autoconfigure.properties.WrittenText;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;
import org.springframework.util.unit.DataSize;

/** Says for a property under {@code raft} that can't even be read what one looks like. */
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
final class RaftBindFailureAnalyzer extends AbstractFailureAnalyzer<BindException> {
    private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("raft");

    /** What lists want, by the name of the property. */
    private static final Map<String, String> OF_LISTS = Map.of(
            "raft.peers",
                    "Write each member as id@host:port, for example raft.peers=1@node1:7400,2@node2:7400,3@node3:7400; one"
                            + " by one they are raft.peers[0], raft.peers[1] and so on, and in a YAML file a list, not a map.",
            "raft.apply.skip",
                    "Write INDEX:TERM:CHECKSUM as the member that stopped says it, for example"
                            + " raft.apply.skip=4711:3:0c9a2f5e; several with commas between them.");

    private final @Nullable Environment environment;

    /** @param environment that of the application; null where there is none yet */
    RaftBindFailureAnalyzer(@Nullable Environment environment) {
        this.environment = environment;
    }

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
        ConfigurationPropertyName name = cause.getName();
        if (!PREFIX.isAncestorOf(name)) {
            return null;
        }
        UnboundConfigurationPropertiesException unbound = unbound(cause);
        String description = unbound != null ? leftOver(name, unbound) : unreadable(name, cause);
        return new FailureAnalysis(
                description + WrittenText.of(RaftProperties.class, environment, List.of(listOf(name))),
                action(name, cause.getTarget().getType().resolve(Object.class)),
                cause);
    }

    /** The elements of a list begin at 0 and leave none out; with others, Spring reads none of them. */
    private static String leftOver(ConfigurationPropertyName name, UnboundConfigurationPropertiesException unbound) {
        return "The property " + name + " is written with elements that are in no list: "
                + unbound.getUnboundProperties().stream()
                        .map(property ->
                                property.getName() + "='" + property.getValue() + "' (" + property.getOrigin() + ")")
                        .toList()
                + ". The elements of a list are numbered from 0 on, without a gap.";
    }

    private static String unreadable(ConfigurationPropertyName name, BindException cause) {
        ConfigurationProperty property = cause.getProperty();
        boolean ofThis = property != null && (name.equals(property.getName()) || name.isAncestorOf(property.getName()));
        String read = property == null || !ofThis ? "" : " is '" + property.getValue() + "'";
        String origin =
                property == null || !ofThis || property.getOrigin() == null ? "" : " (" + property.getOrigin() + ")";
        Throwable reason = NestedExceptionUtils.getMostSpecificCause(cause);
        return "The property " + name + read + origin + ", which can't be used: " + reason.getMessage();
    }

    private static @Nullable UnboundConfigurationPropertiesException unbound(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnboundConfigurationPropertiesException unbound) {
                return unbound;
            }
        }
        return null;
    }

    /** The list that the property is, or is an element of; else the property. */
    private static String listOf(ConfigurationPropertyName name) {
        return OF_LISTS.keySet().stream()
                .filter(list -> ConfigurationPropertyName.of(list).equals(name)
                        || ConfigurationPropertyName.of(list).isAncestorOf(name))
                .findFirst()
                .orElse(name.toString());
    }

    private static String action(ConfigurationPropertyName name, Class<?> type) {
        String list = OF_LISTS.get(listOf(name));
        if (list != null) {
            return list;
        }
        if (type == Duration.class) {
            return "Write a duration with its unit, for example 100ms or 5s.";
        }
        if (type == DataSize.class) {
            return "Write a size with its unit, for example 512KB or 64MB.";
        }
        if (type.isEnum()) {
            return "Write one of "
                    + Arrays.toString(type.getEnumConstants())
                            .toLowerCase(Locale.ROOT)
                            .replace('_', '-') + ".";
        }
        if (ClassUtils.resolvePrimitiveIfNecessary(type) == Boolean.class) {
            return "Write true or false.";
        }
        if (type.isPrimitive() || Number.class.isAssignableFrom(type)) {
            return "Write a whole number in digits alone, for example 2, which fits the type "
                    + ClassUtils.resolvePrimitiveIfNecessary(type).getSimpleName() + ".";
        }
        return "Write a value of the type " + type.getSimpleName() + ".";
    }
}
