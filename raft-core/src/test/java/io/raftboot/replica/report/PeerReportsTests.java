package io.raftboot.replica.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.api.report.GroupReport;
import io.raftboot.api.report.MemberReport;
import io.raftboot.api.report.PeerReport.Answer;
import io.raftboot.api.report.WorkSample;
import io.raftboot.api.report.WorkSample.Figure;
import io.raftboot.raft.AppliedConfiguration;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.replica.FakeClock;
import io.raftboot.replica.RecordingTransport;
import io.raftboot.replica.TestLinks;
import io.raftboot.replica.proto.ReportAnswer;
import io.raftboot.replica.proto.ReportQuestion;
import io.raftboot.replica.proto.Response;
import io.raftboot.transport.TransportException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Member 1 of the voters 1, 2 and 3 and the learner 4, of which the test plays all others. */
class PeerReportsTests {
    private final FakeClock clock = new FakeClock(0);
    private final RecordingTransport transport = new RecordingTransport();
    private Executor completions = Runnable::run;
    private final PeerReports reports = new PeerReports(
            TestLinks.of(
                    clock,
                    Duration.ofMillis(200),
                    7,
                    new AppliedConfiguration(
                            1,
                            ConfState.newBuilder()
                                    .addVoters(3)
                                    .addVoters(1)
                                    .addVoters(2)
                                    .addLearners(4)
                                    .build())),
            transport,
            () -> CompletableFuture.completedFuture(report(1, null)),
            task -> completions.execute(task));

    private static MemberReport report(long id, @Nullable String trouble) {
        return new MemberReport(
                new MemberReport.Run(id, "running", 99, 3, 5_000),
                new MemberReport.Standing(
                        "follower",
                        7,
                        2L,
                        40,
                        39,
                        new MemberReport.Condition(trouble, List.of("states differ", "entries were skipped"), false)),
                new MemberReport.Log(5, 41, 1_000, 2),
                new MemberReport.Snapshot(4, 300, 60_000L, "the disk said no"),
                new MemberReport.Disk(10_000L, true, false),
                new MemberReport.Work(
                        true,
                        new WorkSample(
                                10,
                                5_000,
                                new Figure(8, 8, 100, 50),
                                Figure.NONE,
                                new Figure(2, 9, 30, 20),
                                Figure.NONE,
                                1)),
                List.of(
                        new MemberReport.Link(2, MemberReport.Way.DIALLED, 1_000_000L, 20L, null, null),
                        new MemberReport.Link(3, MemberReport.Way.NONE, null, null, 500L, "no route")));
    }

    private RecordingTransport.Asked question(int at) {
        return transport.asked.get(at);
    }

    private void answer(int at, long tookNanos) {
        long from = question(at).to();
        var answer =
                ReportAnswer.newBuilder().setTookNanos(tookNanos).setReport(ReportFormat.write(report(from, null)));
        question(at)
                .answer()
                .complete(Response.newBuilder().setReport(answer).build().toByteString());
    }

    private void answerAll(int from) {
        for (int at = from; at < transport.asked.size(); at++) {
            answer(at, 0);
        }
    }

    private static GroupReport done(CompletableFuture<GroupReport> reports) {
        assertThat(reports).isCompleted();
        return reports.join();
    }

    @Test
    void nobodyIsAskedUntilSomebodyLooks() {
        clock.advanceMillis(60_000);
        assertThat(transport.asked).isEmpty();
        var unused = reports.now();
        assertThat(transport.asked).extracting(RecordingTransport.Asked::to).containsExactly(2L, 3L, 4L);
    }

    @Test
    void whoLooksTwiceGetsTheSameForASecond() {
        var first = reports.now();
        var second = reports.now();
        assertThat(transport.asked).hasSize(3);
        clock.advanceMillis(10);
        answerAll(0);
        clock.advanceMillis(900);
        assertThat(done(reports.now())).isSameAs(done(first)).isSameAs(done(second));
        assertThat(transport.asked).hasSize(3);
        clock.advanceMillis(100);
        assertThat(reports.now()).isNotCompleted();
        assertThat(transport.asked).hasSize(6);
    }

    @Test
    void callerWhoGoesAwayTakesNothingFromTheOthers() {
        var first = reports.now();
        var second = reports.now();
        first.cancel(false);
        answerAll(0);
        assertThat(done(second).others()).hasSize(3);
    }

    @Test
    void threadThatBringsTheLastAnswerDoesNotRunWhatCallersHaveAttached() {
        var tasks = new ArrayDeque<Runnable>();
        completions = tasks::add;
        var now = reports.now();
        answerAll(0);
        assertThat(now).isNotCompleted();
        tasks.remove().run();
        assertThat(done(now).others()).hasSize(3);
    }

