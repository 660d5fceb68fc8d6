package io.raftboot.spring.call;

import io.micrometer.context.ThreadLocalAccessor;
import io.raftboot.spring.RaftCallScope;
import org.jspecify.annotations.Nullable;

/**
 * Carries the {@link RaftCallScope} of a thread to others, for Micrometer's context propagation, which finds it by itself: with
 * Reactor through the operators of a chain, with a {@code ContextPropagatingTaskDecorator} to the threads of an executor.
 */
public final class RaftCallScopeAccessor implements ThreadLocalAccessor<RaftCallScope> {
    /** Key under which a scope is in Reactor's context. */
    public static final String KEY = "io.raftboot.spring.RaftCallScope";

    @Override
    public Object key() {
        return KEY;
    }

    @Override
    public @Nullable RaftCallScope getValue() {
        return RaftCallScope.current();
    }

    @Override
    public void setValue(RaftCallScope scope) {
        RaftCallScope.enter(scope);
    }

    @Override
    public void setValue() {
        RaftCallScope.enter(null);
    }
}
