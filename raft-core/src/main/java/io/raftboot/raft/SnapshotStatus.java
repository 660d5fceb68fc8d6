package io.raftboot.raft;

/** How the sending of a snapshot ended ({@code RawNode.reportSnapshot}). */
public enum SnapshotStatus {
    /** It arrived: the leader probes from behind it. */
    FINISH,
    /** It did not arrive: the leader starts over. */
    FAILURE
}
