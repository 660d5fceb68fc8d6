package io.raftboot.replica.report;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.api.report.GroupReport;
import io.raftboot.api.report.MemberReport;
import io.raftboot.api.report.PeerReport;
import io.raftboot.replica.duty.Links;
import io.raftboot.replica.proto.ReportAnswer;
import io.raftboot.replica.proto.ReportQuestion;
import io.raftboot.replica.proto.Request;
import io.raftboot.replica.proto.Response;
import io.raftboot.replica.report.AskedPeer.Kind;
import io.raftboot.transport.Reach;
import io.raftboot.transport.Transport;
import io.raftboot.transport.TransportException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Asks the other members how they are, and answers them. A question of each kind is under way to each of them at most, and none while nobody looks:
 * who is asked for its report asks the others in turn whether they are there, so that its report can say whom it reaches, and
 * who is asked that asks nobody. Any thread; the lock is held for moments only, and never while a future completes that others have.
 */
public final class PeerReports {
    /** How long another member may take to answer. */
    static final Duration PATIENCE = Duration.ofSeconds(1);

    /** For how long what was learned is good enough for others who want to know. */
    static final long FRESH_NANOS = 1_000_000_000L;

    /** Nothing takes longer than that but what hangs: whoever comes then begins anew. */
    private static final long HANGS_NANOS = 10 * FRESH_NANOS;

    /** How a member answers that does not know what it is asked, whatever that is. */
    public static final String UNKNOWN_REQUEST = "a request that this version of the replica does not know";

    private final Links links;
    private final Transport transport;
    private final OwnReport own;
    private final Executor completions;

    // Guarded by this.

    private final Map<Long, AskedPeer> peers = new TreeMap<>();
    private @Nullable CompletableFuture<GroupReport> newest;
    private long newestBegunNanos;

    /** A question, and when it was asked. */
    private record Asked(Kind kind, long nanos) {}

    /** Makes the report of this member itself, without its links. */
    @FunctionalInterface
    public interface OwnReport {
        /** Completes in a moment, whatever hangs; or never, of a member that ends. */
        CompletableFuture<MemberReport> now();
    }

    /** @param completions carries what callers have attached, which must hold up no thread of the transport */
    public PeerReports(Links links, Transport transport, OwnReport own, Executor completions) {
        this.links = links;
        this.transport = transport;
        this.own = own;
        this.completions = completions;
    }

    /** All members; completes within a second or so, also for members that do not answer. */
    public CompletableFuture<GroupReport> now() {
        var begun = new CompletableFuture<GroupReport>();
        synchronized (this) {
            long nowNanos = links.self().nowNanos();
            var last = newest;
            if (last != null && nowNanos - newestBegunNanos < (last.isDone() ? FRESH_NANOS : HANGS_NANOS)) {
                return last.copy();
            }
            newestBegunNanos = nowNanos;
            newest = begun;
        }
        var questions = others().map(id -> ask(id, Kind.REPORT)).toArray(CompletableFuture[]::new);
        var unused = CompletableFuture.allOf(questions)
                .thenCombine(own.now(), (done, report) -> new GroupReport(report.withLinks(row()), reports()))
                .whenCompleteAsync(
                        (report, failure) -> {
                            if (failure == null) {
                                begun.complete(report);
                            } else {
                                begun.completeExceptionally(failure);
                            }
                        },
                        completions);
        return begun.copy();
    }

    /** Another member asks how this one is. */
    public void asked(ReportQuestion question, CompletableFuture<ByteString> response) {
        long askedNanos = links.self().nowNanos();
        if (question.getPing()) {
            response.complete(answer(askedNanos, null));
            return;
        }
        lookAround();
        var unused = own.now().whenComplete((report, failure) -> {
            if (failure == null) {
                response.complete(answer(askedNanos, report.withLinks(row())));
            } else {
                response.completeExceptionally(
                        TransportException.maybeSent("it can't tell how it is: " + failure.getMessage()));
            }
        });
    }

    private ByteString answer(long askedNanos, @Nullable MemberReport report) {
        var answer = ReportAnswer.newBuilder();
        if (report != null) {
            answer.setReport(ReportFormat.write(report));
        }
        // The last thing: whatever is done here is none of the way's.
        answer.setTookNanos(Math.max(0, links.self().nowNanos() - askedNanos));
        return Response.newBuilder().setReport(answer).build().toByteString();
    }

