package io.raftboot.replica.stage;

import io.raftboot.raft.AppliedConfiguration;
import java.util.List;
import java.util.stream.Collectors;

/** A configuration in words. */
final class ConfigurationText {
    private ConfigurationText() {}

    static String of(AppliedConfiguration configuration) {
        var state = configuration.state();
        var learners = state.getLearnersList();
        var outgoing = state.getVotersOutgoingList();
        var next = state.getLearnersNextList();
        return "the voters are " + ids(state.getVotersList())
                + (outgoing.isEmpty() ? "" : ", together with those before, " + ids(outgoing))
                + (learners.isEmpty() ? "" : ", learners " + ids(learners))
                + (next.isEmpty() ? "" : ", learners to be " + ids(next))
                + ", as of index " + configuration.index();
    }

    private static String ids(List<Long> ids) {
        return ids.isEmpty()
                ? "none"
                : ids.stream()
                        .sorted(Long::compareUnsigned)
                        .map(Long::toUnsignedString)
                        .collect(Collectors.joining(", "));
    }
}
