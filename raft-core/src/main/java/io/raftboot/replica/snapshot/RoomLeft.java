package io.raftboot.replica.snapshot;

/** How much room there is on the disk, as of the last look. On the raft stage. */
@FunctionalInterface
public interface RoomLeft {
    DiskRoom room();
}
