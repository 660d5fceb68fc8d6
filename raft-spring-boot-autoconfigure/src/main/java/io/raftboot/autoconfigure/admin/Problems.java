package io.raftboot.autoconfigure.admin;

import io.raftboot.api.ChangeOutcome;
import io.raftboot.api.ChangeOutcome.Reason;
import io.raftboot.api.MembershipView;
import io.raftboot.api.RaftMembership;
import io.raftboot.autoconfigure.http.ProblemDetails;
import io.raftboot.autoconfigure.members.MembersShape;
import io.raftboot.autoconfigure.stream.StreamSender;
import io.raftboot.replica.Replica;
import io.raftboot.replica.ReplicaState;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What did not go as wanted, as problem details: whether anything happened, why, and how the members are. */
final class Problems {
    private static final String CONFIGURATION = "configuration";

    /** Seconds after which a call that found no leader may be worth another try; an election takes about as long. */
    private static final Map<String, String> TRY_AGAIN = Map.of("Retry-After", "1");

    private final Replica replica;

    Problems(Replica replica) {
        this.replica = replica;
    }

    /**
     * That this member takes part no more, and so can't tell how its group is; null if it does, or is about to. What it would tell looks
     * like a group of nobody.
     */
    @Nullable
    AdminAnswer absence(AdminRequest request) {
        var state = replica.state();
        if (state != ReplicaState.REMOVED && state != ReplicaState.FAILED) {
            return null;
        }
        var cause = replica.failure();
        String why = cause == null ? null : cause.getMessage();
        return refused(
                request,
                Reason.NO_LEADER,
                (why == null ? "this member is " + state.name().toLowerCase(Locale.ROOT) : why)
                        + "; ask another member",
                null);
    }

    /** A change that was not begun. */
    AdminAnswer refused(AdminRequest request, ChangeOutcome.Refused refusal) {
        return refused(request, refusal.reason(), refusal.message(), refusal.present());
    }

    AdminAnswer refused(AdminRequest request, Reason reason, String message, @Nullable MembershipView present) {
        int status = status(reason);
        var body = body(request, status, message);
        body.put("reason", reason.name());
        if (present != null || reason == Reason.NO_LEADER) {
            // Without a leader nobody can say more, and asking would take as long as the call has.
            body.put(CONFIGURATION, present == null ? null : MembersShape.view(present));
        }
        // Who was removed has nothing else to say a moment later.
        boolean passes = reason == Reason.NO_LEADER && replica.state() != ReplicaState.REMOVED;
        return new AdminAnswer(status, passes ? TRY_AGAIN : Map.of(), body);
    }

    /** A request that is none. */
    AdminAnswer bad(AdminRequest request, BadRequestException problem) {
        var body = body(request, problem.status(), String.valueOf(problem.getMessage()));
        body.put("reason", Reason.INVALID.name());
        return new AdminAnswer(problem.status(), Map.of(), body);
    }

    /**
     * An answer, which says how the members are if it tells of a problem and does not say so yet: whoever sent what could not be done is to
     * see on what to decide anew.
     */
    CompletableFuture<AdminAnswer> withConfiguration(AdminAnswer answer) {
        var said = answer.problem();
        if (said == null || said.containsKey(CONFIGURATION)) {
            return CompletableFuture.completedFuture(answer);
        }
        return view().handle((view, failure) -> {
            Map<String, @Nullable Object> body = new LinkedHashMap<>(said);
            body.put(CONFIGURATION, view == null ? null : MembersShape.view(view));
            return new AdminAnswer(answer.status(), answer.headers(), body);
        });
    }

    /** What may have happened or not. */
    AdminAnswer unknown(AdminRequest request, String message) {
        var body = body(
                request,
                504,
                message + "; GET " + request.base() + "/members says what became of it, and the same call with the same"
                        + " Idempotency-Key does nothing twice");
        body.put("outcome", "unknown");
        return new AdminAnswer(504, TRY_AGAIN, body);
    }

    /** A hand-over that was begun and not seen to end; it may end yet. */
    AdminAnswer notInTime(AdminRequest request, String message) {
        var body = body(request, 504, message + "; GET " + request.base() + "/leader says who leads");
        body.put("outcome", "unknown");
        return new AdminAnswer(504, TRY_AGAIN, body);
    }

    /** A stream that was not opened; one that breaks off meanwhile makes room. */
    AdminAnswer tooManyStreams(AdminRequest request) {
        var body = body(
                request,
                503,
                "there are " + StreamSender.MAX_STREAMS
                        + " streams already, or this application ends; close one, or ask"
                        + " for JSON with the header Accept: application/json");
        return new AdminAnswer(503, Map.of("Retry-After", "10"), body);
    }

    /** What this member could not do, for a reason of its own. */
    AdminAnswer notDone(AdminRequest request, String message) {
        return new AdminAnswer(503, Map.of(), body(request, 503, message));
    }

    /** Problem details of what did not happen. */
    Map<String, @Nullable Object> body(AdminRequest request, int status, String detail) {
        return ProblemDetails.refused(
                request.base() + (request.path().isEmpty() ? "" : "/" + request.path()), status, detail);
    }

    private CompletableFuture<MembershipView> view() {
        try {
            return replica.membership().view(RaftMembership.VIEW_PATIENCE);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static int status(Reason reason) {
        return switch (reason) {
            case INVALID -> 400;
            case UNKNOWN -> 404;
            case CHANGE_RUNNING, EXISTS, STALE, MAJORITY, LAGGING, REFUSED -> 409;
            case NO_LEADER -> 503;
        };
    }
}
