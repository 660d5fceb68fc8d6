package io.raftboot.spring.observation;

import io.raftboot.api.trace.TraceContext;
import org.jspecify.annotations.Nullable;

/**
 * What of a trace goes with a command: W3C's two headers, and nothing else that whoever traces would send with it. Used by one thread at
 * a time.
 */
public final class RaftTraceCarrier {
    private static final String TRACEPARENT = "traceparent";
    private static final String TRACESTATE = "tracestate";

    private @Nullable String traceparent;
    private @Nullable String tracestate;

    /** With nothing in it. */
    public RaftTraceCarrier() {}

    RaftTraceCarrier(TraceContext trace) {
        traceparent = trace.traceparent();
        tracestate = trace.tracestate().isEmpty() ? null : trace.tracestate();
    }

    void set(String header, String value) {
        if (header.equalsIgnoreCase(TRACEPARENT)) {
            traceparent = value;
        } else if (header.equalsIgnoreCase(TRACESTATE)) {
            tracestate = value;
        }
    }

    @Nullable
    String get(String header) {
        if (header.equalsIgnoreCase(TRACEPARENT)) {
            return traceparent;
        }
        return header.equalsIgnoreCase(TRACESTATE) ? tracestate : null;
    }

    /** The trace; null if there is none that is recorded. */
    public @Nullable TraceContext trace() {
        return TraceContext.sampled(traceparent, tracestate);
    }
}
