package io.raftboot.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Before Boot's own analysis of binding failures, which would know the record but not the way out. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class InvalidRaftPropertyFailureAnalyzer extends AbstractFailureAnalyzer<InvalidRaftPropertyException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidRaftPropertyException cause) {
        return new FailureAnalysis(
                "The property " + cause.property() + " " + cause.getMessage() + ".", cause.action(), cause);
    }
}
