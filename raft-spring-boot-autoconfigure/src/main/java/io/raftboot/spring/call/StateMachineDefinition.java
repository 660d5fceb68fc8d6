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
 * @param saved what is known of what {@code snapshot} returns
 * @param restore takes the state
 */
public record StateMachineDefinition(
        String name,
        OperationsByName commands,
        OperationsByName queries,
        Map<Method, RaftMethod> byMethod,
        @Nullable RaftMethod snapshot,
        SavedState saved,
        @Nullable RaftMethod restore) {
    /**
     * How a state may be written.
     *
     * @param detached whether it is a copy
     * @param comparable whether members whose state is the same write it alike
     */
    public record SavedState(boolean detached, boolean comparable) {}

    /** The commands, or the queries. */
    public OperationsByName operations(RaftMethod.Kind kind) {
        return kind == RaftMethod.Kind.COMMAND ? commands : queries;
    }
}
