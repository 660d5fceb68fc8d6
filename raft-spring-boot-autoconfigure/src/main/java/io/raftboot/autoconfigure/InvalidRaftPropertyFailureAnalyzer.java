package io.raftboot.autoconfigure;

import io.raftboot.autoconfigure.properties.WrittenText;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/** Explains a property that can't be used, before Boot's own analysis of binding failures, which would know the record but not the way out. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class InvalidRaftPropertyFailureAnalyzer extends AbstractFailureAnalyzer<InvalidRaftPropertyException> {
    private final @Nullable Environment environment;

    /** @param environment that of the application; null where there is none yet */
    InvalidRaftPropertyFailureAnalyzer(@Nullable Environment environment) {
        this.environment = environment;
    }

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidRaftPropertyException cause) {
        List<String> properties = new ArrayList<>();
        properties.add(cause.property());
        properties.addAll(cause.others());
        return new FailureAnalysis(
                "The property " + cause.property() + " " + cause.getMessage() + "."
                        + WrittenText.of(RaftProperties.class, environment, properties),
                cause.action(),
                cause);
    }
}