    @Test
    void reportGoesOverTheWayAsItIs() {
        var now = reports.now();
        answerAll(0);
        assertThat(done(now).others().get(0).report()).isEqualTo(report(2, null));
        assertThat(ReportFormat.read(ReportFormat.write(report(3, "no leader is known"))))
                .isEqualTo(report(3, "no leader is known"));
    }

    @Test
    void workThatIsNotKeptIsToldApartFromNoneYet() throws Exception {
        for (var work : List.of(MemberReport.Work.NOT_KEPT, new MemberReport.Work(true, null))) {
            var of = report(2, null);
            var report =
                    new MemberReport(of.run(), of.standing(), of.log(), of.snapshot(), of.disk(), work, of.links());
            assertThat(ReportFormat.read(ReportFormat.write(report))).isEqualTo(report);
        }
        // The first members that told it did not say whether they keep it.
        var older = ReportFormat.write(report(2, null)).toBuilder().clearKeepsWork();
        assertThat(ReportFormat.read(older.build()).work())
                .isEqualTo(report(2, null).work());
    }

    @Test
    void memberOfAVersionThatTellsNoOdditiesHasNone() throws Exception {
        var older = ReportFormat.write(report(2, null)).toBuilder().clearOddities();
        assertThat(ReportFormat.read(older.build()).oddities()).isEmpty();
    }

    @Test
    void timeThatTheOtherTookIsNotTheWays() {
        var now = reports.now();
        clock.advanceMillis(30);
        answer(0, 25_000_000);
        answer(1, 0);
        answer(2, 99_000_000);
        assertThat(done(now).own().links())
                .extracting(MemberReport.Link::roundTripNanos)
                .containsExactly(5_000_000L, 30_000_000L, 0L);
    }

    @Test
    void whoDoesNotAnswerIsToldOfSinceTheFirstQuestionInVain() {
        var first = reports.now();
        answerAll(0);
        assertThat(done(first).others().get(1).silentMillis()).isNull();
        clock.advanceMillis(2_000);
        var second = reports.now();
        clock.advanceMillis(1_000);
        question(4).answer().completeExceptionally(new TimeoutException("in vain"));
        answer(3, 0);
        answer(5, 0);
        var silent = done(second).others().get(1);
        assertThat(silent.id()).isEqualTo(3);
        assertThat(silent.answer()).isEqualTo(Answer.SILENT);
        assertThat(silent.silentMillis()).isEqualTo(1_000);
        assertThat(silent.ageMillis()).isEqualTo(3_000);
        assertThat(silent.report()).isEqualTo(report(3, null));
        assertThat(silent.why()).isEqualTo("no answer within 1 s");

        clock.advanceMillis(1_000);
        var third = reports.now();
        question(7).answer().completeExceptionally(TransportException.notSent("no connection"));
        answer(6, 0);
        answer(8, 0);
        assertThat(done(third).others().get(1).silentMillis()).isEqualTo(2_000);
        assertThat(done(third).own().links().get(1).silentMillis()).isEqualTo(2_000);

        clock.advanceMillis(2_000);
        var fourth = reports.now();
        answerAll(9);
        assertThat(done(fourth).others().get(1).silentMillis()).isNull();
        assertThat(done(fourth).others().get(1).answer()).isEqualTo(Answer.REPORTED);
    }

    private void answerAllButMember3(int from) {
        for (int at = from; at < transport.asked.size(); at++) {
            if (question(at).to() == 3) {
                question(at).answer().completeExceptionally(new TimeoutException("in vain"));
            } else {
                answer(at, 0);
            }
        }
    }

    @Test
    void silenceIsNotCountedOverAWhileInWhichNobodyAsked() {
        var first = reports.now();
        clock.advanceMillis(1_000);
        answerAllButMember3(0);
        assertThat(done(first).others().get(1).silentMillis()).isEqualTo(1_000);

        clock.advanceMillis(24 * 3600 * 1_000);
        var second = reports.now();
        clock.advanceMillis(1_000);
        answerAllButMember3(3);
        assertThat(done(second).others().get(1).silentMillis()).isEqualTo(1_000);

        clock.advanceMillis(24 * 3600 * 1_000);
        var asked = new CompletableFuture<ByteString>();
        reports.asked(ReportQuestion.getDefaultInstance(), asked);
        assertThat(links(asked))
                .as("asked a moment ago, and told before the answers")
                .allSatisfy(link -> assertThat(link.silentMillis()).isNull());
    }

