package io.raftboot.transport;

import java.util.Map;

/**
 * How much a transport has carried since it was started last, and how much waits.
 *
 * @param peers by node id: the members that something was sent to or came from
 * @param refusedConnections how many connections of others were refused, by a reason of few words; all reasons are there, also those of
 *     which none was refused
 */
public record TransportLoad(Map<Long, Peer> peers, Map<String, Long> refusedConnections) {
    /** Of a transport that can't tell. */
    public static final TransportLoad UNKNOWN = new TransportLoad(Map.of(), Map.of());

    /**
     * To and from one member. Snapshots, which go on connections of their own, are not counted.
     *
     * @param sentMessages raft messages, requests and responses that were written
     * @param sentBytes of the frames that these were in, before checksums and TLS
     * @param droppedMessages raft messages that were not sent, for want of a connection or of room
     * @param waitingMessages that are to be written
     * @param waitingBytes of these
     */
    public record Peer(
            long sentMessages,
            long sentBytes,
            long receivedMessages,
            long receivedBytes,
            long droppedMessages,
            long waitingMessages,
            long waitingBytes) {
        /** Of a member that nothing was sent to. */
        public static final Peer NONE = new Peer(0, 0, 0, 0, 0, 0, 0);
    }
}
