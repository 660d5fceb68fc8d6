package io.raftboot.replica.machine;

/** The members that have said who they are, as this member has applied it. Any thread. */
@FunctionalInterface
public interface KnownMembers {
    Members members();
}
