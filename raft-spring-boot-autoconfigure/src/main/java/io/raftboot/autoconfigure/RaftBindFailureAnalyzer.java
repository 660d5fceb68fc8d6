package io.raftboot.autoconfigure;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.util.unit.DataSize;

/** Says for a property under {@code raft} that can't even be read what one looks like. */
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
final class RaftBindFailureAnalyzer extends AbstractFailureAnalyzer<BindException> {
    private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("raft");

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
        ConfigurationPropertyName name = cause.getName();
        if (!PREFIX.isAncestorOf(name)) {
            return null;
        }
        ConfigurationProperty property = cause.getProperty();
        String read = property == null ? "" : " is '" + property.getValue() + "'";
        String origin = property == null || property.getOrigin() == null ? "" : " (" + property.getOrigin() + ")";
        Throwable reason = NestedExceptionUtils.getMostSpecificCause(cause);
        return new FailureAnalysis(
                "The property " + name + read + origin + ", which can't be used: " + reason.getMessage(),
                action(name, cause.getTarget().getType().resolve(Object.class)),
                cause);
    }

    private static String action(ConfigurationPropertyName name, Class<?> type) {
        if (ConfigurationPropertyName.of("raft.peers").equals(name)
                || ConfigurationPropertyName.of("raft.peers").isAncestorOf(name)) {
            return "Write each member as id@host:port, for example"
                    + " raft.peers=1@node1:7400,2@node2:7400,3@node3:7400.";
        }
        if (ConfigurationPropertyName.of("raft.apply.skip").equals(name)
                || ConfigurationPropertyName.of("raft.apply.skip").isAncestorOf(name)) {
            return "Write INDEX:TERM:CHECKSUM as the member that stopped says it, for example"
                    + " raft.apply.skip=4711:3:0c9a2f5e; several with commas between them.";
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
        return "Write a value of the type " + type.getSimpleName() + ".";
    }
}
