package io.raftboot.proof;

/** The log of a running core: what is on its disk, and what is on the way there. */
public interface LogView {
    /** What {@link #term} says of an index that the log does not have. */
    long UNKNOWN = -1;

    long lastIndex();

    long term(long index);
}
