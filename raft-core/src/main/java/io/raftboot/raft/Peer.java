package io.raftboot.raft;

import com.google.protobuf.ByteString;

/**
 * A member that a group begins with, as the core and the storage know it (etcd-raft {@code Peer}).
 *
 * @param id the member's id
 * @param context goes into the context of the entry that adds it, typically its address
 */
public record Peer(long id, ByteString context) {
    public Peer(long id) {
        this(id, ByteString.EMPTY);
    }

    /** A member whose context is its address, host and port. */
    public static Peer of(long id, String address) {
        return new Peer(id, ByteString.copyFromUtf8(address));
    }

    /** The context as the address that {@link #of} made it from. */
    public String address() {
        return context.toStringUtf8();
    }

    @Override
    public String toString() {
        return id + "@" + address();
    }
}
