package io.raftboot.replica.leader;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.replica.duty.Links;
import io.raftboot.replica.duty.RemovalNews;
import io.raftboot.replica.proto.LeaderAnswer;
import io.raftboot.replica.proto.LeaderInquiry;
import io.raftboot.replica.proto.Request;
import io.raftboot.replica.proto.Response;
import io.raftboot.transport.Transport;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Whether this member could serve: it asks the leader's replica once in an election timeout how far the group is, over the
 * way that commands and reads take, and looks when it has applied that much itself. A follower's own commit index says
 * nothing of how far behind it is, nor does hearing the leader say that the leader can be asked. The leader learns by it
 * how far the others have applied. A member that has applied its removal asks at each tick, until it is told to go. Owned by the raft
 * stage, but for what says any thread.
 */
public final class LeaderContact {
    /** Answers that may be missing, or be behind, before this member counts as one that can't serve. */
    static final int PATIENCE_ELECTION_TIMEOUTS = 3;

    /** As long as this member can't serve it asks more often, to notice soon that it can. */
    private static final int INQUIRIES_IN_ELECTION_TIMEOUT_WHEN_BEHIND = 5;

    /** Answers that are kept until what they say is applied; the newer of more are dropped. */
    private static final int MAX_ANSWERS = 64;

    private final Links links;
    private final long electionTimeoutNanos;
    private final Transport transport;
    private final Leadership leadership;
    private final MajorityBehind majority;
    private final GroupLog log;
    private final RemovalNews removal;

    /** Answers whose commit index is not applied yet, oldest first. */
    private final ArrayDeque<Answer> answers = new ArrayDeque<>();

    private final Map<Long, Told> appliedByOthers = new HashMap<>();
    private boolean asked;
    private long askedNanos;
    private boolean underWay;
    private long inquiries;

    /** When this member certainly had not applied less than the group had committed; null before the first time. */
    private volatile @Nullable Long upToDateNanos;

    private volatile @Nullable String failure;
    private volatile long leaderCommitIndex;

    private record Answer(long askedNanos, long commitIndex) {}

    private record Told(long index, long toldNanos) {}

    /**
     * @param majority whether a majority stands behind a leader of a term at this moment; any thread
     * @param log of this member; on the raft stage
     * @param removal told if this member is one no more
     */
    public LeaderContact(
            Links links,
            Transport transport,
            Leadership leadership,
            MajorityBehind majority,
            GroupLog log,
            RemovalNews removal) {
        this.links = links;
        this.electionTimeoutNanos = links.self().electionTimeoutNanos();
        this.transport = transport;
        this.leadership = leadership;
        this.majority = majority;
        this.log = log;
        this.removal = removal;
    }

    /** Another member leads, or none, or this one. */
    public void leaderChanged() {
        asked = false;
        underWay = false;
        inquiries++;
        appliedByOthers.clear();
        tick();
    }

    public void tick() {
        long now = links.self().nowNanos();
        if (leadership.leads()) {
            if (leadership.ready() && majority.isBehind(leadership.term())) {
                answers.clear();
                failure = null;
                upToDateNanos = now;
                leaderCommitIndex = log.commitIndex();
            }
            return;
        }
        long applied = links.applied().index();
        for (var oldest = answers.peek(); oldest != null && oldest.commitIndex() <= applied; oldest = answers.peek()) {
            upToDateNanos = oldest.askedNanos();
            answers.remove();
        }
        if (leadership.leaderKnown() && !underWay && (!asked || now - askedNanos >= intervalNanos(now))) {
            ask(now);
        }
    }

    /** Another member asks this one, which may lead. */
    public void asked(long from, LeaderInquiry inquiry, CompletableFuture<ByteString> response) {
        appliedByOthers.put(
                from, new Told(inquiry.getAppliedIndex(), links.self().nowNanos()));
        var answer = LeaderAnswer.newBuilder();
        if (leadership.leads() && leadership.ready() && majority.isBehind(leadership.term())) {
            answer.setServes(true).setCommitIndex(log.commitIndex());
        }
        response.complete(Response.newBuilder().setLeader(answer).build().toByteString());
    }

