package io.raftboot.raft;

/**
 * A listener that is told what a node does, step by step (etcd-raft {@code TraceLogger}): enough to follow a run in a model of the
 * protocol. Set with {@link RaftConfig#traceLogger}. The same calls of the node lead to the same events, in the same
 * order.
 */
@FunctionalInterface
public interface TraceLogger {
    /**
     * Something has happened. Called by the thread that drives the node, in the middle of a step: the node must not be
     * called from here. What is thrown comes out of the call that the driver made, and leaves the node inconsistent: it
     * must not be used any more.
     */
    void trace(TraceEvent event);
}
