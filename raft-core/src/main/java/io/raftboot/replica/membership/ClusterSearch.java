package io.raftboot.replica.membership;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.agent.Clock;
import io.raftboot.notice.QuietLogger;
import io.raftboot.replica.proto.MemberRecord;
import io.raftboot.replica.proto.MembersQuestion;
import io.raftboot.replica.proto.RemovalNotice;
import io.raftboot.replica.proto.Request;
import io.raftboot.replica.proto.Response;
import io.raftboot.transport.RemoteMember;
import io.raftboot.transport.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;

/**
 * How a member finds its cluster: one that joins learns the cluster's id from the members that it is configured with, and whoever
 * hears of no leader asks those that it knows where the others are. Owned by the ticker; what peers say comes on any thread.
 */
final class ClusterSearch {
    private final Logger log = QuietLogger.of(ClusterSearch.class);

    private final List<Long> peers;
    private final Transport transport;
    private final RejectedConnections refusals;
    private final Clock clock;
    private final Duration electionTimeout;
    private final Found found;

    /** Cluster ids by peer; guarded by itself, as the time of the first. */
    private final Map<Long, Long> said = new TreeMap<>();

    private long firstSaidNanos;

    private boolean learning;
    private boolean conflictReported;
    private long askedNanos;

    /** Which of those known is asked first the next time, counted on over all of them. */
    private int first;

    /** Told what is found. Any thread. */
    interface Found {
        /** Takes the id of the cluster over, later and on another thread. */
        void cluster(long id);

        /** Takes over where members are. */
        void members(List<MemberRecord> members);

        /** A member with this one's id was removed. */
        void removed(RemovalNotice notice);
    }

    /**
     * @param peers whose word counts
     * @param found told what is found
     */
    ClusterSearch(
            List<Long> peers,
            Transport transport,
            RejectedConnections refusals,
            Clock clock,
            Duration electionTimeout,
            Found found) {
        this.peers = peers;
        this.transport = transport;
        this.refusals = refusals;
        this.clock = clock;
        this.electionTimeout = electionTimeout;
        this.found = found;
        this.askedNanos = clock.nanoTime() - electionTimeout.toNanos();
    }

    /** A peer that was dialled has introduced itself, and one of the two does not know its cluster. */
    public void met(RemoteMember remote) {
        if (remote.clusterId() == 0 || !peers.contains(remote.nodeId())) {
            return;
        }
        synchronized (said) {
            if (said.isEmpty()) {
                firstSaidNanos = clock.nanoTime();
            }
            said.put(remote.nodeId(), remote.clusterId());
        }
    }

    /**
     * Learns which cluster it is, once that is certain: waits for all that are configured, but not for long for those that are not
     * there. While this member does not know.
     */
    public void decide() {
        if (learning) {
            return;
        }
        Map<Long, Long> ids;
        boolean waited;
        synchronized (said) {
            ids = new TreeMap<>(said);
            waited = clock.nanoTime() - firstSaidNanos >= electionTimeout.toNanos();
        }
        if (ids.isEmpty() || (ids.size() < peers.size() && !waited)) {
            return;
        }
        var different = new TreeSet<>(ids.values());
        if (different.size() > 1) {
            reportConflict(ids);
            return;
        }
        learning = true;
        found.cluster(different.first());
    }

    private void reportConflict(Map<Long, Long> ids) {
        var text =
                new StringBuilder("the peers of this member belong to different clusters, and it can join one only:");
        ids.forEach((peer, id) -> text.append(" node ")
                .append(peer)
                .append(" to ")
                .append(Long.toHexString(id))
                .append(','));
        text.setCharAt(text.length() - 1, '.');
        text.append(" Write members of one cluster into its peers");
        ids.keySet().forEach(peer -> refusals.refused(peer, text.toString()));
        if (!conflictReported) {
            conflictReported = true;
            log.error("{}", text);
        }
    }

    /**
     * Asks these where the members are, once in an election timeout. Who leads may have come, or moved, while this member was away,
     * and not know where that is: then it has to be told by others.
     */
    public void ask(Collection<Long> known) {
        long now = clock.nanoTime();
        if (now - askedNanos < electionTimeout.toNanos()) {
            return;
        }
        askedNanos = now;
        var question = Request.newBuilder()
                .setMembers(MembersQuestion.getDefaultInstance())
                .build()
                .toByteString();
        for (long peer : inTurn(known)) {
            var unused = transport.request(peer, question, electionTimeout).whenComplete((answer, failure) -> {
                if (failure == null) {
                    answered(peer, answer);
                } else {
                    log.debug("node {} was asked in vain where the others are", peer, failure);
                }
            });
        }
    }

    /** Each of them, another one first each time: there may be room for no more than one question. */
    private List<Long> inTurn(Collection<Long> known) {
        var peers = new ArrayList<>(new TreeSet<>(known));
        if (!peers.isEmpty()) {
            Collections.rotate(peers, -Math.floorMod(first++, peers.size()));
        }
        return peers;
    }

    private void answered(long peer, ByteString answer) {
        try {
            var response = Response.parseFrom(answer);
            if (response.hasRemoved()) {
                found.removed(response.getRemoved());
                return;
            }
            found.members(response.getMembers().getMembersList());
            if (response.getMembers().hasRemoved()) {
                found.removed(response.getMembers().getRemoved());
            }
        } catch (InvalidProtocolBufferException e) {
            log.warn("node " + peer + " answered what can't be read when asked where the others are", e);
        }
    }
}
