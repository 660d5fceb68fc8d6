package io.raftboot.replica.snapshot;

/** How much room this member has on its disk for what it could do without. */
public enum DiskRoom {
    ENOUGH,
    /** Less than twice the low mark: what is kept by choice must not be what makes it little. */
    SCARCE,
    LITTLE
}
