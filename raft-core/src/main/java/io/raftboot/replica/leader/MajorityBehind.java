package io.raftboot.replica.leader;

/** Whether a majority stands behind a leader of a term at this moment. Any thread. */
@FunctionalInterface
public interface MajorityBehind {
    boolean isBehind(long term);
}
