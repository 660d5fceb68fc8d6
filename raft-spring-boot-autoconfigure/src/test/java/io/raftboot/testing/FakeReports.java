package io.raftboot.testing;

import io.raftboot.api.report.GroupReport;
import io.raftboot.api.report.GroupReports;
import io.raftboot.api.report.LogEntry;
import io.raftboot.api.report.MemberReport;
import io.raftboot.api.report.PeerReport;
import io.raftboot.api.report.PeerReport.Answer;
import io.raftboot.api.report.WorkSample;
import io.raftboot.api.report.WorkSample.Figure;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Reports of members that are not there. */
public final class FakeReports implements GroupReports {
    public volatile GroupReport group =
            new GroupReport(report(1, null), List.of(peer(2, Answer.REPORTED), peer(3, Answer.REPORTED)));
    public volatile boolean neverAnswers;
    public volatile boolean entriesHang;
    public volatile boolean kept;
    public final AtomicInteger asked = new AtomicInteger();

    /** Of a running member that reaches all others of three. */
    public static MemberReport report(long id, @Nullable String trouble) {
        return new MemberReport(
                new MemberReport.Run(id, "running", 0xabcL + id, 2, 60_000),
                new MemberReport.Standing(id == 1 ? "leader" : "follower", 3, 1L, 40, 40, trouble, false),
                new MemberReport.Log(2, 40, 4_096, 1),
                new MemberReport.Snapshot(0, 0, null, null),
                new MemberReport.Disk(1L << 40, false, false),
                MemberReport.Work.NOT_KEPT,
                List.of(
                        new MemberReport.Link(id % 3 + 1, MemberReport.Way.DIALLED, 800_000L, 20L, null, null),
                        new MemberReport.Link(
                                (id + 1) % 3 + 1, MemberReport.Way.NONE, null, null, 5_000L, "connection refused")));
    }

    /** What has become of the question to a member. */
    public static PeerReport peer(long id, Answer answer) {
        return answer == Answer.REPORTED
                ? new PeerReport(id, answer, report(id, null), 10L, null, null)
                : answer == Answer.OLDER
                        ? new PeerReport(id, answer, null, null, null, null)
                        : new PeerReport(id, answer, report(id, null), 12_000L, 9_000L, "no answer within 1 s");
    }

    @Override
    public CompletableFuture<GroupReport> now() {
        asked.incrementAndGet();
        return neverAnswers ? new CompletableFuture<>() : CompletableFuture.completedFuture(group);
    }

    @Override
    public CompletableFuture<List<LogEntry>> newestEntries() {
        return entriesHang
                ? new CompletableFuture<>()
                : CompletableFuture.completedFuture(List.of(
                        new LogEntry(
                                40,
                                3,
                                LogEntry.Kind.COMMAND,
                                "kv",
                                "put",
                                90,
                                "the secret\0".getBytes(StandardCharsets.UTF_8)),
                        new LogEntry(39, 3, LogEntry.Kind.EMPTY, "", "", 0, new byte[0])));
    }

    @Override
    public void keepHistory() {
        kept = true;
    }

    @Override
    public List<WorkSample> history() {
        return List.of(
                new WorkSample(5_100, 5_000, new Figure(10, 10, 500, 90), Figure.NONE, Figure.NONE, Figure.NONE, 1),
                new WorkSample(100, 5_000, new Figure(20, 20, 700, 80), Figure.NONE, Figure.NONE, Figure.NONE, 0));
    }

    @Override
    public Map<String, Map<String, Long>> calls() {
        return Map.of("kv", Map.of("commands.applied", 30L));
    }
}
