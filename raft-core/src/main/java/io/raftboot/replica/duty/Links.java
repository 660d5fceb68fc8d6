package io.raftboot.replica.duty;

/** What the stages of a member publish, and how the others reach the raft stage. */
public record Links(Self self, RaftTasks tasks, InForce inForce, AppliedView applied) {}
