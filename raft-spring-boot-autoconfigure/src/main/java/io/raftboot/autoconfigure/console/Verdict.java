package io.raftboot.autoconfigure.console;

import io.raftboot.api.MembershipView;
import io.raftboot.api.report.GroupReport;
import java.util.Collection;
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
        var seen = new GroupSeen(view, group);
        var own = group.own();
        String trouble = own.standing().trouble();
        if (!own.run().state().equals("running")) {
            return new Verdict(
                    Level.BROKEN,
                    "This member does not run (it is " + own.run().state() + "), so it knows nothing of the others.",
                    (trouble == null ? "" : sentence(trouble) + " ") + "Look at the page of another member.",
                    null);
        }
        if (view.members().isEmpty()) {
            return new Verdict(
                    Level.BROKEN,
                    "This member belongs to no group yet, so it can't tell how the group is.",
                    trouble == null ? "" : sentence(trouble),
                    null);
        }
        return seen.leaderTells() ? new VerdictOfLeader(seen).verdict() : new VerdictWithoutLeader(seen).verdict();
    }

    static String voters(int count) {
        return count == 1 ? "one voter" : count + " voters";
    }

    static String members(Collection<Long> ids) {
        return (ids.size() == 1 ? "member " : "the members ") + list(ids);
    }

    static String list(Collection<Long> ids) {
        return ids.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    static String sentence(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1) + (text.endsWith(".") ? "" : ".");
    }
}
