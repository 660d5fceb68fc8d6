package io.raftboot.transport;

import com.google.protobuf.ByteString;
import io.raftboot.notice.LogLabels;
import io.raftboot.raft.proto.Message;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Carries messages, requests and snapshot files between the members of a group. Raft tolerates loss, so messages are
 * dropped rather than kept when a peer can't take them, and no method blocks the caller (but for {@link #start} and
 * {@link #close}).
 *
 * <p>Messages to one peer that arrive at all arrive in the order in which they were sent, as long as the connection
 * lasts; when it breaks, some are lost.
 *
 * <p>All methods but {@link #start} and {@link #close} may be called from any thread. Before the start and after the close,
 * messages are dropped, requests and snapshots fail.
 */
public interface Transport extends AutoCloseable {

    /**
     * Finds out whether {@link #start} could take the port, before anything else of the member is touched: a start that
     * fails must leave nothing behind. Waits for a while where the host to listen on is not known yet. A transport that listens
     * nowhere does nothing.
     *
     * @throws java.net.UnknownHostException if it is not known then; the message names it
     * @throws java.net.BindException if the port is in use; the message names host and port
     * @throws IOException if it can't listen for another reason
     */
    default void checkPort() throws IOException {}

    /**
     * Starts listening, and connecting to the peers that {@link #setPeers} named or will name.
     *
     * @param self how this member introduces itself
     * @param listener told what arrives, from before this method returns until {@link #close} has returned
     * @throws java.net.BindException if the port is in use; the message names host and port, and the transport is as it
     *     was before and may be started again
     * @throws IOException if it can't listen for another reason; as above
     * @throws IllegalStateException if it runs already
     */
    void start(LocalMember self, TransportListener listener) throws IOException;

    /**
     * What this member has learned its cluster's id to be: carried by handshakes from now on, and asked of others in
     * them. Before that there are no connections; the peers are dialled anew at once.
     */
    void clusterIdLearned(long clusterId);

    /**
     * Whom to be connected to. New peers are connected, those that are gone are disconnected, and one whose address
     * changed is connected anew. Host names are looked up at every attempt to connect.
     *
     * @param addresses {@code host:port} by node id, IPv6 addresses in brackets; must not hold this member itself
     * @throws IllegalArgumentException if an address is not of that form; nothing changed
     */
    void setPeers(Map<Long, String> addresses);

    /**
     * As {@link #setPeers}, for peers of which it is not certain where they are: their addresses are tried in turn, until one is
     * answered by that very peer. A peer that is connected at one of them stays so.
     *
     * @param addresses at least one of each, the likeliest first; a transport that knows one only takes the first
     */
    default void setPeerAddresses(Map<Long, List<String>> addresses) {
        Map<Long, String> first = new TreeMap<>();
        addresses.forEach((id, list) -> first.put(id, list.get(0)));
        setPeers(first);
    }

    /**
     * Sends each message to the member that its {@code to} names. Never blocks: a message for which there is no
     * connection, or no room in the peer's queue, is dropped, and {@link TransportListener#unreachable} is called. A
     * member that this one can't dial, or that is not among the peers, can be sent to while it has a connection to this one.
     *
     * @param messages not to be changed by the caller afterwards
     */
    void send(List<Message> messages);

    /**
     * Asks a peer and waits for the answer of its {@link TransportListener#request}.
     *
     * @param timeout how long to wait for the answer, from now
     * @return completed on a transport thread with the answer, or exceptionally: with {@link TransportException}, which
     *     says whether the request certainly was not sent; with {@link java.util.concurrent.TimeoutException} if it was
     *     sent and no answer came in time. Work that takes time must not be chained to it without an executor.
     */
    CompletableFuture<ByteString> request(long to, ByteString payload, Duration timeout);

    /**
     * Sends a snapshot's file and then its message, over a connection of its own; resumes a few times if that breaks. A member
     * that can't be dialled and is connected all the same is asked to open that connection. The source is closed by the
     * transport in any case.
     *
     * @param snapshotMessage the {@code MSG_SNAP}; its {@code to} says to whom
     * @return completed when the receiver has the whole file and its {@link TransportListener#snapshotReceived} was
     *     called; exceptionally with {@link TransportException}, or with the {@link IOException} of the source.
     *     Cancelling it ends the transfer.
     */
    CompletableFuture<Void> sendSnapshot(Message snapshotMessage, SnapshotSource source);

    /**
     * Closes the connections with a member that says what no member says. It may come again, and is dialled again as after any loss.
     * A transport that can't do so lets them be.
     */
    default void disconnect(long peerId) {}

    /** How each peer is reached; a moment old. Empty if the transport can't tell. */
    default Map<Long, Reach> reach() {
        return Map.of();
    }

    /**
     * Of each peer to which there is no connection, why the newest attempt to make one failed, in the words of an operator, with the
     * address; a moment old. Empty if the transport can't tell.
     */
    default Map<Long, String> obstacles() {
        return Map.of();
    }

    /**
     * What an operator should look at, and what keeps it from nothing yet, each a sentence. Empty if the transport can't tell.
     *
     * @param now by which certificates are valid or not
     */
    default List<String> oddities(Instant now) {
        return List.of();
    }

    /**
     * Has the threads of this transport say in the log for which member they work, from the next {@link #start} on.
     *
     * @param labels of the member
     */
    default void label(LogLabels labels) {}

    /** What it has carried, and what waits. */
    default TransportLoad load() {
        return TransportLoad.UNKNOWN;
    }

    /** The port it listens on; null if it does not listen. */
    @Nullable
    Integer port();

    /** Whether the calling thread is one of this transport's: {@link #close} waits for their end. */
    default boolean isOwnThread() {
        return false;
    }

    /**
     * Stops: connections are closed, waiting requests and transfers fail, threads have ended and the port is free when
     * this returns. May be started again. Does nothing if it does not run.
     */
    @Override
    void close();
}
