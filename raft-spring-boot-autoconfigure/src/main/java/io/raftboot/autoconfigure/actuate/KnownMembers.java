package io.raftboot.autoconfigure.actuate;

import io.raftboot.api.MembershipView;
import io.raftboot.api.MembershipView.Member;
import io.raftboot.api.MembershipView.Source;
import io.raftboot.replica.ReplicaStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The members of a group as far as a member knows them by itself, for when it can't even say what the group has told it. */
final class KnownMembers {
    private KnownMembers() {}

    static MembershipView of(ReplicaStatus status) {
        var configuration = status.configuration();
        var members = new ArrayList<Member>();
        configuration.voters().forEach(id -> members.add(member(id, status, true)));
        configuration.learners().forEach(id -> members.add(member(id, status, false)));
        configuration.votersOutgoing().stream()
                .filter(id -> !configuration.voters().contains(id)
                        && !configuration.learners().contains(id))
                .forEach(id -> members.add(member(id, status, true)));
        members.sort(Comparator.comparingLong(Member::id));
        var halves = configuration.joint()
                ? List.of(configuration.voters(), configuration.votersOutgoing())
                : List.of(configuration.voters());
        return new MembershipView(
                0, new Source(status.leaderId(), null, null), members, halves, null, List.of(), List.of());
    }

    private static Member member(long id, ReplicaStatus status, boolean voter) {
        Long leader = status.leaderId();
        String role = leader != null && leader == id ? "leader" : voter ? "follower" : "learner";
        return new Member(id, "", role, voter, 0, 0, null);
    }
}
