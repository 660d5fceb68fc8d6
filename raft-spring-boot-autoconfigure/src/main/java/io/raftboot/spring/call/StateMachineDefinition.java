package io.raftboot.spring.call;

import java.lang.reflect.Method;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an annotated class offers.
 *
 * @param name of the state machine
 * @param commands by name and version
 * @param queries by name, all of version 1
 * @param byMethod commands and queries by their method
 * @param snapshot returns the state; null with {@code restore} only
 * @param detached whether what {@code snapshot} returns is a copy
 * @param restore takes the state
 */
public record StateMachineDefinition(
        String name,
        OperationsByName commands,
        OperationsByName queries,
        Map<Method, RaftMethod> byMethod,
        @Nullable RaftMethod snapshot,
        boolean detached,
        @Nullable RaftMethod restore) {
    /** The commands, or the queries. */
    public OperationsByName operations(RaftMethod.Kind kind) {
        return kind == RaftMethod.Kind.COMMAND ? commands : queries;
    }
}
