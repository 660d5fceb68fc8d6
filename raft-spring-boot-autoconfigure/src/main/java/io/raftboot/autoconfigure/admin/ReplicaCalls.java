package io.raftboot.autoconfigure.admin;

import io.raftboot.api.ChangeOutcome.Reason;
import io.raftboot.api.MembershipView;
import io.raftboot.api.RaftMembership;
import io.raftboot.api.SnapshotOutcome;
import io.raftboot.api.TransferOutcome;
import io.raftboot.autoconfigure.members.Drift;
import io.raftboot.autoconfigure.members.DriftShape;
import io.raftboot.autoconfigure.members.DriftWatch;
import io.raftboot.replica.Replica;
import io.raftboot.replica.ReplicaState;
import io.raftboot.replica.ReplicaStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Calls for who leads, for a snapshot of this member, and for what differs from its configuration. */
final class ReplicaCalls {
    private static final String TARGET = "{\"to\":2}";
    private static final String DESCRIPTION = "openapi.json";

    private final Replica replica;
    private final DriftWatch drift;
    private final Problems problems;

    ReplicaCalls(Replica replica, DriftWatch drift, Problems problems) {
        this.replica = replica;
        this.drift = drift;
        this.problems = problems;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "leader", Set.of(), "", this::leader),
                new Route("POST", "leader", Set.of(), TARGET, this::transfer),
                new Route("POST", "step-down", Set.of(), "{}", this::stepDown),
                new Route("POST", "snapshot", Set.of(), "{}", this::snapshot),
                new Route("GET", "drift", Set.of(), "", this::drift),
                new Route(
                        "GET",
                        DESCRIPTION,
                        Set.of(),
                        "",
                        call -> CompletableFuture.completedFuture(AdminAnswer.ok(description()))));
    }

    private CompletableFuture<AdminAnswer> leader(AdminCall call) {
        return replica.status().thenApply(status -> {
            Long leader = status.leaderId();
            return leader == null
                    ? problems.refused(call.request(), Reason.NO_LEADER, "this member knows no leader", null)
                    : AdminAnswer.ok(leader(leader, status.term(), status.nodeId()));
        });
    }

    private static Map<String, Object> leader(long leader, long term, long self) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("leader", leader);
        body.put("term", term);
        body.put("self", self);
        return body;
    }

    private CompletableFuture<AdminAnswer> transfer(AdminCall call) {
        Long target = call.body("to").idOrNull("to");
        return replica.membership().transfer(target).thenCompose(outcome -> moved(call, outcome, target));
    }

    /** Whoever stops this member wants it not to lead, and it may well be that it does not. */
    private CompletableFuture<AdminAnswer> stepDown(AdminCall call) {
        call.body();
        return replica.status().thenCompose(status -> {
            Long leader = status.leaderId();
            return status.role().equals("leader")
                    ? replica.transferLeadership(null).thenCompose(outcome -> moved(call, outcome, null))
                    : leader == null
                            ? moved(call, new TransferOutcome.NotLeader(null), null)
                            : CompletableFuture.completedFuture(AdminAnswer.ok(notLeading(leader, status)));
        });
    }

    private static Map<String, Object> notLeading(long leader, ReplicaStatus status) {
        var body = leader(leader, status.term(), status.nodeId());
        body.put("steppedDown", false);
        return body;
    }

    private CompletableFuture<AdminAnswer> moved(AdminCall call, TransferOutcome outcome, @Nullable Long target) {
        if (outcome instanceof TransferOutcome.Transferred moved) {
            var body = leader(moved.leaderId(), moved.term(), replica.config().nodeId());
            return CompletableFuture.completedFuture(AdminAnswer.ok(body));
        }
        if (outcome instanceof TransferOutcome.TimedOut late) {
            return CompletableFuture.completedFuture(
                    replica.state() == ReplicaState.RUNNING
                            ? problems.notInTime(call.request(), late.message())
                            : problems.refused(call.request(), Reason.NO_LEADER, late.message(), null));
        }
        return replica.membership().view(RaftMembership.VIEW_PATIENCE).thenApply(view -> {
            if (outcome instanceof TransferOutcome.InvalidTarget invalid) {
                return problems.refused(call.request(), whyInvalid(target, view), invalid.message(), view);
            }
            Long leader = ((TransferOutcome.NotLeader) outcome).leaderId();
            return problems.refused(
                    call.request(),
                    Reason.NO_LEADER,
                    leader == null ? "no leader is known that could hand over" : "node " + leader + " leads meanwhile",
                    view);
        });
    }

    private static Reason whyInvalid(@Nullable Long target, MembershipView view) {
        return target != null && view.member(target).isEmpty() ? Reason.UNKNOWN : Reason.REFUSED;
    }

    private CompletableFuture<AdminAnswer> snapshot(AdminCall call) {
        call.body();
        return replica.takeSnapshot().thenApply(outcome -> {
            if (outcome instanceof SnapshotOutcome.Taken taken) {
                Map<String, Object> body = new LinkedHashMap<>();
                body.put("index", taken.index());
                body.put("sizeBytes", taken.sizeBytes());
                return AdminAnswer.ok(body);
            }
            return problems.notDone(call.request(), ((SnapshotOutcome.NotTaken) outcome).message());
        });
    }

    private CompletableFuture<AdminAnswer> drift(AdminCall call) {
        var absence = problems.absence(call.request());
        if (absence != null) {
            return CompletableFuture.completedFuture(absence);
        }
        return replica.membership().view(RaftMembership.VIEW_PATIENCE).thenApply(view -> {
            Drift found = drift.of(view);
            return AdminAnswer.ok(DriftShape.of(found, call.request().base()));
        });
    }

    /** The description of these calls, as it is in the class path. */
    static byte[] description() {
        try (var in = ReplicaCalls.class.getResourceAsStream(DESCRIPTION)) {
            if (in == null) {
                throw new IllegalStateException(
                        DESCRIPTION + " is not in the class path beside " + ReplicaCalls.class.getName());
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
