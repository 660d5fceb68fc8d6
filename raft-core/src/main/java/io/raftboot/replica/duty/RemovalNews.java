package io.raftboot.replica.duty;

import io.raftboot.replica.proto.RemovalNotice;

/** Told that this member was removed from its group. Any thread. */
@FunctionalInterface
public interface RemovalNews {
    /** A member with its id was removed; whether it was this one, the directory's incarnation says. */
    void removed(RemovalNotice notice);
}
