package io.raftboot.raft.quorum;

/** The state of an election, judged by the votes known so far. */
public enum VoteResult {
    /** It depends on the votes that are still missing. */
    PENDING("VotePending"),
    /** So many have said no that a quorum of yes can't come about any more. */
    LOST("VoteLost"),
    /** A quorum has said yes. */
    WON("VoteWon");

    private final String text;

    VoteResult(String text) {
        this.text = text;
    }

    /** The name that recordings and logs show. */
    @Override
    public String toString() {
        return text;
    }
}
