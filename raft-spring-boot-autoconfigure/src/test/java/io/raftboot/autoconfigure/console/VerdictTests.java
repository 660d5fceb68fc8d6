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
                report(1, "follower", null, null),
                Stream.iterate(0, at -> at < answers.length, at -> at + 1)
                        .map(at -> FakeReports.peer(at + 2, answers[at]))
                        .toList());
    }

    private static Verdict of(MembershipView view, Answer... answers) {
        return Verdict.of(view, group(answers));
    }

    private static PeerReport peer(long id, MemberReport report) {
        return new PeerReport(id, Answer.REPORTED, report, 10L, null, null);
    }

    private static MemberReport report(long id, String role, @Nullable Long leader, @Nullable String trouble) {
        var any = FakeReports.report(id, null);
        var standing = new MemberReport.Standing(role, 3, leader, 40, 40, trouble, false);
        return new MemberReport(any.run(), standing, any.log(), any.snapshot(), any.disk(), any.work(), List.of());
    }

    private static MemberReport lowOnDisk(long id) {
        var any = report(id, id == 1 ? "leader" : "follower", 1L, null);
        var disk = new MemberReport.Disk(1_000L, true, false);
        return new MemberReport(any.run(), any.standing(), any.log(), any.snapshot(), disk, any.work(), List.of());
    }

    private static Member learner(long id, boolean healthy) {
        var up = member(id, "learner");
        return new Member(id, up.address(), up.role(), false, up.incarnation(), 4, healthy ? up.contact() : GONE);
    }

    private static final MembershipView ALL_WELL =
            said(1, member(1, "leader"), member(2, "follower"), member(3, "follower"));

    @Test
    void allKeepUp() {
        var verdict = Verdict.of(
                ALL_WELL,
                new GroupReport(
                        report(1, "leader", 1L, null),
                        List.of(peer(2, report(2, "follower", 1L, null)), peer(3, report(3, "follower", 1L, null)))));
        assertThat(verdict)
                .isEqualTo(new Verdict(
                        Level.HEALTHY,
                        "Healthy: all 3 voters keep up, and one voter may fail. Member 1 leads.",
                        "",
                        1));
    }

    @Test
    void leaderThatCannotWorkIsNotHealthyThoughAllHearOfIt() {
        var hangs = report(1, "leader", 1L, "the apply stage has not come back for 4 s");
        var verdict = Verdict.of(ALL_WELL, new GroupReport(hangs, List.of()));
        assertThat(verdict.level()).isEqualTo(Level.BROKEN);
        assertThat(verdict.text())
                .isEqualTo("The leader, member 1, can't do its work: The apply stage has not come back for 4 s.");
        assertThat(verdict.advice()).isEmpty();
        var any = report(1, "leader", 1L, null);
        var disk = new MemberReport.Disk(1_000_000L, false, true);
        var hanging =
                new MemberReport(any.run(), any.standing(), any.log(), any.snapshot(), disk, any.work(), List.of());
        assertThat(Verdict.of(ALL_WELL, new GroupReport(hanging, List.of())).advice())
                .contains("end the process of member 1");
    }

    @Test
    void leaderThatStillAppliesMuchIsNotBroken() {
        var any = report(1, "leader", 1L, null);
        var standing = new MemberReport.Standing("leader", 3, 1L, 90_000, 40, "89960 entries are not applied", false);
        var busy = new MemberReport(any.run(), standing, any.log(), any.snapshot(), any.disk(), any.work(), List.of());
        var verdict = Verdict.of(ALL_WELL, new GroupReport(busy, List.of()));
        assertThat(verdict.level()).isEqualTo(Level.FRAGILE);
        assertThat(verdict.advice()).isEqualTo("Member 1: 89960 entries are not applied.");
    }

    /** Reports are up to a second older than what the leader tells. */
    @Test
    void whatWasSaidDuringTheElectionIsNotHeldAgainstTheNewLeader() {
        var own = report(1, "candidate", null, "no leader is known");
        var others = List.of(
                peer(2, report(2, "follower", null, "no leader is known")),
                peer(3, report(3, "follower", null, "no leader is known")));
        var verdict = Verdict.of(ALL_WELL, new GroupReport(own, others));
        assertThat(verdict.level()).isEqualTo(Level.HEALTHY);
        assertThat(verdict.text()).endsWith("Member 1 leads.");
    }

    @Test
    void followerThatCannotWorkIsNamed() {
        var hangs = report(2, "follower", 1L, "the apply stage has not come back for 4 s");
        var verdict = Verdict.of(ALL_WELL, new GroupReport(report(1, "leader", 1L, null), List.of(peer(2, hangs))));
        assertThat(verdict.level()).isEqualTo(Level.FRAGILE);
        assertThat(verdict.text()).startsWith("Works, and something is to be mended; one voter may fail.");
        assertThat(verdict.advice()).isEqualTo("Member 2: The apply stage has not come back for 4 s.");
    }

    @Test
    void commandsThatAreRefusedForWantOfDiskAreNotHealthy() {
        var all = new GroupReport(lowOnDisk(1), List.of(peer(2, lowOnDisk(2)), peer(3, lowOnDisk(3))));
        var verdict = Verdict.of(ALL_WELL, all);
        assertThat(verdict.level()).isEqualTo(Level.BROKEN);
        assertThat(verdict.text()).startsWith("Commands are refused, as disks have little room; reads go on.");
        assertThat(verdict.advice()).isEqualTo("Make room on the disk of the members 1, 2, 3.");
        var one = Verdict.of(ALL_WELL, new GroupReport(report(1, "leader", 1L, null), List.of(peer(2, lowOnDisk(2)))));
        assertThat(one.level()).isEqualTo(Level.FRAGILE);
        assertThat(one.advice()).isEqualTo("Make room on the disk of member 2.");
    }

    @Test
    void memberWhoseStateDiffersIsNotHealthyThoughItKeepsUp() {
        var any = report(2, "follower", 1L, null);
        var odd = new MemberReport.Condition(null, List.of("the state of kv differs from that of the others"), false);
        var standing = new MemberReport.Standing("follower", 3, 1L, 40, 40, odd);
        var two = new MemberReport(any.run(), standing, any.log(), any.snapshot(), any.disk(), any.work(), List.of());
        var verdict = Verdict.of(ALL_WELL, new GroupReport(report(1, "leader", 1L, null), List.of(peer(2, two))));
        assertThat(verdict.level()).isEqualTo(Level.FRAGILE);
        assertThat(verdict.advice()).isEqualTo("Member 2: The state of kv differs from that of the others.");
    }

    @Test
    void wayThatIsCutBetweenTwoThatWorkIsNamed() {
        var own = report(1, "leader", 1L, null);
        var any = report(2, "follower", 1L, null);
        var cut = new MemberReport.Link(3, MemberReport.Way.NONE, null, null, 5_000L, "connection refused");
        var two = new MemberReport(
                any.run(), any.standing(), any.log(), any.snapshot(), any.disk(), any.work(), List.of(cut));
        var verdict = Verdict.of(ALL_WELL, new GroupReport(own, List.of(peer(2, two))));
        assertThat(verdict.level()).isEqualTo(Level.FRAGILE);
        assertThat(verdict.advice()).isEqualTo("Mend the way from member 2 to member 3.");
    }

    @Test
    void learnerThatCatchesUpIsNoDamage() {
        var view = said(1, member(1, "leader"), member(2, "follower"), member(3, "follower"), learner(4, false));
        var own = report(1, "leader", 1L, null);
        var verdict = Verdict.of(view, new GroupReport(own, List.of(peer(4, report(4, "learner", 1L, null)))));
        assertThat(verdict.level()).isEqualTo(Level.HEALTHY);
        assertThat(verdict.text())
                .isEqualTo("Healthy: all 3 voters keep up, and one voter may fail. Member 1 leads."
                        + " Member 4 learns what the others have.");
        var gone = new PeerReport(4, Answer.SILENT, null, null, 9_000L, "no answer");
        var without = Verdict.of(view, new GroupReport(own, List.of(gone)));
        assertThat(without.level()).isEqualTo(Level.FRAGILE);
        assertThat(without.text()).doesNotContain("more voter fails");
        assertThat(without.advice()).isEqualTo("Bring back the learner, or remove it: member 4.");
    }

    @Test
    void voterThatLagsIsWaitedForAndNotBroughtBack() {
        var view = said(0, member(1, "leader"), member(2, "follower"), down(3));
        var behind = List.of(peer(3, report(3, "follower", 1L, null)));
        var verdict = Verdict.of(view, new GroupReport(report(1, "leader", 1L, null), behind));
        assertThat(verdict.advice()).startsWith("Wait until what the others have has reached member 3;");
    }

    @Test
    void exchangeOfMembersIsNotTakenForTooFew() {
        var one = said(0, member(1, "leader"), member(2, "follower"), member(3, "follower"));
        var joint = new MembershipView(
                7,
                one.source(),
                one.members(),
                List.of(List.of(1L, 2L), List.of(1L, 2L, 3L)),
                null,
                List.of(),
                List.of());
        var verdict = Verdict.of(joint, new GroupReport(report(1, "leader", 1L, null), List.of()));
        assertThat(verdict.text()).startsWith("Works, while its members are being exchanged; one failure may stop it");
        assertThat(verdict.advice()).isEmpty();
    }

    @Test
    void leaderThatHasJustDiedDoesNotLead() {
        var old = FakeMembership.of(2_900, member(1, "leader"), member(2, "follower"), member(3, "follower"));
        var own = report(2, "follower", null, "no leader is known");
        var verdict = Verdict.of(
                old,
                new GroupReport(
                        own,
                        List.of(
                                new PeerReport(1, Answer.SILENT, report(1, "leader", 1L, null), 3_000L, 1_000L, "no"),
                                peer(3, report(3, "follower", null, "no leader is known")))));
        assertThat(verdict.level()).isEqualTo(Level.BROKEN);
        assertThat(verdict.text()).startsWith("No leader answers, though enough voters are there");
    }

    @Test
    void leaderThatIsThereAndSlowStillTells() {
        var old = FakeMembership.of(2_900, member(1, "leader"), member(2, "follower"), member(3, "follower"));
        var own = report(2, "follower", 1L, null);
        assertThat(Verdict.of(old, new GroupReport(own, List.of(peer(1, report(1, "leader", 1L, null)))))
                        .level())
                .isEqualTo(Level.HEALTHY);
    }

    @Test
    void memberThatIsCutOffFromTheLeaderDoesNotDeclareTheGroupDead() {
        var own = report(2, "follower", null, "no leader is known");
        var silent = new PeerReport(1, Answer.SILENT, null, null, 4_000L, "no answer within 1 s");
        var verdict = Verdict.of(
                FakeMembership.withoutLeader(),
                new GroupReport(own, List.of(silent, peer(3, report(3, "follower", 1L, null)))));
        assertThat(verdict.level()).isEqualTo(Level.FRAGILE);
        assertThat(verdict.text())
                .isEqualTo("This member does not reach the leader, member 1, which member 3 says it follows.");
        assertThat(verdict.tolerance()).isNull();
    }

    @Test
    void leaderThatHasNotToldYetLeads() {
        var own = report(2, "follower", 3L, null);
        var verdict = Verdict.of(
                FakeMembership.withoutLeader(), new GroupReport(own, List.of(peer(3, report(3, "leader", 3L, null)))));
        assertThat(verdict.level()).isEqualTo(Level.FRAGILE);
        assertThat(verdict.text()).startsWith("Member 3 leads, and has not told how the members are");
    }

    @Test
    void memberThatWaitsToJoinTellsForWhat() {
        var none =
                new MembershipView(0, new Source(null, null, null), List.of(), List.of(), null, List.of(), List.of());
        var own = report(4, "follower", null, "this member joins, and waits for an operator to add it");
        var verdict = Verdict.of(none, new GroupReport(own, List.of(peer(1, report(1, "leader", 1L, null)))));
        assertThat(verdict.text()).startsWith("This member belongs to no group yet");
        assertThat(verdict.advice()).isEqualTo("This member joins, and waits for an operator to add it.");
    }

    @Test
    void oneMoreFailureStopsIt() {
        var verdict = of(said(0, member(1, "leader"), member(2, "follower"), down(3)), Answer.OLDER, Answer.SILENT);
        assertThat(verdict.level()).isEqualTo(Level.FRAGILE);
        assertThat(verdict.text()).isEqualTo("Works, but one more failure stops it. Member 1 leads.");
        assertThat(verdict.advice()).isEqualTo("Bring back member 3.");
    }

    @Test
    void fiveGoOnWithOneDown() {
        var verdict = of(
                said(
                        1,
                        member(1, "leader"),
                        member(2, "follower"),
                        member(3, "follower"),
                        member(4, "follower"),
                        down(5)),
                Answer.OLDER,
                Answer.OLDER,
                Answer.OLDER,
                Answer.SILENT);
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
                .startsWith("No majority as seen from here: of 3 voters 1 is there, and 2 are needed.");
        assertThat(verdict.advice()).startsWith("Start the members 2, 3;");
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
                MemberReport.Work.NOT_KEPT,
                List.of());
        var verdict = Verdict.of(FakeMembership.withoutLeader(), new GroupReport(failed, List.<PeerReport>of()));
        assertThat(verdict.level()).isEqualTo(Level.BROKEN);
        assertThat(verdict.advice()).isEqualTo("The disk is full. Look at the page of another member.");
    }
}
