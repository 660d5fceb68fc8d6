package io.raftboot.autoconfigure.console;

import io.raftboot.api.MembershipView.Member;
import io.raftboot.autoconfigure.console.Verdict.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongPredicate;

/** How a group is whose leader tells: it says who keeps up, and the members themselves what is wrong with them. */
final class VerdictOfLeader {
    /** A question that has gone unanswered for longer has not just been asked at a bad moment. */
    private static final long CUT_MILLIS = 3_000;

    private final GroupSeen seen;
    private final long leader;
    private final int tolerance;
    private final List<Member> voters;
    private final List<String> todo = new ArrayList<>();

    VerdictOfLeader(GroupSeen seen) {
        this.seen = seen;
        this.leader = Objects.requireNonNull(seen.view().source().leaderId());
        this.tolerance = Objects.requireNonNull(seen.view().source().failureTolerance());
        this.voters = seen.view().members().stream().filter(Member::voter).toList();
    }

    Verdict verdict() {
        String trouble = seen.leads(leader) && !seen.isApplying(leader) ? seen.trouble(leader) : null;
        if (trouble != null) {
            return new Verdict(
                    Level.BROKEN,
                    "The leader, member " + leader + ", can't do its work: " + Verdict.sentence(trouble),
                    seen.hangs(leader)
                            ? "Mend that first, or end the process of member " + leader + ", so that another one leads."
                            : "",
                    tolerance < 0 ? tolerance : null);
        }
        adviseOnAll();
        String advice = String.join(" ", todo);
        if (tolerance < 0) {
            return new Verdict(
                    Level.BROKEN,
                    "The leader, member " + leader + ", lacks a majority: commands wait.",
                    advice,
                    tolerance);
        }
        if (isRefusedForSpace()) {
            return new Verdict(
                    Level.BROKEN,
                    "Commands are refused, as disks have little room; reads go on. Member " + leader + " leads.",
                    advice,
                    tolerance);
        }
        return new Verdict(todo.isEmpty() && tolerance > 0 ? Level.HEALTHY : Level.FRAGILE, text(), advice, tolerance);
    }

    /** A leader whose own disk has little room hands over, if there is somebody who has more; else commands are refused. */
    private boolean isRefusedForSpace() {
        return seen.view().halves().stream().anyMatch(half -> {
            long low = half.stream().filter(seen::isDiskLow).count();
            return half.size() - low < half.size() / 2 + 1;
        });
    }

    private String text() {
        String leads = " Member " + leader + " leads.";
        if (voters.size() == 1) {
            return "Works, with a single voter: if it fails, all stands still." + learning();
        }
        if (isJoint()) {
            return "Works, while its members are being exchanged; "
                    + (tolerance == 0 ? "one failure may stop it until that is done." : may() + " meanwhile.")
                    + leads;
        }
        if (tolerance == 0) {
            return (ids(voters, id -> !keepsUp(id)).isEmpty()
                            ? "All " + voters.size() + " voters keep up, but one failure stops the group."
                            : "Works, but one more failure stops it.")
                    + leads
                    + learning();
        }
        if (todo.isEmpty()) {
            return "Healthy: all " + voters.size() + " voters keep up, and " + may() + "." + leads + learning();
        }
        return (ids(voters, id -> !keepsUp(id)).isEmpty()
                        ? "Works, and something is to be mended; " + may() + "."
                        : "Works, and goes on doing so if "
                                + (tolerance == 1 ? "one more voter fails." : tolerance + " more voters fail."))
                + leads
                + learning();
    }

    private String may() {
        return Verdict.voters(tolerance) + " may fail";
    }

    private String learning() {
        var behind = ids(learners(), id -> !keepsUp(id) && !isGone(id));
        return behind.isEmpty()
                ? ""
                : " "
                        + Verdict.sentence(Verdict.members(behind) + (behind.size() == 1 ? " learns" : " learn")
                                + " what the others have");
    }

    private void adviseOnAll() {
        advise(ids(voters, id -> !keepsUp(id) && isGone(id)), "Bring back ", ".");
        advise(
                ids(voters, id -> !keepsUp(id) && !isGone(id)),
                "Wait until what the others have has reached ",
                "; if that lasts, look at its processor, its disk and the way to it.");
        advise(ids(learners(), id -> !keepsUp(id) && isGone(id)), "Bring back the learner, or remove it: ", ".");
        var all = seen.view().members();
        all.forEach(member -> adviseOn(member.id()));
        advise(ids(all, seen::isDiskLow), "Make room on the disk of ", ".");
        all.forEach(from -> adviseOnWaysOf(from.id()));
        if (tolerance == 0 && !isJoint() && voters.size() <= 2) {
            todo.add("Add voters until there are at least three.");
        }
    }

    /** What a member says itself that is wrong with it. */
    private void adviseOn(long id) {
        String trouble = seen.trouble(id);
        if (trouble != null) {
            todo.add("Member " + id + ": " + Verdict.sentence(trouble));
        }
        var report = seen.report(id);
        if (report != null) {
            String failure = report.snapshot().failure();
            if (failure != null) {
                todo.add("Member " + id + " made no snapshot: " + Verdict.sentence(failure));
            }
            report.oddities().forEach(odd -> todo.add("Member " + id + ": " + Verdict.sentence(odd)));
        }
    }

    /** Ways that are cut while both ends work, of which the leader may see nothing. */
    private void adviseOnWaysOf(long from) {
        var report = seen.report(from);
        if (report != null && keepsUp(from)) {
            report.links().stream()
                    .filter(link -> link.silentMillis() != null && link.silentMillis() >= CUT_MILLIS)
                    .filter(link -> keepsUp(link.to()))
                    .forEach(link -> todo.add("Mend the way from member " + from + " to member " + link.to() + "."));
        }
    }

    private void advise(List<Long> ids, String before, String after) {
        if (!ids.isEmpty()) {
            todo.add(before + Verdict.members(ids) + after);
        }
    }

    private List<Member> learners() {
        return seen.view().members().stream().filter(member -> !member.voter()).toList();
    }

    private boolean isJoint() {
        return seen.view().halves().size() > 1;
    }

    private boolean keepsUp(long id) {
        return seen.view()
                .member(id)
                .map(Member::contact)
                .filter(contact -> contact.healthy())
                .isPresent();
    }

    /** Whether this member does not hear of it either. */
    private boolean isGone(long id) {
        return !seen.present().contains(id);
    }

    private static List<Long> ids(List<Member> members, LongPredicate wanted) {
        return members.stream().map(Member::id).filter(wanted::test).toList();
    }
}
