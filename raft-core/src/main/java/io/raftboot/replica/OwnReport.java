package io.raftboot.replica;

import com.google.protobuf.ByteString;
import io.raftboot.api.report.MemberReport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a running member reports of itself, to whoever looks at all of them. Any thread. */
final class OwnReport {
    /** Behind what was cut. */
    private static final String CUT = " ...";

    private final MemberWiring member;
    private final StatusBoard board;
    private final StatusReport report;
    private final long startedNanos;
    private volatile Whole whole = new OfARunAlone();

    /** The replica, of which this is one run. Any thread. */
    interface Whole {
        ReplicaState state();

        /** What the replica did lately, in this run and in others. */
        MemberReport.Work work();
    }

    /** Of a run that belongs to no replica. */
    private static final class OfARunAlone implements Whole {
        @Override
        public ReplicaState state() {
            return ReplicaState.RUNNING;
        }

        @Override
        public MemberReport.Work work() {
            return MemberReport.Work.NOT_KEPT;
        }
    }

    OwnReport(MemberWiring member, StatusBoard board, StatusReport report) {
        this.member = member;
        this.board = board;
        this.report = report;
        this.startedNanos = member.links.self().nowNanos();
    }

    void partOf(Whole newWhole) {
        whole = newWhole;
    }

    /** Completes within an election timeout or so, whatever hangs; fails if the member is stopped meanwhile. */
    CompletableFuture<MemberReport> now() {
        return board.status(whole.state()).thenApply(this::report);
    }

    private MemberReport report(ReplicaStatus status) {
        var identity = member.opening.storage().identity();
        long upMillis = millis(member.links.self().nowNanos() - startedNanos);
        Long ageNanos = member.snapshots.trigger().writtenAgeNanos();
        return report(
                status,
                new MemberReport.Run(
                        status.nodeId(), name(status), identity.incarnation(), identity.runs(), Math.max(0, upMillis)),
                trouble(status),
                new MemberReport.Snapshot(
                        status.snapshotIndex(),
                        status.snapshotSizeBytes(),
                        ageNanos == null ? null : millis(ageNanos),
                        status.snapshotFailure()),
                report.segmentCount(),
                whole.work(),
                oddities(status, odditiesOfTransport()));
    }

    private List<String> odditiesOfTransport() {
        var now = Instant.ofEpochMilli(member.links.self().clock().wallMillis());
        return member.opening.transport().oddities(now);
    }

    /** One that is about to end may serve its callers still, and is not to be counted on. */
    private static @Nullable String trouble(ReplicaStatus status) {
        return status.state() == ReplicaState.RUNNING
                ? status.notReady()
                : status.state().whyNot(status.nodeId(), status.failure());
    }

    /**
     * Of a member that does not run.
     *
     * @param whyNot for people
     */
    static MemberReport atRest(ReplicaStatus status, MemberReport.Work work, String whyNot) {
        var snapshot = new MemberReport.Snapshot(
                status.snapshotIndex(), status.snapshotSizeBytes(), null, status.snapshotFailure());
        var run = new MemberReport.Run(status.nodeId(), name(status), 0, 0, 0);
        return report(status, run, whyNot, snapshot, 0, work, oddities(status, List.of()));
    }

    /**
     * Of a member that runs, and failed to tell how it is.
     *
     * @param known what can be told all the same
     */
    static MemberReport untold(ReplicaStatus known, MemberReport.Work work, Throwable failure) {
        var cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        var told = atRest(known, work, "how it is can't be told: " + cause);
        var standing = told.standing();
        var condition = standing.condition();
        return new MemberReport(
                told.run(),
                new MemberReport.Standing(
                        standing.role(),
                        standing.term(),
                        standing.leader(),
                        standing.commitIndex(),
                        standing.appliedIndex(),
                        new MemberReport.Condition(condition.trouble(), condition.oddities(), true)),
                told.log(),
                told.snapshot(),
                told.disk(),
                told.work(),
                told.links());
    }

    private static MemberReport report(
            ReplicaStatus status,
            MemberReport.Run run,
            @Nullable String trouble,
            MemberReport.Snapshot snapshot,
            long segments,
            MemberReport.Work work,
            List<String> oddities) {
        var disk = status.disk();
        return new MemberReport(
                run,
                new MemberReport.Standing(
                        status.role(),
                        status.term(),
                        status.leaderId(),
                        status.commitIndex(),
                        status.appliedIndex(),
                        new MemberReport.Condition(
                                trouble, oddities, status.service().stale())),
                new MemberReport.Log(status.firstIndex(), status.lastIndex(), status.logSizeBytes(), segments),
                snapshot,
                new MemberReport.Disk(
                        disk.usableBytes() == Long.MAX_VALUE ? null : disk.usableBytes(), disk.low(), disk.hanging()),
                work,
                List.of());
    }

    /** As many as a report may have, the rest as a number; what the report tells with the snapshots is not told twice. */
    static List<String> oddities(ReplicaStatus status, List<String> ofTransport) {
        var ofMember = status.oddities().stream()
                .filter(oddity -> !oddity.name().equals(ReplicaStatus.Oddity.SNAPSHOT_FAILURE))
                .flatMap(oddity -> oddity.sentences().stream());
        var all = Stream.concat(ofTransport.stream(), ofMember)
                .map(OwnReport::limited)
                .toList();
        int most = MemberReport.Condition.MAX_ODDITIES;
        if (all.size() <= most) {
            return all;
        }
        var some = new ArrayList<>(all.subList(0, most - 1));
        some.add("and " + (all.size() - some.size()) + " more, which the health of this member tells");
        return some;
    }

    /** The beginning, of whole characters, of one that is too long. */
    private static String limited(String sentence) {
        var bytes = ByteString.copyFromUtf8(sentence);
        int most = MemberReport.Condition.MAX_ODDITY_BYTES;
        if (bytes.size() <= most) {
            return sentence;
        }
        int end = most - CUT.length();
        while (!bytes.substring(0, end).isValidUtf8()) {
            end--;
        }
        return bytes.substring(0, end).toStringUtf8() + CUT;
    }

    private static String name(ReplicaStatus status) {
        return status.state().name().toLowerCase(Locale.ROOT);
    }

    private static long millis(long nanos) {
        return nanos / 1_000_000;
    }
}
