package io.raftboot.replica.change;

import io.raftboot.raft.proto.ConfChangeSingle;
import io.raftboot.replica.proto.ChangeStep;
import io.raftboot.replica.proto.MemberRecord;
import java.util.stream.Collectors;

/** A step of a change of the members, in words. */
final class StepText {
    private StepText() {}

    static String of(ChangeStep step) {
        var text =
                step.getChangesList().stream().map(change -> text(change, step)).collect(Collectors.joining(", "));
        return step.getChangesCount() > 1 ? "at one moment: " + text : text;
    }

    private static String text(ConfChangeSingle change, ChangeStep step) {
        long id = change.getNodeId();
        var said = step.getMembersList().stream()
                .filter(member -> member.getId() == id)
                .findFirst()
                .orElse(MemberRecord.getDefaultInstance());
        String where = said.getAddress().isEmpty() ? "" : " at " + said.getAddress();
        return switch (change.getType()) {
            case CONF_CHANGE_ADD_NODE -> "give node " + id + " a vote";
            case CONF_CHANGE_ADD_LEARNER_NODE ->
                said.getId() == 0
                        ? "take the vote of node " + id + ", which becomes a learner"
                        : said.getIncarnation() != 0
                                ? "take node " + id + where + " with its new directory as a learner"
                                : "add node " + id + where + " as a learner";
            case CONF_CHANGE_REMOVE_NODE -> "remove node " + id;
            case CONF_CHANGE_UPDATE_NODE -> "reach node " + id + where;
        };
    }
}
