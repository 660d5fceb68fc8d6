package io.raftboot.replica.leader;

import io.raftboot.api.event.EventType;
import io.raftboot.raft.proto.Message;
import io.raftboot.replica.duty.Links;
import org.jspecify.annotations.Nullable;

/** What other members' messages and connections say of who leads, and of who is about to. Any thread. */
public final class ElectionSigns {
    private final Links links;
    private final MajorityContact majority;
    private final TakeOverOrders orders;
    private final @Nullable FailoverHint failover;

    /**
     * @param failover null where the leader counts on this member to elect nobody else, whatever it believes to know of the leader's
     *     process
     */
    public ElectionSigns(
            Links links, MajorityContact majority, TakeOverOrders orders, @Nullable FailoverHint failover) {
        this.links = links;
        this.majority = majority;
        this.orders = orders;
        this.failover = failover;
    }

    /**
     * A message has come that this member listens to.
     *
     * @return whether the core is to have it now; an order to take over is asked back first
     */
    public boolean passes(long from, Message message) {
        majority.heard(from, message);
        switch (message.getType()) {
            case MSG_TIMEOUT_NOW -> {
                links.events()
                        .note(EventType.HAND_OVER, from, "node {} asks this member to take its leadership over", from);
                orders.received(message);
                return false;
            }
            case MSG_PRE_VOTE, MSG_VOTE -> {
                if (failover != null) {
                    links.tasks().execute(failover::voteRequested);
                }
                return true;
            }
            default -> {
                return true;
            }
        }
    }

    /** The process of another member is gone for certain. */
    public void processGone(long peerId) {
        if (failover != null) {
            links.tasks()
                    .execute(() -> failover.processGone(peerId, links.inForce().state()));
        }
    }
}
