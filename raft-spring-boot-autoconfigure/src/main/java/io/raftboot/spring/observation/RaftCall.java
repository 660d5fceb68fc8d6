package io.raftboot.spring.observation;

import org.jspecify.annotations.Nullable;

/**
 * A call of a state machine.
 *
 * @param group whose state machine it is
 * @param nodeId of the member that was asked
 * @param machine name of the state machine
 * @param operation name of the command or query; null for a call in bytes
 */
public record RaftCall(String group, long nodeId, String machine, @Nullable String operation) {
    /** As people write it. */
    String name() {
        return operation == null ? machine : machine + "." + operation;
    }
}
