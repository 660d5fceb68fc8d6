package io.raftboot.replica.duty;

/**
 * What has to do with leading or with the passing of time. Called on the raft stage, one after the other, so that a part of a
 * member that is new needs no word there. Must not block.
 */
public interface Duty {
    /** Another member leads, or none, or this one does in another term. */
    default void leaderChanged() {}

    /** A tick has passed. */
    default void tick(long nowNanos) {}

    /** The process stood still for longer than an election timeout; the tick follows. */
    default void paused(long nowNanos) {}

    /** There is a connection to another member. */
    default void connected(long peerId) {}

    /** The connection to another member is gone. */
    default void disconnected(long peerId) {}

    /**
     * The member stops, and no thread carries the raft stage any more: whoever waits gets an answer.
     *
     * @param why for people
     */
    default void end(String why) {}
}
