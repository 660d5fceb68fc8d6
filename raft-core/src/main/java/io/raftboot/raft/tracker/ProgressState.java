package io.raftboot.raft.tracker;

/** How a leader feeds a follower. */
public enum ProgressState {
    /** A state in which it is not known where the logs agree: one append a heartbeat interval, until one is accepted. */
    PROBE("StateProbe"),
    /** A state in which the logs are known to agree: appends are sent without waiting for the answers, within the window. */
    REPLICATE("StateReplicate"),
    /** A state in which the follower needs entries that are compacted away: nothing is appended until it has a snapshot. */
    SNAPSHOT("StateSnapshot");

    private final String text;

    ProgressState(String text) {
        this.text = text;
    }

    /** The name that recordings and logs show. */
    @Override
    public String toString() {
        return text;
    }
}
