package io.raftboot.replica.leader;

import io.raftboot.api.event.EventType;
import io.raftboot.notice.QuietLogger;
import io.raftboot.raft.Node;
import io.raftboot.raft.RaftRole;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.replica.duty.EventSink;
import io.raftboot.replica.duty.Voters;
import java.util.List;
import org.slf4j.Logger;

/**
 * Fails over in milliseconds when the leader's process is gone: its connection broke and an immediate reconnect was
 * REFUSED, which only a machine that is up and has nobody listening answers. This member then forgets the leader and
 * campaigns, by pre-vote and a little later for each member of lower id, so that not all do at once. Nothing here
 * weakens safety: whoever is wrong loses the pre-vote of a majority that still hears the leader. Owned by the raft stage.
 */
public final class FailoverHint {
    private final Logger log = QuietLogger.of(FailoverHint.class);
    private static final long FIRST_DELAY_MILLIS = 5;
    private static final long DELAY_PER_RANK_MILLIS = 40;

    /** Again, if two were too close to each other to get a majority: further apart than the first time. */
    private static final long SECOND_DELAY_MILLIS = 100;

    private static final long SECOND_DELAY_PER_RANK_MILLIS = 120;

    private final Node node;
    private final long nodeId;
    private final Leadership leadership;
    private final Timer timer;
    private final EventSink events;
    private long generation;
    private boolean otherCampaigns;

    /** Runs a task on the raft stage, later. */
    @FunctionalInterface
    public interface Timer {
        void schedule(Runnable task, long delayMillis);
    }

    public FailoverHint(Node node, long nodeId, Leadership leadership, Timer timer, EventSink events) {
        this.node = node;
        this.nodeId = nodeId;
        this.leadership = leadership;
        this.timer = timer;
        this.events = events;
    }

    public void processGone(long peerId, ConfState configuration) {
        boolean voter = Voters.of(configuration).contains(nodeId);
        if (leadership.leaderId() != peerId || leadership.role() != RaftRole.FOLLOWER || !voter) {
            return;
        }
        events.info(
                log,
                EventType.ELECTION,
                peerId,
                "the process of the leader, node {}, is gone; campaigning without waiting for the timeout",
                peerId);
        node.forgetLeader();
        otherCampaigns = false;
        generation++;
        long mine = generation;
        long rank = rank(configuration.getVotersList(), peerId);
        timer.schedule(() -> campaignFirst(mine), FIRST_DELAY_MILLIS + rank * DELAY_PER_RANK_MILLIS);
        timer.schedule(() -> campaignAgain(mine), SECOND_DELAY_MILLIS + rank * SECOND_DELAY_PER_RANK_MILLIS);
    }

    /** Another member asks for votes: it is quicker, let it. */
    public void voteRequested() {
        otherCampaigns = true;
    }

    private void campaignFirst(long hint) {
        if (!otherCampaigns) {
            campaignAgain(hint);
        }
    }

    private void campaignAgain(long hint) {
        if (hint == generation && !leadership.leaderKnown()) {
            node.campaign();
        }
    }

    private long rank(List<Long> voters, long gone) {
        return voters.stream()
                .filter(voter -> voter != gone && Long.compareUnsigned(voter, nodeId) < 0)
                .count();
    }
}
