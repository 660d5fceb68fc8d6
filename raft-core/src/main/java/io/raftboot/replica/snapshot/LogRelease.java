package io.raftboot.replica.snapshot;

/** Lets entries of the log go. Any thread. */
@FunctionalInterface
public interface LogRelease {
    /** Nobody reads entries up to this index any more. */
    void release(long index);
}
