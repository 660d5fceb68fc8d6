package io.raftboot.transport;

import com.google.protobuf.ByteString;
import io.raftboot.raft.proto.Message;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Who is told what arrives. Called on the transport's threads and must not block: whatever takes time is handed to
 * another thread. The exceptions are {@link #snapshot}, the sink it returns and {@link #snapshotReceived}, which run on
 * a thread of the snapshot channel's own.
 *
 * <p>Calls for different peers may come at the same time. A listener must not call {@link Transport#close()}.
 */
public interface TransportListener {

    /**
     * Messages of a peer, as many as arrived together, in the order in which it sent them. Some before, between and
     * after may be lost, and none comes twice. Each is addressed to this member, and names {@code from} as its sender
     * (but for {@code MSG_TRANSFER_LEADER}, whose {@code from} is the transferee); nothing else in them is checked.
     */
    void messages(long from, List<Message> messages);

    /**
     * A peer sent a message that is none between members, or that is not in its own name, or not for this member. It was dropped.
     */
    default void improper(long from, Message message) {}

    /**
     * A request of a peer. The future is completed by the listener, on any thread, when it has the answer; completed
     * exceptionally, the peer gets a {@link TransportException} with the exception's message that does not say
     * "certainly not sent". Nobody waits if the connection has broken meanwhile: the answer is then dropped.
     */
    void request(long from, ByteString payload, CompletableFuture<ByteString> response);

    /**
     * Something for this peer was dropped: no connection, or its queue was full. Called at least once after each drop;
     * drops that come close together share one call.
     */
    void unreachable(long peerId);

    /** There is a connection on which this member can send to the peer, whichever of the two opened it. */
    void connected(long peerId, long incarnation);

    /**
     * The connection that {@link #connected} announced is gone. {@link #unreachable} comes at once when it breaks; this
     * call follows when the outcome of the immediate attempt to reconnect is known, within the connect time-out.
     * Not called for peers that {@link Transport#setPeers} dropped, nor by {@link Transport#close()}.
     */
    void disconnected(long peerId, Disconnect cause);

    /**
     * There is no connection to the peer, because one of the two does not accept the other. Called at each attempt until there
     * is {@link #connected one}.
     *
     * @param reason for an operator
     */
    default void refused(long peerId, String reason) {}

    /**
     * A peer offers the file of a snapshot. May block. Transfers of one peer never overlap: the sink of a broken one is
     * closed before this is called for the next.
     *
     * @return where the file goes; the transport closes it
     * @throws IOException to decline: the sender is told the exception's message, and does not try again
     */
    SnapshotSink snapshot(long from, Message snapshotMessage) throws IOException;

    /**
     * As {@link #snapshot(long, Message)}, with what the sender says of the file.
     *
     * @param length length in bytes; an offer of a length that the snapshot can't have is to be declined before anything is written
     */
    default SnapshotSink snapshot(long from, Message snapshotMessage, long length) throws IOException {
        return snapshot(from, snapshotMessage);
    }

    /** The file of this snapshot is complete ({@link SnapshotSink#finish()} has returned): the message can be stepped. */
    void snapshotReceived(long from, Message snapshotMessage);

    /**
     * An {@link Error} was thrown on a thread of the transport, by the listener or by the transport itself: there is no
     * relying on either any more, and whoever started the transport should close it. Called at most once, on the thread
     * that failed, which must not close it itself. Exceptions are not told: they concern a connection at most, which is closed.
     */
    default void failed(Throwable cause) {}

    /**
     * Somebody introduces itself as this member, on a connection either side opened. Cluster, group and node id have been checked;
     * left to decide is what the transport can't know, such as a member that was removed, or another incarnation of a known
     * id. Nothing may be concluded from the call: the introduction may be one that was recorded. Members of the same cluster that are not among the peers are shown here too: a member that lags behind may not
     * know its new leader yet.
     *
     * @return a reason to refuse, in a sentence that tells an operator what to do; null to accept
     */
    @Nullable
    String refuse(RemoteMember remote);

    /**
     * Whether the reason to {@link #refuse} this member is that the group knows it with another data directory: it is told so, because
     * one that has just begun can do something about it.
     */
    default boolean knowsOtherDirectory(RemoteMember remote) {
        return false;
    }

    /**
     * The peer that was dialled has shown that it is there, and refuses this member, whose group it knows with another data directory of
     * this member. {@link #refused} is called as well.
     */
    default void otherDirectoryKnown(long peerId) {}

    /** The member that introduced itself has shown that it did so just now, and was accepted: it is the one that speaks from now on. */
    default void introduced(RemoteMember remote) {}

    /** The peer that was dialled has shown that it is there, and {@link #refuse} gave a reason to refuse it. */
    default void turnedAway(RemoteMember remote) {}

    /**
     * A peer that was dialled has introduced itself, and one of the two has yet to learn which cluster it belongs to. There is no
     * connection; called again at each attempt, until {@link Transport#clusterIdLearned} is.
     */
    default void unsettled(RemoteMember remote) {}
}
