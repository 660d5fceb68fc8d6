package io.raftboot.autoconfigure;

import io.raftboot.spring.InvalidStateMachineException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says which bean can't be a state machine, and how it could. */
final class InvalidStateMachineFailureAnalyzer extends AbstractFailureAnalyzer<InvalidStateMachineException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidStateMachineException cause) {
        return new FailureAnalysis(cause.trouble(), cause.action(), cause);
    }
}
