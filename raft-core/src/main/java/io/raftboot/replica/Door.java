package io.raftboot.replica;

import io.raftboot.api.event.EventType;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.replica.duty.EventSink;
import io.raftboot.replica.duty.VotersInForce;
import io.raftboot.replica.membership.PeerConnections;
import io.raftboot.replica.membership.PeerIdentities;
import io.raftboot.replica.membership.RefusedMessages;
import io.raftboot.replica.membership.ReturnedMembers;
import io.raftboot.transport.RemoteMember;
import org.jspecify.annotations.Nullable;

/** Who is let in, and whose messages count. On the transport's threads; waits for nothing. */
final class Door {
    private final PeerIdentities identities;
    private final SkipAgreement skips;
    private final PeerConnections connections;
    private final ReturnedMembers returned;
    private final RefusedMessages refused;
    private final VotersInForce voters;
    private final EventSink events;

    Door(
            PeerIdentities identities,
            SkipAgreement skips,
            PeerConnections connections,
            ReturnedMembers returned,
            RefusedMessages refused,
            VotersInForce voters,
            EventSink events) {
        this.identities = identities;
        this.skips = skips;
        this.connections = connections;
        this.returned = returned;
        this.refused = refused;
        this.voters = voters;
        this.events = events;
    }

    /** Why this member must not talk to the other one; null if it may. */
    @Nullable
    String objection(RemoteMember remote) {
        String differs = skips.objectionToStranger(remote);
        String why = differs == null ? identities.objection(remote) : differs;
        if (why != null) {
            events.warning(EventType.REFUSAL, remote.nodeId(), "node {} is not let in: {}", remote.nodeId(), why);
        }
        return why;
    }

    /** Whether the other one comes with another directory than the one by which its group knows it. */
    boolean knowsOtherDirectory(RemoteMember remote) {
        return identities.knowsOtherDirectory(remote);
    }

    /** The other one knows this member with another directory. */
    void otherDirectoryKnown(long peerId) {
        connections.otherDirectoryKnown(peerId);
    }

    /** The other one is there for certain, and talks. */
    void introduced(RemoteMember remote) {
        noteSkips(remote);
        identities.introduced(remote);
        returned.introduced(remote);
        connections.introduced(remote);
    }

    /** The other one is there for certain, and was told why it does not talk to this member. */
    void turnedAway(RemoteMember remote) {
        noteSkips(remote);
        returned.turnedAway(remote);
    }

    /** Somebody was met while one of the two did not know its cluster. */
    void unsettled(RemoteMember remote) {
        connections.met(remote);
    }

    void connected(long peerId) {
        connections.refusals().connected(peerId);
    }

    void refused(long peerId, String reason) {
        connections.refusals().refused(peerId, reason);
    }

    /** No member sends what the other one sent: it is counted, and its connections are closed. */
    void improper(long from, MessageType type, String why) {
        refused.refuse(from, type, why);
    }

    /** As {@link PeerIdentities#accept}, and whether this member may answer. */
    boolean accepts(long from, Message message) {
        return !asksTooEarly(message.getType()) && identities.accept(from, message);
    }

    /**
     * Whether a vote is asked of a member that does not know yet whom its group consists of. Such a member has not begun to be one:
     * its directory is new, and under its id another one may have voted before. Who asks may count it among its voters since
     * that time, and the group of today may have gone on without both of them; so a vote of it could elect a second leader. It
     * votes once it has heard from the group, which is how it is added, or begins one.
     */
    private boolean asksTooEarly(MessageType type) {
        return (type == MessageType.MSG_VOTE || type == MessageType.MSG_PRE_VOTE)
                && voters.voters().incoming().isEmpty();
    }

    /** Who is there for certain agrees, or counts as one who does not; it has been told so. */
    private void noteSkips(RemoteMember remote) {
        var unused = skips.objection(remote);
    }
}
