package io.raftboot.replica.membership;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.api.event.EventType;
import io.raftboot.notice.QuietLogger;
import io.raftboot.replica.duty.Links;
import io.raftboot.replica.duty.RemovalNews;
import io.raftboot.replica.proto.JoinRequest;
import io.raftboot.replica.proto.MemberRecord;
import io.raftboot.replica.proto.Request;
import io.raftboot.replica.proto.Response;
import io.raftboot.transport.Transport;
import java.util.Collection;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * How a process that belongs to no configuration yet gets into one: it says who it is to the members that it knows, one after the
 * other, until it is added. Any of them passes that on to the leader. Owned by the ticker, but for what says any thread.
 */
public final class JoinAnnouncement {
    private final Logger log = QuietLogger.of(JoinAnnouncement.class);

    private final MemberRecord self;
    private final Links links;
    private final Transport transport;
    private final RemovalNews removal;
    private final PeerConnections connections;
    private long askedNanos;
    private long askedId;
    private volatile @Nullable String waitsFor;

    /** When a leader has heard of this process last, and whether one ever has. */
    private volatile long heardNanos;

    private volatile boolean heard;

    public JoinAnnouncement(
            MemberRecord self, Links links, Transport transport, RemovalNews removal, PeerConnections connections) {
        this.self = self;
        this.links = links;
        this.transport = transport;
        this.removal = removal;
        this.connections = connections;
        this.askedNanos = links.self().nowNanos() - links.self().electionTimeoutNanos();
    }

    /** Any thread: what this process waits for before it is a member, in a sentence; null if it is one. */
    public @Nullable String waitsFor() {
        return waitsFor;
    }

    /**
     * Announces this process, if it is in no configuration.
     *
     * @param clusterKnown whether this process has found its cluster
     */
    public void tick(boolean clusterKnown) {
        if (links.inForce().state().getVotersCount() > 0) {
            waitsFor = null;
            return;
        }
        var known = connections.known();
        if (!clusterKnown) {
            say("this process joins, and has not found its cluster: it waits for one of the members that it knows, "
                    + known);
            return;
        }
        if (waitsFor == null) {
            say("this process joins, and has yet to hear from the leader");
        }
        long now = links.self().nowNanos();
        // What a leader said before may be so no more, and nobody would look for what is wrong now.
        if (heard && now - heardNanos > (known.size() + 2) * links.self().electionTimeoutNanos()) {
            heard = false;
            say("this process joins, and no leader hears of it any more: it asks those that it knows, " + known
                    + ", one after the other. Are enough members up, and reach each other?");
        }
        if (now - askedNanos >= links.self().electionTimeoutNanos() && !known.isEmpty()) {
            askedNanos = now;
            ask(next(known));
        }
    }

    /** One after the other, in the order of their ids. */
    private long next(Collection<Long> known) {
        var ids = new TreeSet<>(known);
        Long higher = ids.higher(askedId);
        askedId = higher == null ? ids.first() : higher;
        return askedId;
    }

    private void ask(long peer) {
        var announcement = Request.newBuilder()
                .setJoin(JoinRequest.newBuilder().setMember(self))
                .build()
                .toByteString();
        var unused = transport
                .request(peer, announcement, links.self().electionTimeout())
                .whenComplete((answer, failure) -> {
                    if (answer != null) {
                        answered(peer, answer);
                    } else {
                        log.debug("node {} did not take the announcement of this process", peer, failure);
                    }
                });
    }

    private void answered(long peer, ByteString answer) {
        try {
            var response = Response.parseFrom(answer);
            if (response.hasRemoved()) {
                removal.removed(response.getRemoved());
                return;
            }
            connections.told(response.getJoin().getMembersList());
            if (response.getJoin().getHeard() && waitsFor != null) {
                heardNanos = links.self().nowNanos();
                heard = true;
                say("this process joins, and is no member yet: "
                        + response.getJoin().getWaitsFor());
            }
        } catch (InvalidProtocolBufferException e) {
            log.warn("node " + peer + " answered what can't be read when this process announced itself", e);
        }
    }

    private void say(String what) {
        if (!what.equals(waitsFor)) {
            waitsFor = what;
            links.events().info(log, EventType.MEMBERS, self.getId(), "node {}: {}", self.getId(), what);
        }
    }
}
