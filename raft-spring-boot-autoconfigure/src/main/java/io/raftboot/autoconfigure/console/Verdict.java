package io.raftboot.autoconfigure.console;

import io.raftboot.api.MembershipView;
import io.raftboot.api.report.GroupReport;
import io.raftboot.api.report.PeerReport;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How the group is, in a sentence.
 *
 * @param text what is so
 * @param advice what to do about it; empty if nothing is to be done
 * @param tolerance how many more voters may fail; negative if a majority is missing, null if nobody can tell
 */
record Verdict(Level level, String text, String advice, @Nullable Integer tolerance) {
    /** What a leader has said longer ago does not tell how the group is now. */
    private static final long OLD_MILLIS = 3_000;

    /** How much of a hurry there is. */
    enum Level {
        /** All is well. */
        HEALTHY,
        /** It works, and something is to be mended. */
        FRAGILE,
        /** It does not work, or nobody can tell. */
        BROKEN
    }

    static Verdict of(MembershipView view, GroupReport group) {
        var own = group.own();
        if (!own.run().state().equals("running")) {
            String trouble = own.standing().trouble();
            return new Verdict(
                    Level.BROKEN,
                    "This member does not run, so it knows nothing of the others.",
                    (trouble == null ? "" : sentence(trouble) + " ") + "Look at the page of another member.",
                    null);
        }
        Long age = view.source().ageMillis();
        Integer tolerance = view.source().failureTolerance();
        return age == null || age > OLD_MILLIS || tolerance == null
                ? withoutLeader(view, group)
                : byLeader(view, tolerance);
    }

    private static Verdict byLeader(MembershipView view, int tolerance) {
        var down = view.members().stream()
                .filter(member -> member.contact() == null || !member.contact().healthy())
                .map(MembershipView.Member::id)
                .toList();
        long voters =
                view.members().stream().filter(MembershipView.Member::voter).count();
        String leads = view.source().leaderId() == null
                ? ""
                : " Member " + view.source().leaderId() + " leads.";
        if (tolerance < 0) {
            return new Verdict(
                    Level.BROKEN,
                    "The leader lacks a majority: commands wait." + leads,
                    "Bring back " + members(down) + ".",
                    tolerance);
        }
        if (!down.isEmpty()) {
            String still = tolerance == 0
                    ? "Works, but one more failure stops it."
                    : "Works, and goes on doing so if "
                            + (tolerance == 1 ? "one more voter fails." : tolerance + " more voters fail.");
            return new Verdict(Level.FRAGILE, still + leads, "Bring back " + members(down) + ".", tolerance);
        }
        if (tolerance == 0) {
            return new Verdict(
                    Level.FRAGILE,
                    voters == 1
                            ? "Works, with a single voter: if it fails, all stands still."
                            : "All " + voters + " voters keep up, but one failure stops the group." + leads,
                    "Add voters until there are at least three.",
                    tolerance);
        }
        return new Verdict(
                Level.HEALTHY,
                "Healthy: all " + view.members().size() + " members keep up, and " + voters(tolerance) + " may fail."
                        + leads,
                "",
                tolerance);
    }

    /** Nobody leads, as far as can be seen from here: counted is who answers. */
    private static Verdict withoutLeader(MembershipView view, GroupReport group) {
        Set<Long> there = new TreeSet<>();
        there.add(group.own().run().id());
        group.others().stream()
                .filter(other -> other.answer() != PeerReport.Answer.SILENT)
                .forEach(other -> there.add(other.id()));
        for (List<Long> half : view.halves()) {
            long answer = half.stream().filter(there::contains).count();
            int majority = half.size() / 2 + 1;
            if (answer < majority) {
                var missing = half.stream().filter(id -> !there.contains(id)).toList();
                return new Verdict(
                        Level.BROKEN,
                        "No majority: of " + half.size() + " voters " + answer + " " + (answer == 1 ? "is" : "are")
                                + " there as seen from here, and " + majority
                                + " are needed. Commands and linearizable reads wait.",
                        "Start " + members(missing) + ", or mend the way to them. Remove no voter now: that needs a"
                                + " majority, too.",
                        (int) (answer - majority));
            }
        }
        return new Verdict(
                Level.BROKEN,
                "No leader answers, though enough voters are there: an election is under way, or the leader hangs.",
                "If it lasts for longer than some seconds, look at the problems of the members below.",
                null);
    }

    private static String voters(int count) {
        return count == 1 ? "one voter" : count + " voters";
    }

    private static String members(List<Long> ids) {
        return (ids.size() == 1 ? "member " : "the members ")
                + ids.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    private static String sentence(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1) + (text.endsWith(".") ? "" : ".");
    }
}
