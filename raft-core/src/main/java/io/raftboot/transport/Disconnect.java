package io.raftboot.transport;

/** How a connection to a peer was lost. */
public enum Disconnect {
    /**
     * The connection broke and the attempt to reconnect that followed at once was refused: the host is there, and
     * nobody listens on the port any more. The process is gone, with more certainty than any time-out can give.
     */
    REFUSED_AT_RECONNECT,

    /**
     * Anything else: it may be the network, a pause, or a peer that is back already. Says nothing about the process.
     */
    OTHER
}
