package io.raftboot.autoconfigure.console;

import static io.raftboot.testing.FakeMembership.member;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.api.MembershipView;
import io.raftboot.api.MembershipView.Contact;
import io.raftboot.api.MembershipView.Member;
import io.raftboot.api.MembershipView.Source;
import io.raftboot.api.report.GroupReport;
import io.raftboot.api.report.MemberReport;
import io.raftboot.api.report.PeerReport;
import io.raftboot.api.report.PeerReport.Answer;
import io.raftboot.autoconfigure.console.Verdict.Level;
import io.raftboot.testing.FakeMembership;
import io.raftboot.testing.FakeReports;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VerdictTests {
    private static final Contact GONE = new Contact(40, 20, 9_000, 9_000L, false, null, false);

    private static Member down(long id) {
        var up = member(id, "follower");
        return new Member(id, up.address(), up.role(), true, up.incarnation(), 4, GONE);
    }

    private static MembershipView said(@Nullable Integer tolerance, Member... members) {
        var view = FakeMembership.of(members);
        return new MembershipView(
                7, new Source(1L, 0L, tolerance), view.members(), view.halves(), null, List.of(), List.of());
    }

    private static GroupReport group(Answer... answers) {
        return new GroupReport(
                FakeReports.report(1, null),
                Stream.iterate(0, at -> at < answers.length, at -> at + 1)
                        .map(at -> FakeReports.peer(at + 2, answers[at]))
                        .toList());
    }

    private static Verdict of(MembershipView view, Answer... answers) {
        return Verdict.of(view, group(answers));
    }

    @Test
    void allKeepUp() {
        var verdict = of(said(1, member(1, "leader"), member(2, "follower"), member(3, "follower")));
        assertThat(verdict)
                .isEqualTo(new Verdict(
                        Level.HEALTHY,
                        "Healthy: all 3 members keep up, and one voter may fail. Member 1 leads.",
                        "",
                        1));
    }

    @Test
    void oneMoreFailureStopsIt() {
        var verdict = of(said(0, member(1, "leader"), member(2, "follower"), down(3)));
        assertThat(verdict.level()).isEqualTo(Level.FRAGILE);
        assertThat(verdict.text()).isEqualTo("Works, but one more failure stops it. Member 1 leads.");
        assertThat(verdict.advice()).isEqualTo("Bring back member 3.");
    }

    @Test
    void fiveGoOnWithOneDown() {
        var verdict = of(said(
                1, member(1, "leader"), member(2, "follower"), member(3, "follower"), member(4, "follower"), down(5)));
        assertThat(verdict.level()).isEqualTo(Level.FRAGILE);
        assertThat(verdict.text()).isEqualTo("Works, and goes on doing so if one more voter fails. Member 1 leads.");
    }

    @Test
    void singleVoterIsNotCalledHealthy() {
        var verdict = of(said(0, member(1, "leader")));
        assertThat(verdict.level()).isEqualTo(Level.FRAGILE);
        assertThat(verdict.text()).contains("single voter");
        assertThat(verdict.advice()).contains("at least three");
    }

    @Test
    void withoutMajorityItIsSaidWhomToStart() {
        var verdict = of(FakeMembership.withoutLeader(), Answer.SILENT, Answer.SILENT);
        assertThat(verdict.level()).isEqualTo(Level.BROKEN);
        assertThat(verdict.text())
                .startsWith("No majority: of 3 voters 1 is there as seen from here, and 2 are needed.");
        assertThat(verdict.advice()).startsWith("Start the members 2, 3,");
        assertThat(verdict.tolerance()).isEqualTo(-1);
    }

    @Test
    void memberOfAnOlderVersionIsThere() {
        var verdict = of(FakeMembership.withoutLeader(), Answer.OLDER, Answer.SILENT);
        assertThat(verdict.text()).startsWith("No leader answers, though enough voters are there");
        assertThat(verdict.tolerance()).isNull();
    }

    @Test
    void whatALeaderSaidLongAgoIsNotSoAnyMore() {
        var old = FakeMembership.of(60_000, member(1, "leader"), member(2, "follower"), member(3, "follower"));
        assertThat(of(old, Answer.SILENT, Answer.SILENT).level()).isEqualTo(Level.BROKEN);
    }

    @Test
    void memberThatDoesNotRunSaysThatItKnowsNothing() {
        var own = FakeReports.report(1, null);
        var failed = new MemberReport(
                new MemberReport.Run(1, "failed", 0, 0, 0),
                new MemberReport.Standing("follower", 3, null, 1, 1, "the disk is full", false),
                own.log(),
                own.snapshot(),
                own.disk(),
                null,
                List.of());
        var verdict = Verdict.of(FakeMembership.withoutLeader(), new GroupReport(failed, List.<PeerReport>of()));
        assertThat(verdict.level()).isEqualTo(Level.BROKEN);
        assertThat(verdict.advice()).isEqualTo("The disk is full. Look at the page of another member.");
    }
}
