package io.raftboot.spring;

import java.lang.reflect.Method;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an annotated class offers.
 *
 * @param name     of the state machine
 * @param commands by their name
 * @param queries  by their name
 * @param byMethod commands and queries by their method
 * @param snapshot returns the state; null with {@code restore} only
 * @param restore  takes the state
 */
record StateMachineDefinition(
        String name,
        Map<String, RaftMethod> commands,
        Map<String, RaftMethod> queries,
        Map<Method, RaftMethod> byMethod,
        @Nullable RaftMethod snapshot,
        @Nullable RaftMethod restore) {}
