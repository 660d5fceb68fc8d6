package io.raftboot.raft;

import com.google.protobuf.ByteString;

/**
 * A member of the first configuration of a new group.
 *
 * @param id the member's id
 * @param context goes into the context of the entry that adds it, typically its address
 */
public record Peer(long id, ByteString context) {
    public Peer(long id) {
        this(id, ByteString.EMPTY);
    }
}
