package io.raftboot.replica.duty;

import io.raftboot.api.trace.CommandTracer;
import io.raftboot.api.trace.TraceContext;
import org.jspecify.annotations.Nullable;

/** Stands for the tracer of a replica, which may come when members are wired already. Any thread. */
public final class TracerRelay implements CommandTracer {
    private volatile CommandTracer tracer = NONE;

    public void set(CommandTracer newTracer) {
        tracer = newTracer;
    }

    @Override
    public @Nullable TraceContext current() {
        return tracer.current();
    }

    @Override
    public Step append(TraceContext trace, String machine) {
        return tracer.append(trace, machine);
    }

    @Override
    public Step apply(TraceContext trace, String machine) {
        return tracer.apply(trace, machine);
    }
}
