package io.raftboot.raft;

import io.raftboot.raft.proto.Message;

/** Told of messages that no member would send. Each was ignored, and changed nothing. Called on the driver's thread of a {@link Node}. */
@FunctionalInterface
public interface InvalidMessageListener {
    /** Nobody is told. */
    InvalidMessageListener NONE = (senderId, message, reason) -> {};

    /**
     * A message was ignored.
     *
     * @param senderId who sent it; the node itself, if it is one of its own
     * @param reason what no member would say, for an operator
     */
    void refused(long senderId, Message message, String reason);
}
