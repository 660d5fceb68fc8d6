package io.raftboot.proof;

/** Term, vote and commit index, as a disk has them. */
public record Promise(long term, long vote, long commit) {
    public static final Promise NONE = new Promise(0, 0, 0);
}
