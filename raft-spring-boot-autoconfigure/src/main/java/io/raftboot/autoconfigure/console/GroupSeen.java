package io.raftboot.autoconfigure.console;

import io.raftboot.api.MembershipView;
import io.raftboot.api.report.GroupReport;
import io.raftboot.api.report.MemberReport;
import io.raftboot.api.report.PeerReport;
import io.raftboot.replica.ReplicaStatus;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the leader says of the members and what they say themselves, as of one moment.
 *
 * @param view as the leader tells it, or else as this member knows it
 * @param group by each member's own account
 */
record GroupSeen(MembershipView view, GroupReport group) {
    private static final String LEADER = "leader";

    /** An answer of the leader that is younger was given to the question of now. */
    private static final long PRESENT_MILLIS = 500;

    /** What a leader has said longer ago does not tell how the group is now, though it be there. */
    private static final long OLD_MILLIS = 3_000;

    /** Whether the leader has told how the members are, and is there. */
    boolean leaderTells() {
        var source = view.source();
        Long age = source.ageMillis();
        Long leader = source.leaderId();
        if (age == null || leader == null || source.failureTolerance() == null || age > OLD_MILLIS) {
            return false;
        }
        return age <= PRESENT_MILLIS || leads(leader);
    }

    long self() {
        return group.own().run().id();
    }

    /** Whether a member says now that it leads. */
    boolean leads(long id) {
        var report = report(id);
        return report != null && report.standing().role().equals(LEADER);
    }

    /** What a member has said to the newest question, of this one what is so; null if it has said nothing, or nothing new. */
    @Nullable
    MemberReport report(long id) {
        if (id == self()) {
            return group.own();
        }
        return reported()
                .filter(other -> other.id() == id)
                .map(PeerReport::report)
                .findFirst()
                .orElse(null);
    }

    /** Others that have reported. */
    Stream<PeerReport> reported() {
        return group.others().stream()
                .filter(other -> other.answer() == PeerReport.Answer.REPORTED && other.report() != null);
    }

    /** Members that are there, this one among them. */
    List<Long> present() {
        return Stream.concat(
                        Stream.of(self()),
                        group.others().stream()
                                .filter(other -> other.answer() != PeerReport.Answer.SILENT)
                                .map(PeerReport::id))
                .toList();
    }

    /**
     * What keeps a member from its work by its own account, as a clause; null if nothing does, or it has not said. That it knew no leader
     * counts for nothing: it said so before the leader told what it tells.
     */
    @Nullable
    String trouble(long id) {
        var report = report(id);
        if (report == null) {
            return null;
        }
        var standing = report.standing();
        if (report.disk().hanging()) {
            return "its disk does not come back from a write or a read";
        }
        if (standing.stale()) {
            return standing.trouble() == null ? "one of its stages hangs" : standing.trouble();
        }
        if (standing.leader() == null && report.run().state().equals("running")) {
            return null;
        }
        return standing.trouble() == null && !report.run().state().equals("running")
                ? "it is " + report.run().state()
                : standing.trouble();
    }

    /** Whether a member works no more, by its own account, and by itself won't again. */
    boolean hangs(long id) {
        var report = report(id);
        return report != null && (report.disk().hanging() || report.standing().stale());
    }

    /** Whether a member has more to apply than it should, and is at it. */
    boolean isApplying(long id) {
        var report = report(id);
        return report != null
                && report.standing().commitIndex() - report.standing().appliedIndex() > ReplicaStatus.MAX_LAG_ENTRIES;
    }

    /** Whether the disk of a member has little room, by its own account or by that of the leader. */
    boolean isDiskLow(long id) {
        var report = report(id);
        return (report != null && report.disk().low())
                || view.member(id)
                        .map(MembershipView.Member::contact)
                        .filter(MembershipView.Contact::diskLow)
                        .isPresent();
    }
}
