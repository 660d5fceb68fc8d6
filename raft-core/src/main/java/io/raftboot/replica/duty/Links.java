package io.raftboot.replica.duty;

import io.raftboot.api.meter.MemberMeter;
import io.raftboot.api.trace.CommandTracer;

/**
 * What the stages of a member publish, and how the others reach the raft stage.
 *
 * @param meter told of how much is done, and how long it takes
 * @param tracer follows the commands that are called in a trace
 * @param events told of what happens
 */
public record Links(
        Self self,
        RaftTasks tasks,
        InForce inForce,
        AppliedView applied,
        MemberMeter meter,
        CommandTracer tracer,
        EventSink events) {
    /** Of a member that these observe. */
    public Links(Self self, RaftTasks tasks, InForce inForce, AppliedView applied, Observers observers) {
        this(self, tasks, inForce, applied, observers.meter(), observers.tracer(), observers.events());
    }

    /** Of a member that nobody observes. */
    public Links(Self self, RaftTasks tasks, InForce inForce, AppliedView applied) {
        this(self, tasks, inForce, applied, Observers.NONE);
    }
}