    private static List<MemberReport.Link> links(CompletableFuture<ByteString> asked) {
        assertThat(asked).isCompleted();
        try {
            return ReportFormat.read(
                            Response.parseFrom(asked.join()).getReport().getReport())
                    .links();
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void questionThatIsUnderWayIsNotAskedASecondTime() {
        var unused = reports.now();
        answer(0, 0);
        answer(1, 0);
        // Member 4 does not answer, nor does the transport give it up.
        clock.advanceMillis(20_000);
        unused = reports.now();
        assertThat(transport.asked).extracting(RecordingTransport.Asked::to).containsExactly(2L, 3L, 4L, 2L, 3L);
    }

    private void doesNotKnow(int at) {
        question(at)
                .answer()
                .completeExceptionally(TransportException.maybeSent(
                        "member 2: a request that this version of the replica does not know"));
    }

    @Test
    void memberOfAnOlderVersionIsToldApart() {
        var now = reports.now();
        doesNotKnow(0);
        answer(1, 0);
        answer(2, 0);
        var older = done(now).others().get(0);
        assertThat(older.answer()).isEqualTo(Answer.OLDER);
        assertThat(older.report()).isNull();
        assertThat(older.silentMillis()).isNull();
    }

    /** As in an update of one member after the other. */
    @Test
    void memberOfAnOlderVersionIsSeenToStopAndToComeBackNewer() {
        var unused = reports.now();
        doesNotKnow(0);
        answer(1, 0);
        answer(2, 0);
        clock.advanceMillis(1_000);
        var stopped = reports.now();
        assertThat(question(3).to()).isEqualTo(2);
        question(3).answer().completeExceptionally(TransportException.notSent("no connection"));
        answerAll(4);
        assertThat(done(stopped).others().get(0).answer()).isEqualTo(Answer.SILENT);
        clock.advanceMillis(1_000);
        var newer = reports.now();
        answerAll(6);
        assertThat(done(newer).others().get(0).report()).isEqualTo(report(2, null));
    }

    @Test
    void answerOfAnotherKindIsNone() {
        var now = reports.now();
        question(0).answer().complete(Response.getDefaultInstance().toByteString());
        question(1).answer().complete(ByteString.copyFromUtf8("what is this"));
        answer(2, 0);
        assertThat(done(now).others())
                .extracting(one -> one.answer())
                .containsExactly(Answer.SILENT, Answer.SILENT, Answer.REPORTED);
    }

    @Test
    void whoIsAskedForItsReportLooksWhomItReachesAndWhoIsPingedAsksNobody() {
        var pinged = new CompletableFuture<ByteString>();
        reports.asked(ReportQuestion.newBuilder().setPing(true).build(), pinged);
        assertThat(pinged).isCompleted();
        assertThat(transport.asked).isEmpty();

        var asked = new CompletableFuture<ByteString>();
        reports.asked(ReportQuestion.getDefaultInstance(), asked);
        assertThat(asked).isCompleted();
        assertThat(transport.asked).hasSize(3).allSatisfy(one -> assertThat(
                        one.request().getReport().getPing())
                .isTrue());
        answerAll(0);
        clock.advanceMillis(500);
        reports.asked(ReportQuestion.getDefaultInstance(), new CompletableFuture<>());
        assertThat(transport.asked)
                .as("what is half a second old is good enough")
                .hasSize(3);
        clock.advanceMillis(500);
        reports.asked(ReportQuestion.getDefaultInstance(), new CompletableFuture<>());
        assertThat(transport.asked).hasSize(6);
    }

    @Test
    void whoIsOnlyAskedWhetherItIsThereIsAskedForItsReportAsWell() {
        reports.asked(ReportQuestion.getDefaultInstance(), new CompletableFuture<>());
        var now = reports.now();
        assertThat(transport.asked)
                .extracting(one -> one.request().getReport().getPing())
                .containsExactly(true, true, true, false, false, false);
        // The answer to a ping has no report.
        var there = Response.newBuilder()
                .setReport(ReportAnswer.getDefaultInstance())
                .build()
                .toByteString();
        question(0).answer().complete(there);
        assertThat(now).isNotCompleted();
        clock.advanceMillis(10);
        answerAll(3);
        assertThat(done(now).others())
                .extracting(one -> one.report())
                .containsExactly(report(2, null), report(3, null), report(4, null));

        question(1).answer().completeExceptionally(new TimeoutException("in vain"));
        question(2).answer().complete(there);
        clock.advanceMillis(500);
        var asked = new CompletableFuture<ByteString>();
        reports.asked(ReportQuestion.getDefaultInstance(), asked);
        assertThat(transport.asked).as("all have answered a moment ago").hasSize(6);
        assertThat(links(asked))
                .as("its report was asked for behind the ping, and has come")
                .allSatisfy(link -> assertThat(link.silentMillis()).isNull());
    }

    @Test
    void answerToTheQuestionForAReportThatHasNoneIsNone() {
        var now = reports.now();
        question(0)
                .answer()
                .complete(Response.newBuilder()
                        .setReport(ReportAnswer.getDefaultInstance())
                        .build()
                        .toByteString());
        answerAll(1);
        assertThat(done(now).others().get(0).answer()).isEqualTo(Answer.SILENT);
    }
}
