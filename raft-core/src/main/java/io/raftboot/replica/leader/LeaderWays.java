package io.raftboot.replica.leader;

import com.google.protobuf.ByteString;
import io.raftboot.replica.duty.Links;
import io.raftboot.replica.proto.Request;
import io.raftboot.replica.proto.SubmitRequest;
import io.raftboot.transport.Transport;
import org.jspecify.annotations.Nullable;

/**
 * Whether the ways lead anywhere that calls of this member take to its leader: that of commands, as requests, and that of linearizable
 * reads, as messages of the core. Each is tried once in an election timeout, whether or not anybody calls, so that a member to
 * which nobody comes knows it too; and what becomes of the commands of callers is counted. Owned by the raft stage, but for
 * what says any thread.
 */
public final class LeaderWays {
    /**
     * So many requests with commands must go unanswered in a row, over as long as a way may be, before that says something: those
     * that end together, with one connection, are one event.
     */
    static final int UNANSWERED_IN_A_ROW = 3;

    /** Time for which it says something after the last of them: nobody calls a member that is not ready, and so it can't be refuted. */
    static final int REMEMBERED_ELECTION_TIMEOUTS = 10;

    /** As long as a way leads nowhere it is tried more often, to notice soon that it does again. */
    private static final int TRIES_IN_ELECTION_TIMEOUT_WHEN_LOST = 5;

    private final Links links;
    private final long electionTimeoutNanos;
    private final Transport transport;
    private final Leadership leadership;
    private final Rounds rounds;
    private final LeaderServes leader;

    private boolean tried;
    private long triedNanos;
    private boolean underWay;
    private long tries;

    private volatile @Nullable Long answeredNanos;
    private volatile @Nullable Long confirmedNanos;
    private volatile @Nullable String failure;
    private volatile @Nullable Unanswered unanswered;

    /** Requests with commands in a row. */
    private record Unanswered(int count, long firstNanos, long lastNanos, String failure) {}

    /** What is known of the leader. On the raft stage. */
    @FunctionalInterface
    public interface LeaderServes {
        /** Whether it has last said that it serves. */
        boolean leaderServes();
    }

    /** The rounds of linearizable reads. */
    public interface Rounds {
        /** Begins one, unless one is under way. */
        void ask();

        /** When the newest that was answered had begun; null if none was. */
        @Nullable
        Long answeredNanos();
    }

    /** @param leader one that does not serve would only keep what it is asked to confirm */
    public LeaderWays(Links links, Transport transport, Leadership leadership, Rounds rounds, LeaderServes leader) {
        this.links = links;
        this.electionTimeoutNanos = links.self().electionTimeoutNanos();
        this.transport = transport;
        this.leadership = leadership;
        this.rounds = rounds;
        this.leader = leader;
    }

    /** Another member leads, or none, or this one. */
    public void leaderChanged() {
        tried = false;
        underWay = false;
        tries++;
        unanswered = null;
        tick();
    }

    public void tick() {
        long now = links.self().nowNanos();
        if (leadership.leads()) {
            // Its calls go no way; should it lose the lead, the patience with the next leader begins then.
            answeredNanos = now;
            confirmedNanos = now;
            return;
        }
        var confirmed = rounds.answeredNanos();
        var before = confirmedNanos;
        if (confirmed != null && (before == null || confirmed - before > 0)) {
            confirmedNanos = confirmed;
        }
        if (leadership.leaderKnown() && !underWay && (!tried || now - triedNanos >= intervalNanos(now))) {
            attempt(now);
        }
    }

    /** A request with commands of callers came back with an answer. */
    public void forwarded() {
        unanswered = null;
    }

    /** A request with commands of callers came back without an answer. */
    public void forwardedInVain(@Nullable Throwable cause) {
        long now = links.self().nowNanos();
        var before = unanswered;
        unanswered = before == null
                ? new Unanswered(1, now, now, text(cause))
                : new Unanswered(before.count() + 1, before.firstNanos(), now, text(cause));
    }

    /** Any thread: which calls of this member lead nowhere though it knows a leader, in a sentence; null if none does. */
    @Nullable
    public String trouble() {
        var view = leadership.view();
        if (view.leader() == null || view.leaderId() == links.self().nodeId()) {
            return null;
        }
        long now = links.self().nowNanos();
        String leader = "the leader, node " + view.leaderId() + ", ";
        if (isLost(answeredNanos, now)) {
            return leader + "has not answered a request for commands of this member " + since(answeredNanos, now)
                    + (failure == null ? "" : ": " + failure);
        }
        if (isLost(confirmedNanos, now)) {
            return leader + "has not confirmed a read of this member " + since(confirmedNanos, now)
                    + ": messages one way or the other are lost, or do not count";
        }
        var vain = unanswered;
        boolean tells = vain != null
                && vain.count() >= UNANSWERED_IN_A_ROW
                && vain.lastNanos() - vain.firstNanos() >= patienceNanos()
                && now - vain.lastNanos() <= REMEMBERED_ELECTION_TIMEOUTS * electionTimeoutNanos;
        return vain == null || !tells
                ? null
                : leader + "has left " + vain.count() + " requests with commands of this member in a row unanswered: "
                        + vain.failure();
    }

    private boolean isLost(@Nullable Long goodNanos, long now) {
        return goodNanos == null || now - goodNanos > patienceNanos();
    }

    private long patienceNanos() {
        return LeaderContact.PATIENCE_ELECTION_TIMEOUTS * electionTimeoutNanos;
    }

    private long intervalNanos(long now) {
        var answered = answeredNanos;
        var confirmed = confirmedNanos;
        long fresh = 2 * electionTimeoutNanos;
        boolean lost = answered == null || confirmed == null || now - answered > fresh || now - confirmed > fresh;
        return lost ? electionTimeoutNanos / TRIES_IN_ELECTION_TIMEOUT_WHEN_LOST : electionTimeoutNanos;
    }

    private void attempt(long now) {
        tried = true;
        triedNanos = now;
        underWay = true;
        long attempt = ++tries;
        if (leader.leaderServes()) {
            rounds.ask();
        }
        // The request that brings commands, with none: it moves nothing.
        var request = Request.newBuilder()
                .setSubmit(SubmitRequest.newBuilder().setTerm(leadership.term()))
                .build();
        var answer = transport.request(
                leadership.leaderId(), request.toByteString(), links.self().electionTimeout());
        var unused = answer.whenComplete((response, failed) -> links.tasks().execute(() -> {
            // Else another leader is asked by now.
            if (attempt == tries) {
                answered(now, response, failed);
            }
        }));
    }

    private void answered(long startedNanos, @Nullable ByteString response, @Nullable Throwable failed) {
        underWay = false;
        if (response == null) {
            failure = text(failed);
        } else {
            failure = null;
            answeredNanos = startedNanos;
        }
    }

    private static String text(@Nullable Throwable failed) {
        return failed == null || failed.getMessage() == null ? "there was no answer in time" : failed.getMessage();
    }

    private static String since(@Nullable Long goodNanos, long now) {
        return goodNanos == null ? "since its start" : "for " + (now - goodNanos) / 1_000_000 + " ms";
    }
}
