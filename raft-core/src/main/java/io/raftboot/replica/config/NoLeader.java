package io.raftboot.replica.config;

/** What becomes of commands, and of reads that need a leader, while none is known. */
public enum NoLeader {
    /**
     * They wait as long as an election may take, {@value #ELECTION_TIMEOUTS} election timeouts since the last leader was
     * lost, and are refused at once from then on. Before the first leader of a run is known they wait, each up to its own
     * time-out.
     */
    REFUSE,
    /** They wait, each up to its own time-out. */
    WAIT;

    /**
     * A follower campaigns within two election timeouts of the last word from its leader, the first of which has passed when it
     * knows no leader any more; if two get in each other's way, the second try has ended by then as well.
     */
    public static final int ELECTION_TIMEOUTS = 3;
}
