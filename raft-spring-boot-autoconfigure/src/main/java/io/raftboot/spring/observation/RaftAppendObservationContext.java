package io.raftboot.spring.observation;

import io.raftboot.api.trace.TraceContext;

/** The leader brings a traced command into the log, until it is committed. */
public final class RaftAppendObservationContext extends RaftEntryObservationContext {
    public RaftAppendObservationContext(RaftCall call, TraceContext trace) {
        super(call, trace);
    }
}
