package io.raftboot.transport.netty.snapshot;

import io.raftboot.transport.netty.handshake.Meeting;
import io.raftboot.transport.netty.handshake.ServedGroup;

/**
 * The two ends of a snapshot's transfer, of which there is one at a time. A connection for a file serves one group.
 *
 * @param peerId the other end
 * @param group name of the group
 */
record Transferring(long peerId, String group) {
    static Transferring of(Meeting meeting) {
        return of(served(meeting));
    }

    static Transferring of(ServedGroup served) {
        return new Transferring(served.remote().nodeId(), served.group().name());
    }

    /** The group of a connection for a file. */
    static ServedGroup served(Meeting meeting) {
        return meeting.groups().get(0);
    }
}
