package io.raftboot.replica.leader;

import io.raftboot.api.TransferOutcome;
import io.raftboot.api.event.EventType;
import io.raftboot.raft.Node;
import io.raftboot.raft.Status;
import io.raftboot.raft.tracker.Progress;
import io.raftboot.replica.duty.Duty;
import io.raftboot.replica.duty.EventSink;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** Requests to move the leadership, until another member leads or the time is up. Owned by the raft stage. */
public final class HandOver implements Duty {
    private final Node node;
    private final long nodeId;
    private final Leadership leadership;
    private final long timeoutNanos;
    private final EventSink events;
    private final List<Request> requests = new ArrayList<>();
    private final Set<Long> connected = new HashSet<>();

    /**
     * A request under way.
     *
     * @param wanted who was asked for; null for the best follower
     * @param fit who may become the best follower
     * @param targetId who is to take over; 0 until that is decided
     */
    private record Request(
            @Nullable Long wanted,
            LongPredicate fit,
            long targetId,
            CompletableFuture<TransferOutcome> future,
            long deadlineNanos) {
        Request to(long target) {
            return new Request(wanted, fit, target, future, deadlineNanos);
        }
    }

    public HandOver(Node node, long nodeId, Leadership leadership, long timeoutNanos, EventSink events) {
        this.node = node;
        this.nodeId = nodeId;
        this.leadership = leadership;
        this.timeoutNanos = timeoutNanos;
        this.events = events;
    }

    /** A member to which there is a connection would get to know that it is to lead. */
    @Override
    public void connected(long peerId) {
        connected.add(peerId);
    }

    /** If that member was to lead because it seemed the best, another one is now. */
    @Override
    public void disconnected(long peerId) {
        connected.remove(peerId);
        var again = requests.stream()
                .filter(request -> request.wanted() == null && request.targetId() == peerId)
                .toList();
        requests.removeAll(again);
        again.forEach(this::begin);
    }

    public void request(@Nullable Long targetId, CompletableFuture<TransferOutcome> future, long nowNanos) {
        request(targetId, id -> true, future, nowNanos);
    }

    /** Hands over to the best follower of those that are fit, and to nobody who is not there. */
    public void requestToAny(LongPredicate fit, CompletableFuture<TransferOutcome> future, long nowNanos) {
        request(null, id -> fit.test(id) && connected.contains(id), future, nowNanos);
    }

    private void request(
            @Nullable Long targetId, LongPredicate fit, CompletableFuture<TransferOutcome> future, long nowNanos) {
        if (!leadership.leads()) {
            future.complete(new TransferOutcome.NotLeader(leadership.view().leader()));
            return;
        }
        begin(new Request(targetId, fit, 0, future, nowNanos + timeoutNanos));
    }

    private void begin(Request request) {
        // Completed by the next poll of the node, on this stage.
        var unused = node.status().whenComplete((status, failure) -> {
            if (status == null) {
                request.future().complete(new TransferOutcome.TimedOut("the member is stopping"));
            } else {
                begin(status, request);
            }
        });
    }

    @Override
    public void leaderChanged() {
        if (leadership.leaderKnown() && leadership.leaderId() != nodeId) {
            if (!requests.isEmpty()) {
                events.note(
                        EventType.HAND_OVER,
                        leadership.leaderId(),
                        "node {} has taken the leadership over from node {}, in term {}",
                        leadership.leaderId(),
                        nodeId,
                        leadership.term());
            }
            end(new TransferOutcome.Transferred(leadership.leaderId(), leadership.term()));
        }
    }

    @Override
    public void tick(long nowNanos) {
        boolean anyOver = requests.removeIf(request -> {
            boolean over = nowNanos - request.deadlineNanos() >= 0;
            if (over) {
                events.warning(
                        EventType.HAND_OVER,
                        request.targetId(),
                        "node {} did not take the leadership over within an election timeout",
                        request.targetId());
                request.future().complete(new TransferOutcome.TimedOut("nobody took over within an election timeout"));
            }
            return over;
        });
        if (anyOver && requests.isEmpty() && leadership.leads()) {
            // The core counts ticks, which are fewer in a process that is slow; a transfer to the leader itself ends
            // the one
            // under way. Whoever was to take over and asks from now on is told that it is off.
            node.transferLeadership(nodeId);
        }
    }

    @Override
    public void end(String why) {
        end(new TransferOutcome.TimedOut(why));
    }

    private void end(TransferOutcome outcome) {
        requests.forEach(request -> request.future().complete(outcome));
        requests.clear();
    }

    private void begin(Status status, Request request) {
        if (!leadership.leads()) {
            request.future()
                    .complete(new TransferOutcome.NotLeader(leadership.view().leader()));
            return;
        }
        Long target = request.wanted() == null ? bestFollower(status, request.fit()) : request.wanted();
        String problem = problem(target, status);
        if (target == null || problem != null) {
            request.future().complete(new TransferOutcome.InvalidTarget(problem == null ? "nobody" : problem));
            return;
        }
        events.note(EventType.HAND_OVER, target, "node {} hands the leadership over to node {}", nodeId, target);
        requests.add(request.to(target));
        node.transferLeadership(target);
    }

    private @Nullable String problem(@Nullable Long target, Status status) {
        if (target == null) {
            return "there is no other voter that could lead";
        }
        if (target == nodeId) {
            return "node " + target + " leads already";
        }
        var progress = status.progress().get(target);
        if (progress == null) {
            return "node " + target + " is not a member; the members are "
                    + status.progress().keySet().stream().sorted().toList();
        }
        return progress.isLearner() ? "node " + target + " is a learner and can't lead" : null;
    }

    /** Who has most of the log, among those that are connected and were heard of lately. */
    private @Nullable Long bestFollower(Status status, LongPredicate fit) {
        return status.progress().entrySet().stream()
                .filter(entry -> entry.getKey() != nodeId && !entry.getValue().isLearner())
                .filter(entry -> fit.test(entry.getKey()))
                .max(Comparator.comparing((Map.Entry<Long, Progress> entry) -> connected.contains(entry.getKey()))
                        .thenComparing(entry -> entry.getValue().isRecentlyActive())
                        .thenComparing(entry -> entry.getValue().matchIndex(), Long::compareUnsigned))
                .map(Map.Entry::getKey)
                .orElse(null);
    }
}
