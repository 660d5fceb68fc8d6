package io.raftboot.replica.duty;

import io.raftboot.api.meter.MemberMeter;

/**
 * What the stages of a member publish, and how the others reach the raft stage.
 *
 * @param meter told of how much is done, and how long it takes
 */
public record Links(Self self, RaftTasks tasks, InForce inForce, AppliedView applied, MemberMeter meter) {
    /** Of a member that nobody measures. */
    public Links(Self self, RaftTasks tasks, InForce inForce, AppliedView applied) {
        this(self, tasks, inForce, applied, MemberMeter.NONE);
    }
}
