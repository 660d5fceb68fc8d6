package io.raftboot.replica.change;

import io.raftboot.api.ChangeOptions;
import io.raftboot.api.ChangeOutcome;
import io.raftboot.api.MemberChange;
import io.raftboot.api.MembershipView;
import io.raftboot.api.RaftMembership;
import io.raftboot.api.TransferOutcome;
import io.raftboot.replica.duty.Links;
import io.raftboot.replica.machine.SystemMachine;
import io.raftboot.replica.proto.CancelRequest;
import io.raftboot.replica.proto.MemberRecord;
import io.raftboot.replica.proto.MemberState;
import io.raftboot.replica.proto.MembershipAnswer;
import io.raftboot.replica.proto.MembershipRequest;
import io.raftboot.replica.proto.MembershipState;
import io.raftboot.replica.proto.TransferRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** What callers of this member ask about the members of the group. Any thread. */
public final class MembershipCalls implements RaftMembership {
    /** Time beyond the leader's own that a transfer of the leadership may take on its way, in election timeouts. */
    private static final int TRANSFER_ELECTION_TIMEOUTS = 2;

    private final Links links;
    private final SystemMachine system;
    private final LeaderCalls leader;
    private final LeaderCalls.KnownLeader knownLeader;
    private final Duration changeTimeout;
    private final Limit limit;
    private final AtomicLong keys = new AtomicLong();
    private volatile @Nullable Seen seen;

    /** What a leader said last. */
    private record Seen(MembershipState state, long nanos) {}

    /** Sees to it that a call ends when its time is up, whatever hangs. Any thread. */
    public interface Limit {
        /**
         * The same call, answered in time.
         *
         * @param late what is answered when the time is up, or the member stops: from why
         */
        <T> CompletableFuture<T> limit(CompletableFuture<T> call, Duration patience, Function<String, T> late);
    }

    public MembershipCalls(
            Links links,
            SystemMachine system,
            LeaderCalls leader,
            LeaderCalls.KnownLeader knownLeader,
            Duration changeTimeout,
            Limit limit) {
        this.links = links;
        this.system = system;
        this.leader = leader;
        this.knownLeader = knownLeader;
        this.changeTimeout = changeTimeout;
        this.limit = limit;
    }

    @Override
    public CompletableFuture<MembershipView> view(Duration patience) {
        var request = MembershipRequest.newBuilder().setView(true).build();
        var answer = leader.call(request, patience).thenApply(result -> {
            var told = result.answer();
            return told == null ? lastKnown() : present(told);
        });
        return limit.limit(answer, patience, why -> lastKnown());
    }

    @Override
    public CompletableFuture<ChangeOutcome> change(MemberChange change, ChangeOptions options) {
        return ask(change, options, false);
    }

    @Override
    public CompletableFuture<ChangeOutcome> plan(MemberChange change, ChangeOptions options) {
        return ask(change, options, true);
    }

    private CompletableFuture<ChangeOutcome> ask(MemberChange change, ChangeOptions options, boolean dryRun) {
        String problem = problem(options);
        if (problem != null) {
            return CompletableFuture.completedFuture(
                    new ChangeOutcome.Refused(ChangeOutcome.Reason.INVALID, problem, lastKnown()));
        }
        String given = options.idempotencyKey();
        String key = given == null ? nextKey() : given;
        var request = MembershipRequest.newBuilder()
                .setChange(MembershipFormat.request(change, options, key, dryRun))
                .build();
        return askToChange(request, key);
    }

    /** Names a change that its caller does not name: another name for each run of each member. */
    private String nextKey() {
        return links.self().nodeId() + "-" + Long.toHexString(links.self().runId()) + "-" + keys.incrementAndGet();
    }

