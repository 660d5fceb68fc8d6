package io.raftboot.transport;

/** How a peer is reached. */
public enum Reach {
    /** On the connection that this member dialled. */
    DIALLED,

    /**
     * Only on the connection that the peer opened: it can't be dialled from here. All goes that way, but a firewall, or an
     * address, wants to be looked at.
     */
    ACCEPTED_ONLY,

    /** The peer is not reached at present. */
    NONE
}
