package io.raftboot.raft;

import io.raftboot.raft.tracker.Progress;

/** A visitor that is shown the members one by one; see {@link RawNode#withProgress}. */
@FunctionalInterface
public interface ProgressVisitor {
    /** What a member is in the configuration. */
    enum MemberType {
        /** One that votes, in one of the two halves of a joint configuration or in both. */
        PEER,
        /** One that replicates the log without a vote. */
        LEARNER
    }

    /**
     * Called for one member.
     *
     * @param progress a copy that is the visitor's to keep, with an empty window of appends under way
     */
    void visit(long id, MemberType type, Progress progress);
}
