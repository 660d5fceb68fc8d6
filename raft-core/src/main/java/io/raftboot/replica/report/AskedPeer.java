package io.raftboot.replica.report;

import io.raftboot.api.report.MemberReport;
import io.raftboot.api.report.PeerReport;
import io.raftboot.api.report.PeerReport.Answer;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What is known of another member by asking it. Guarded by who asks. */
final class AskedPeer {
    /** Where nobody has asked for longer, nobody knows whether the member would have answered meanwhile. */
    static final long SILENCE_KEPT_NANOS = 10_000_000_000L;

    private final long id;

    /** Questions that are under way, one of each kind at most. */
    private final Map<Kind, CompletableFuture<Void>> questions = new EnumMap<>(Kind.class);

    private Answer answer = Answer.SILENT;
    private @Nullable Long askedNanos;
    private @Nullable Long answeredNanos;
    private @Nullable Long silentSinceNanos;
    private long roundTripNanos;
    private @Nullable String why;
    private @Nullable MemberReport report;
    private long reportedNanos;

    /** What a member is asked. */
    enum Kind {
        /** Whether it is there. */
        PING,
        /** How it is, which says that it is there. */
        REPORT
    }

    AskedPeer(long id) {
        this.id = id;
    }

    /** A question under way of which what is wanted will be known; null if there is none. */
    @Nullable
    CompletableFuture<Void> question(Kind wanted) {
        var report = questions.get(Kind.REPORT);
        return report == null && wanted == Kind.PING ? questions.get(Kind.PING) : report;
    }

    /** Whether there is no need to ask yet, as somebody has a moment ago. */
    boolean isFresh(long nowNanos, long freshNanos) {
        var last = answeredNanos;
        return last != null && answer != Answer.SILENT && nowNanos - last < freshNanos;
    }

    void asked(Kind kind, CompletableFuture<Void> question, long nowNanos) {
        if (isForgotten(nowNanos)) {
            silentSinceNanos = null;
        }
        questions.put(kind, question);
        askedNanos = nowNanos;
    }

    /** The question is under way no more, whatever came of it. */
    void ended(Kind kind) {
        questions.remove(kind);
    }

    private boolean isForgotten(long nowNanos) {
        var last = askedNanos;
        return last == null || nowNanos - last > SILENCE_KEPT_NANOS;
    }

    void answered(long nowNanos, long newRoundTripNanos, @Nullable MemberReport newReport) {
        there(Answer.REPORTED, nowNanos);
        roundTripNanos = newRoundTripNanos;
        if (newReport != null) {
            report = newReport;
            reportedNanos = nowNanos;
        }
    }

    /** It is there, and does not know what it is asked. The way has taken that long all the same. */
    void doesNotKnow(long nowNanos, long newRoundTripNanos) {
        there(Answer.OLDER, nowNanos);
        roundTripNanos = newRoundTripNanos;
        // What it said before an older version was started is not so any more.
        report = null;
    }

    private void there(Answer newAnswer, long nowNanos) {
        answer = newAnswer;
        answeredNanos = nowNanos;
        silentSinceNanos = null;
        why = null;
    }

    /** @param sinceNanos when the question was asked that was not answered */
    void silent(long sinceNanos, String newWhy) {
        var last = answeredNanos;
        if (last != null && last - sinceNanos > 0) {
            // It has answered another question meanwhile.
            return;
        }
        answer = Answer.SILENT;
        why = newWhy;
        if (silentSinceNanos == null) {
            silentSinceNanos = sinceNanos;
        }
    }

    PeerReport toReport(long nowNanos) {
        return new PeerReport(
                id,
                answer,
                report,
                report == null ? null : millis(nowNanos - reportedNanos),
                silentMillis(nowNanos),
                why == null && answer == Answer.SILENT ? "it was not asked yet" : why);
    }

    MemberReport.Link toLink(long nowNanos, MemberReport.Way way, @Nullable String obstacle) {
        var last = answeredNanos;
        return new MemberReport.Link(
                id,
                way,
                last == null ? null : roundTripNanos,
                last == null ? null : millis(nowNanos - last),
                silentMillis(nowNanos),
                obstacle);
    }

    private @Nullable Long silentMillis(long nowNanos) {
        var since = silentSinceNanos;
        return since == null || isForgotten(nowNanos) ? null : millis(nowNanos - since);
    }

    private static long millis(long nanos) {
        return Math.max(0, nanos / 1_000_000);
    }
}
