package io.raftboot.replica.change;

import io.raftboot.raft.confchange.ConfChanges;
import io.raftboot.raft.proto.ConfChangeSingle;
import io.raftboot.raft.proto.ConfChangeType;
import io.raftboot.replica.proto.ChangeStep;
import io.raftboot.replica.proto.MemberRecord;
import io.raftboot.replica.proto.WantedMember;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The order in which members become what is wanted: what needs nobody else comes first, those that are new get in, then votes change. */
final class ChangeSteps {
    private final Situation present;

    ChangeSteps(Situation present) {
        this.present = present;
    }

    /** @param wanted members by id, with an address where that is to be another one */
    List<ChangeStep> to(Map<Long, WantedMember> wanted) {
        var steps = new ArrayList<ChangeStep>();
        removedLearners(wanted, steps);
        moved(wanted, steps);
        var given = givenVotes(wanted);
        var taken = takenVotes(wanted);
        if (given.isEmpty() && !taken.isEmpty()) {
            // They go whether or not somebody new is there.
            steps.add(step(taken));
        }
        added(wanted, steps);
        if (!given.isEmpty()) {
            boolean nobodyStays = present.configuration().getVotersList().stream()
                    .noneMatch(id -> wanted.containsKey(id)
                            && wanted.get(id).getVoter()
                            && present.healthy().test(id));
            if (nobodyStays) {
                // Else there would be nobody to whom the leader could hand over.
                steps.add(step(given));
                if (!taken.isEmpty()) {
                    steps.add(step(taken));
                }
            } else {
                var both = new ArrayList<>(given);
                both.addAll(taken);
                steps.add(step(both));
            }
        }
        return steps;
    }

    private void removedLearners(Map<Long, WantedMember> wanted, List<ChangeStep> steps) {
        for (long id : present.configuration().getLearnersList()) {
            if (!wanted.containsKey(id)) {
                steps.add(step(List.of(ConfChanges.single(ConfChangeType.CONF_CHANGE_REMOVE_NODE, id))));
            }
        }
    }

    private void moved(Map<Long, WantedMember> wanted, List<ChangeStep> steps) {
        wanted.forEach((id, member) -> {
            boolean elsewhere =
                    !member.getAddress().isEmpty() && !member.getAddress().equals(present.address(id));
            if (present.isMember(id) && elsewhere) {
                steps.add(step(ConfChangeType.CONF_CHANGE_UPDATE_NODE, member));
            }
        });
    }

    private void added(Map<Long, WantedMember> wanted, List<ChangeStep> steps) {
        wanted.forEach((id, member) -> {
            if (!present.isMember(id)) {
                steps.add(step(ConfChangeType.CONF_CHANGE_ADD_LEARNER_NODE, member));
            }
        });
    }

    private List<ConfChangeSingle> givenVotes(Map<Long, WantedMember> wanted) {
        return wanted.values().stream()
                .filter(member -> member.getVoter() && !present.isVoter(member.getId()))
                .map(member -> ConfChanges.single(ConfChangeType.CONF_CHANGE_ADD_NODE, member.getId()))
                .toList();
    }

    private List<ConfChangeSingle> takenVotes(Map<Long, WantedMember> wanted) {
        var taken = new ArrayList<ConfChangeSingle>();
        for (long id : present.configuration().getVotersList().stream().sorted().toList()) {
            var member = wanted.get(id);
            if (member == null) {
                taken.add(ConfChanges.single(ConfChangeType.CONF_CHANGE_REMOVE_NODE, id));
            } else if (!member.getVoter()) {
                taken.add(ConfChanges.single(ConfChangeType.CONF_CHANGE_ADD_LEARNER_NODE, id));
            }
        }
        return taken;
    }

    private static ChangeStep step(List<ConfChangeSingle> changes) {
        return ChangeStep.newBuilder().addAllChanges(changes).build();
    }

    private static ChangeStep step(ConfChangeType type, WantedMember member) {
        return ChangeStep.newBuilder()
                .addChanges(ConfChanges.single(type, member.getId()))
                .addMembers(MemberRecord.newBuilder().setId(member.getId()).setAddress(member.getAddress()))
                .build();
    }
}