    /** Whether another member is known to have applied the entry at this index, and was heard of lately. */
    public boolean hasApplied(long peerId, long index) {
        var applied = appliedByOthers.get(peerId);
        return applied != null
                && applied.index() >= index
                && links.self().nowNanos() - applied.toldNanos() <= PATIENCE_ELECTION_TIMEOUTS * electionTimeoutNanos;
    }

    /** Whether any other member is. */
    public boolean anyHasApplied(long index) {
        return appliedByOthers.keySet().stream().anyMatch(id -> hasApplied(id, index));
    }

    /** Any thread: the leader's commit index as this member was told last, or its own when it led last; 0 if neither was. */
    public long leaderCommitIndex() {
        return leaderCommitIndex;
    }

    /** Whether the leader has last said that it serves. */
    public boolean leaderServes() {
        return failure == null;
    }

    /** Any thread: why this member can't serve though it knows a leader, in a sentence; null if it can. */
    @Nullable
    public String trouble() {
        var view = leadership.view();
        if (view.leaderId() == links.self().nodeId()) {
            return majority.isBehind(view.term())
                    ? null
                    : "this member leads, but has not heard of a majority for longer than an election timeout";
        }
        var upToDate = upToDateNanos;
        long sinceNanos = upToDate == null ? Long.MAX_VALUE : links.self().nowNanos() - upToDate;
        if (view.leader() == null || sinceNanos <= PATIENCE_ELECTION_TIMEOUTS * electionTimeoutNanos) {
            return null;
        }
        var since = upToDate == null ? "since its start" : "for " + sinceNanos / 1_000_000 + " ms";
        var present = failure;
        if (present != null) {
            return "the leader, node " + view.leaderId() + ", has not answered this member " + since + ": " + present;
        }
        return "this member has been behind the leader, node " + view.leaderId() + ", " + since
                + ": it has applied entries up to " + links.applied().index() + ", and up to " + leaderCommitIndex
                + " they are committed";
    }

    private long intervalNanos(long now) {
        if (isOutside()) {
            // Whoever calls this member waits in vain until it is told that it was removed: then they are sent
            // elsewhere.
            return 0;
        }
        var upToDate = upToDateNanos;
        boolean fresh = upToDate != null && now - upToDate <= 2 * electionTimeoutNanos;
        return fresh ? electionTimeoutNanos : electionTimeoutNanos / INQUIRIES_IN_ELECTION_TIMEOUT_WHEN_BEHIND;
    }

    /** Whether the configuration that this member has in force is without it. One that joins has none. */
    private boolean isOutside() {
        var inForce = links.inForce();
        return inForce.state().getVotersCount() > 0
                && !inForce.isMember(links.self().nodeId());
    }

    private void ask(long now) {
        asked = true;
        askedNanos = now;
        underWay = true;
        long inquiry = ++inquiries;
        var request = Request.newBuilder()
                .setLeader(LeaderInquiry.newBuilder()
                        .setAppliedIndex(links.applied().index()))
                .build();
        var answer = transport.request(
                leadership.leaderId(), request.toByteString(), links.self().electionTimeout());
        var unused = answer.whenComplete((response, failed) -> links.tasks().execute(() -> {
            // Else another leader is asked by now.
            if (inquiry == inquiries) {
                answered(now, response, failed);
            }
        }));
    }

    private void answered(long startedNanos, @Nullable ByteString response, @Nullable Throwable failed) {
        underWay = false;
        if (response == null) {
            failure = failed == null || failed.getMessage() == null
                    ? "it did not answer within an election timeout"
                    : failed.getMessage();
            return;
        }
        try {
            var parsed = Response.parseFrom(response);
            if (parsed.hasRemoved()) {
                failure = "it says that this member was removed from the group";
                removal.removed(parsed.getRemoved());
                return;
            }
            var answer = parsed.getLeader();
            if (!answer.getServes()) {
                failure = "it does not lead, or no majority follows it and writes";
                return;
            }
            failure = null;
            leaderCommitIndex = answer.getCommitIndex();
            if (answers.size() < MAX_ANSWERS) {
                answers.add(new Answer(startedNanos, answer.getCommitIndex()));
            }
            tick();
        } catch (InvalidProtocolBufferException e) {
            failure = "its answer can't be read";
        }
    }
}