    private static @Nullable String problem(ChangeOptions options) {
        String key = options.idempotencyKey();
        if (key != null && (key.isBlank() || bytes(key) > ChangeOptions.MAX_BYTES)) {
            return "an idempotency key must have 1 to " + ChangeOptions.MAX_BYTES + " bytes and not be blank, but '"
                    + key + "' has " + bytes(key);
        }
        return bytes(options.by()) > ChangeOptions.MAX_BYTES
                ? "the name of who asks must have at most " + ChangeOptions.MAX_BYTES + " bytes, but has "
                        + bytes(options.by())
                : null;
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    @Override
    public CompletableFuture<ChangeOutcome> cancel(long changeId, String by) {
        var request = MembershipRequest.newBuilder()
                .setCancel(CancelRequest.newBuilder().setChangeId(changeId).setBy(by))
                .build();
        return askToChange(request, "");
    }

    private CompletableFuture<ChangeOutcome> askToChange(MembershipRequest request, String key) {
        CompletableFuture<ChangeOutcome> outcome = leader.call(request, changeTimeout)
                .thenApply(result -> {
                    var answer = result.answer();
                    if (answer != null) {
                        return MembershipFormat.outcome(answer, present(answer));
                    }
                    return result.maybeHeard() ? undecided(key) : noLeader();
                });
        return limit.limit(outcome, changeTimeout, why -> undecided(key));
    }

    private ChangeOutcome noLeader() {
        return new ChangeOutcome.Refused(
                ChangeOutcome.Reason.NO_LEADER,
                "no leader was known, or answered and could take it, within " + changeTimeout.toMillis() + " ms",
                lastKnown());
    }

    private static ChangeOutcome undecided(String key) {
        return new ChangeOutcome.Undecided(
                "the leader did not say in time whether it took the change: look at the members"
                        + (key.isEmpty() ? "" : ", or ask again with the idempotency key '" + key + "'"));
    }

    @Override
    public CompletableFuture<TransferOutcome> transfer(@Nullable Long targetId) {
        var patience = links.self().electionTimeout().multipliedBy(TRANSFER_ELECTION_TIMEOUTS);
        var request = MembershipRequest.newBuilder()
                .setTransfer(TransferRequest.newBuilder().setTarget(targetId == null ? 0 : targetId))
                .build();
        CompletableFuture<TransferOutcome> outcome = leader.call(request, patience)
                .thenApply(result -> {
                    var answer = result.answer();
                    if (answer != null) {
                        return MembershipFormat.transferred(answer.getTransfer());
                    }
                    return result.maybeHeard()
                            ? new TransferOutcome.TimedOut("the leader did not say what became of the hand-over")
                            : new TransferOutcome.NotLeader(null);
                });
        return limit.limit(outcome, patience, TransferOutcome.TimedOut::new);
    }

    /** What a leader says; or has said before, if it has lost its office over the answer. */
    private MembershipView present(MembershipAnswer answer) {
        if (!answer.hasState()) {
            return lastKnown();
        }
        seen = new Seen(answer.getState(), links.self().nowNanos());
        return MembershipFormat.view(answer.getState(), 0L);
    }

    /** What a leader said last, unless this member itself knows of a newer configuration. */
    private MembershipView lastKnown() {
        var last = seen;
        if (last != null && last.state().getVersion() >= system.configurationIndex()) {
            return MembershipFormat.view(last.state(), (links.self().nowNanos() - last.nanos()) / 1_000_000);
        }
        return MembershipFormat.view(own(), null);
    }

    private MembershipState own() {
        var situation = new Situation(links.inForce().state(), system.members(), id -> false, null);
        var state = MembershipState.newBuilder()
                .setVersion(system.configurationIndex())
                .setLeader(knownLeader.id())
                .setConfiguration(situation.configuration())
                .addAllChanges(system.changes().all());
        LongFunction<MemberRecord> record = id -> {
            var known = system.members().get(id);
            return known == null || known.getRemoved()
                    ? MemberRecord.newBuilder().setId(id).build()
                    : known.toBuilder().clearStateMachines().build();
        };
        situation.ids().forEach(id -> state.addMembers(MemberState.newBuilder().setMember(record.apply(id))));
        return state.build();
    }
}
