package io.raftboot.replica;

import io.raftboot.raft.Node;
import io.raftboot.raft.Status;
import io.raftboot.raft.tracker.Progress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Requests to move the leadership, until another member leads or the time is up. Owned by the raft stage. */
final class LeadershipTransfer {
    private final Node node;
    private final long nodeId;
    private final Leadership leadership;
    private final long timeoutNanos;
    private final List<Request> requests = new ArrayList<>();
    private final Set<Long> connected = new HashSet<>();

    private record Request(CompletableFuture<TransferOutcome> future, long deadlineNanos) {}

    LeadershipTransfer(Node node, long nodeId, Leadership leadership, long timeoutNanos) {
        this.node = node;
        this.nodeId = nodeId;
        this.leadership = leadership;
        this.timeoutNanos = timeoutNanos;
    }

    /** There is a connection to the member: it would get to know that it is to lead. */
    void connected(long peerId) {
        connected.add(peerId);
    }

    void disconnected(long peerId) {
        connected.remove(peerId);
    }

    void request(@Nullable Long targetId, CompletableFuture<TransferOutcome> future, long nowNanos) {
        if (!leadership.leads()) {
            future.complete(new TransferOutcome.NotLeader(leadership.view().leader()));
            return;
        }
        // Completed by the next poll of the node, on this stage.
        var unused = node.status().whenComplete((status, failure) -> {
            if (status == null) {
                future.complete(new TransferOutcome.TimedOut("the member is stopping"));
            } else {
                begin(targetId, status, new Request(future, nowNanos + timeoutNanos));
            }
        });
    }

    void leaderChanged() {
        if (leadership.leaderKnown() && leadership.leaderId() != nodeId) {
            end(new TransferOutcome.Transferred(leadership.leaderId(), leadership.term()));
        }
    }

    void tick(long nowNanos) {
        requests.removeIf(request -> {
            boolean over = nowNanos - request.deadlineNanos() >= 0;
            if (over) {
                request.future().complete(new TransferOutcome.TimedOut("nobody took over within an election timeout"));
            }
            return over;
        });
    }

    void end(TransferOutcome outcome) {
        requests.forEach(request -> request.future().complete(outcome));
        requests.clear();
    }

    private void begin(@Nullable Long wanted, Status status, Request request) {
        if (!leadership.leads()) {
            request.future()
                    .complete(new TransferOutcome.NotLeader(leadership.view().leader()));
            return;
        }
        Long target = wanted == null ? bestFollower(status) : wanted;
        String problem = problem(target, status);
        if (target == null || problem != null) {
            request.future().complete(new TransferOutcome.InvalidTarget(problem == null ? "nobody" : problem));
            return;
        }
        requests.add(request);
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
    private @Nullable Long bestFollower(Status status) {
        return status.progress().entrySet().stream()
                .filter(entry -> entry.getKey() != nodeId && !entry.getValue().isLearner())
                .max(Comparator.comparing((Map.Entry<Long, Progress> entry) -> connected.contains(entry.getKey()))
                        .thenComparing(entry -> entry.getValue().isRecentlyActive())
                        .thenComparing(entry -> entry.getValue().matchIndex(), Long::compareUnsigned))
                .map(Map.Entry::getKey)
                .orElse(null);
    }
}
