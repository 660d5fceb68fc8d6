package io.raftboot.replica.duty;

import io.raftboot.api.meter.MemberMeter;
import io.raftboot.api.trace.CommandTracer;

/**
 * Who is told what a member does, whichever run of it that is.
 *
 * @param meter told of how much is done, and how long it takes
 * @param tracer follows the commands that are called in a trace
 * @param events told of what happens
 */
public record Observers(MemberMeter meter, CommandTracer tracer, EventSink events) {
    /** Nobody. */
    public static final Observers NONE = new Observers(MemberMeter.NONE, CommandTracer.NONE, EventSink.NONE);
}
