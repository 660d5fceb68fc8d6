package io.raftboot.raft;

/** The ids that no node of a group has, because they stand for something else. */
public final class NodeIds {
    /** No node: the leader's id where none is known, for instance. */
    public static final long NONE = 0;

    /** The target of messages for the thread that writes the log, with asynchronous storage. */
    public static final long LOCAL_APPEND_THREAD = -1L;

    /** The target of messages for the thread that applies entries, with asynchronous storage. */
    public static final long LOCAL_APPLY_THREAD = -2L;

    private NodeIds() {}

    /** Whether the id is that of no node but of one of the threads that do a node's storage work. */
    static boolean isLocalTarget(long id) {
        return id == LOCAL_APPEND_THREAD || id == LOCAL_APPLY_THREAD;
    }
}
