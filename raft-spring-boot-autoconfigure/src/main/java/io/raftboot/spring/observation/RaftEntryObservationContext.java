package io.raftboot.spring.observation;

import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import io.raftboot.api.trace.TraceContext;
import java.util.Objects;

/** What a member does to a command whose caller is traced, as part of the caller's trace. */
public abstract class RaftEntryObservationContext extends ReceiverContext<RaftTraceCarrier> {
    private final RaftCall call;
    private volatile long term;
    private volatile long index;

    RaftEntryObservationContext(RaftCall call, TraceContext trace) {
        super((carrier, header) -> Objects.requireNonNull(carrier).get(header), Kind.CONSUMER);
        this.call = call;
        setCarrier(new RaftTraceCarrier(trace));
    }

    /** Whose command it is, and which member this is; without the name of the operation, which the log does not know. */
    public RaftCall call() {
        return call;
    }

    /** Of the command's entry; 0 before it has one. */
    public long term() {
        return term;
    }

    /** Of the command's entry; 0 before it has one. */
    public long index() {
        return index;
    }

    /** Told once, before the observation stops, unless there is no entry. */
    public void at(long entryTerm, long entryIndex) {
        term = entryTerm;
        index = entryIndex;
    }
}
