package io.raftboot.replica.leader;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.agent.Clock;
import io.raftboot.notice.QuietLogger;
import io.raftboot.raft.Node;
import io.raftboot.raft.RaftRole;
import io.raftboot.raft.proto.Message;
import io.raftboot.replica.proto.Request;
import io.raftboot.replica.proto.Response;
import io.raftboot.replica.proto.TransferAnswer;
import io.raftboot.replica.proto.TransferQuestion;
import io.raftboot.transport.Transport;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Orders of the leader to take over its leadership. Such an order overrides all that protects a leader, and it may have waited: in
 * this process while it was suspended, or on its way. So the leader is asked whether it still holds; it gives a hand-over up
 * after an election timeout. Obeyed is only an answer that comes within one, by this member's own clock: it needs no other. Owned
 * by the raft stage.
 */
public final class TakeOverOrders {
    private final Logger log = QuietLogger.of(TakeOverOrders.class);

    private final Node node;
    private final Known leadership;
    private final Transport transport;
    private final Clock clock;
    private final Duration electionTimeout;
    private final Executor onStage;
    private final Candidate candidate;

    /** What this member knows of who leads. Any thread. */
    @FunctionalInterface
    public interface Known {
        Leadership.View view();
    }

    /** This member as one that might lead. On the raft stage. */
    @FunctionalInterface
    public interface Candidate {
        /** Whether it could. */
        boolean mayCampaign();
    }

    /** The order about which the leader is being asked. */
    private @Nullable Message asked;

    /** @param candidate this member */
    public TakeOverOrders(
            Node node,
            Known leadership,
            Transport transport,
            Clock clock,
            Duration electionTimeout,
            Executor onStage,
            Candidate candidate) {
        this.node = node;
        this.leadership = leadership;
        this.transport = transport;
        this.clock = clock;
        this.electionTimeout = electionTimeout;
        this.onStage = onStage;
        this.candidate = candidate;
    }

    /** Any thread. */
    public void received(Message order) {
        onStage.execute(() -> consider(order));
    }

    private void consider(Message order) {
        if (!isOfTheLeader(order)) {
            log.info("node {} orders to take over the leadership, and is not the leader of this term", order.getFrom());
            return;
        }
        if (!candidate.mayCampaign()) {
            log.info("node {} wants to hand over its leadership, but the disk of this member hangs", order.getFrom());
            return;
        }
        if (asked != null) {
            return; // The answer will tell of this one as well.
        }
        asked = order;
        long askedNanos = clock.nanoTime();
        var question = Request.newBuilder()
                .setTransfer(TransferQuestion.newBuilder().setTerm(order.getTerm()))
                .build()
                .toByteString();
        var unused = transport
                .request(order.getFrom(), question, electionTimeout)
                .whenComplete((answer, failure) -> onStage.execute(() -> answered(order, askedNanos, answer)));
    }

    private void answered(Message order, long askedNanos, @Nullable ByteString answer) {
        asked = null;
        boolean late = clock.nanoTime() - askedNanos > electionTimeout.toNanos();
        if (late || !isOfTheLeader(order) || !candidate.mayCampaign() || !holds(answer)) {
            log.info(
                    "the order of node {} to take over the leadership in term {} came too late: ignored it",
                    order.getFrom(),
                    order.getTerm());
            return;
        }
        node.step(order);
    }

    private boolean isOfTheLeader(Message order) {
        var view = leadership.view();
        return order.getFrom() == view.leaderId() && order.getTerm() == view.term();
    }

    private boolean holds(@Nullable ByteString answer) {
        try {
            return answer != null && Response.parseFrom(answer).getTransfer().getUnderWay();
        } catch (InvalidProtocolBufferException e) {
            log.warn("the leader answered what can't be read when asked about its hand-over", e);
            return false;
        }
    }

    /** Any thread, on the member that leads: whether it is handing the leadership to the one that asks. */
    public void ask(long from, long term, CompletableFuture<ByteString> response) {
        onStage.execute(() -> {
            var status = node.basicStatus();
            boolean underWay = status.softState().role() == RaftRole.LEADER
                    && status.hardState().getTerm() == term
                    && status.leadTransfereeId() == from;
            response.complete(Response.newBuilder()
                    .setTransfer(TransferAnswer.newBuilder().setUnderWay(underWay))
                    .build()
                    .toByteString());
        });
    }
}