    /** Has the next report know whom this member reaches. */
    private void lookAround() {
        for (long id : others().toList()) {
            boolean fresh;
            synchronized (this) {
                fresh = peer(id).isFresh(links.self().nowNanos(), FRESH_NANOS);
            }
            if (!fresh) {
                var unused = ask(id, Kind.PING);
            }
        }
    }

    /** Completes, and never exceptionally, when the answer is known, or that there is none. */
    private CompletableFuture<Void> ask(long id, Kind kind) {
        var question = new CompletableFuture<Void>();
        long askedNanos = links.self().nowNanos();
        synchronized (this) {
            var peer = peer(id);
            var present = peer.question(kind);
            if (present != null) {
                return present;
            }
            peer.asked(kind, question, askedNanos);
        }
        var request = Request.newBuilder()
                .setReport(ReportQuestion.newBuilder().setPing(kind == Kind.PING))
                .build();
        var unused = transport.request(id, request.toByteString(), PATIENCE).whenComplete((bytes, failure) -> {
            note(id, new Asked(kind, askedNanos), bytes, failure);
            question.complete(null);
        });
        return question;
    }

    private synchronized void note(long id, Asked asked, @Nullable ByteString bytes, @Nullable Throwable failure) {
        var peer = peer(id);
        peer.ended(asked.kind());
        if (bytes != null) {
            answered(peer, asked, bytes);
        } else if (isUnknown(failure)) {
            long nowNanos = links.self().nowNanos();
            peer.doesNotKnow(nowNanos, nowNanos - asked.nanos());
        } else {
            peer.silent(asked.nanos(), why(failure));
        }
    }

    private void answered(AskedPeer peer, Asked asked, ByteString bytes) {
        long nowNanos = links.self().nowNanos();
        try {
            var response = Response.parseFrom(bytes);
            var answer = response.getReport();
            if (response.hasReport() && (answer.hasReport() || asked.kind() == Kind.PING)) {
                long wayNanos = Math.max(0, nowNanos - asked.nanos() - answer.getTookNanos());
                peer.answered(nowNanos, wayNanos, answer.hasReport() ? ReportFormat.read(answer.getReport()) : null);
            } else if (response.hasRemoved()) {
                peer.silent(asked.nanos(), "it says that this member was removed from the group");
            } else {
                peer.silent(asked.nanos(), "it answered something else than it was asked");
            }
        } catch (InvalidProtocolBufferException e) {
            peer.silent(asked.nanos(), "it answered what can't be read");
        }
    }

    private static boolean isUnknown(@Nullable Throwable failure) {
        return failure instanceof TransportException told
                && String.valueOf(told.getMessage()).contains(UNKNOWN_REQUEST);
    }

    private static String why(@Nullable Throwable failure) {
        return failure instanceof TimeoutException
                ? "no answer within " + PATIENCE.toSeconds() + " s"
                : failure == null ? "no answer" : String.valueOf(failure.getMessage());
    }

    private synchronized AskedPeer peer(long id) {
        return peers.computeIfAbsent(id, AskedPeer::new);
    }

    private synchronized List<PeerReport> reports() {
        long nowNanos = links.self().nowNanos();
        return others().map(id -> peer(id).toReport(nowNanos)).toList();
    }

    /** How this member reaches the others. */
    private List<MemberReport.Link> row() {
        var reach = transport.reach();
        var obstacles = transport.obstacles();
        var row = new ArrayList<MemberReport.Link>();
        synchronized (this) {
            long nowNanos = links.self().nowNanos();
            var ids = others().toList();
            // Who is no member any more is forgotten, so that this does not grow.
            peers.keySet().retainAll(ids);
            ids.forEach(id -> row.add(peer(id).toLink(nowNanos, way(reach.get(id)), obstacles.get(id))));
        }
        return row;
    }

    private static MemberReport.Way way(@Nullable Reach reach) {
        if (reach == null) {
            return MemberReport.Way.UNKNOWN;
        }
        return switch (reach) {
            case DIALLED -> MemberReport.Way.DIALLED;
            case ACCEPTED_ONLY -> MemberReport.Way.ACCEPTED_ONLY;
            case NONE -> MemberReport.Way.NONE;
        };
    }

    private Stream<Long> others() {
        var state = links.inForce().state();
        return Stream.of(state.getVotersList(), state.getVotersOutgoingList(), state.getLearnersList())
                .flatMap(List::stream)
                .distinct()
                .filter(id -> id != links.self().nodeId())
                .sorted();
    }
}
