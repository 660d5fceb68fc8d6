package io.raftboot.spring.observation;

import io.raftboot.api.trace.TraceContext;

/** A member gives a traced command to its state machine. */
public final class RaftApplyObservationContext extends RaftEntryObservationContext {
    public RaftApplyObservationContext(RaftCall call, TraceContext trace) {
        super(call, trace);
    }
}
