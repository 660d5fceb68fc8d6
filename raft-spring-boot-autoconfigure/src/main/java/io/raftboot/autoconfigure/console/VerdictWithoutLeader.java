package io.raftboot.autoconfigure.console;

import io.raftboot.api.report.PeerReport;
import io.raftboot.autoconfigure.console.Verdict.Level;
import java.util.List;
import java.util.Optional;

/** How a group is of which no leader tells anything here. That this member hears of none does not mean that there is none. */
final class VerdictWithoutLeader {
    private static final String IF_IT_LASTS =
            "If it lasts for longer than some seconds, look at the problems of the members below.";

    private final GroupSeen seen;

    VerdictWithoutLeader(GroupSeen seen) {
        this.seen = seen;
    }

    Verdict verdict() {
        Optional<Long> leading = seen.present().stream().filter(seen::leads).findFirst();
        if (leading.isPresent()) {
            return new Verdict(
                    Level.FRAGILE,
                    "Member " + leading.get()
                            + " leads, and has not told how the members are: it was elected a moment ago, or it is slow.",
                    IF_IT_LASTS,
                    null);
        }
        return seen.reported()
                .filter(this::followsALeader)
                .findFirst()
                .map(this::cutOff)
                .orElseGet(this::leaderless);
    }

    /** Whether another member has a leader, which says nothing here. */
    private boolean followsALeader(PeerReport other) {
        var report = other.report();
        return report != null
                && report.standing().leader() != null
                && report.standing().trouble() == null
                && !report.standing().stale();
    }

    private Verdict cutOff(PeerReport other) {
        var report = other.report();
        Long leader = report == null ? null : report.standing().leader();
        return new Verdict(
                Level.FRAGILE,
                "This member does not reach the leader, member " + leader + ", which member " + other.id()
                        + " says it follows.",
                "If it lasts for longer than some seconds, mend the way between the members " + seen.self() + " and "
                        + leader + ". The page of member " + other.id() + " tells how the group is.",
                null);
    }

    private Verdict leaderless() {
        var there = seen.present();
        for (List<Long> half : seen.view().halves()) {
            int answer = (int) half.stream().filter(there::contains).count();
            int majority = half.size() / 2 + 1;
            if (answer < majority) {
                return withoutMajority(half, there, answer, majority);
            }
        }
        return new Verdict(
                Level.BROKEN,
                "No leader answers, though enough voters are there: an election is under way, or the leader hangs.",
                IF_IT_LASTS,
                null);
    }

    private static Verdict withoutMajority(List<Long> half, List<Long> there, int answer, int majority) {
        var missing = half.stream().filter(id -> !there.contains(id)).toList();
        return new Verdict(
                Level.BROKEN,
                "No majority as seen from here: of " + half.size() + " voters " + answer + " "
                        + (answer == 1 ? "is" : "are") + " there, and " + majority
                        + " are needed. Commands and linearizable reads that come to this member wait.",
                "Start " + Verdict.members(missing) + "; if "
                        + (missing.size() == 1 ? "it runs" : "they run")
                        + ", mend the way to there. Remove no voter now: that needs a majority, too.",
                answer - majority);
    }
}
