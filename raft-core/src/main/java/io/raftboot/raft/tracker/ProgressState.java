package io.raftboot.raft.tracker;

/** How a leader feeds a follower. */
public enum ProgressState {
    /** Where the logs agree is not known: one append a heartbeat interval, until one is accepted. */
    PROBE("StateProbe"),
    /** The logs are known to agree: appends are sent without waiting for the answers, within the window. */
    REPLICATE("StateReplicate"),
    /** The follower needs entries that are compacted away: nothing is appended until it has a snapshot. */
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
