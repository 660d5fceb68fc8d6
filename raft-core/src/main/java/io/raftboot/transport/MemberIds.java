package io.raftboot.transport;

/** What can be the id of a member: 1 and above. The core uses 0 for nobody, and numbers below for the threads of its storage. */
public final class MemberIds {
    private MemberIds() {}

    public static boolean isMember(long id) {
        return id > 0;
    }
}
