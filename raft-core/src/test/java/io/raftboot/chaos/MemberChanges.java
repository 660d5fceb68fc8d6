package io.raftboot.chaos;

import io.raftboot.raft.ProposalListener;
import io.raftboot.raft.RaftException;
import io.raftboot.raft.proto.ConfChangeSingle;
import io.raftboot.raft.proto.ConfChangeTransition;
import io.raftboot.raft.proto.ConfChangeType;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.replica.Replica;
import java.util.concurrent.CompletableFuture;

/**
 * The verbs that change who belongs to the group. They are proposed to the core, as a replica has none of its own; the one that
 * asks looks at the configuration to see what came of it.
 */
final class MemberChanges {
    private final Replica replica;

    MemberChanges(Replica replica) {
        this.replica = replica;
    }

    /**
     * Proposes a change.
     *
     * @param words a verb ({@code learner}, {@code voter}, {@code remove}, {@code replace}, {@code replace-in-steps} or
     *     {@code leave}) with the ids it is about
     * @return what became of the proposal, in words
     */
    CompletableFuture<String> propose(String[] words) {
        var result = new CompletableFuture<String>();
        replica.node().proposeConfChange(change(words), new ProposalListener() {
            @Override
            public void appended(long term, long index) {
                result.complete("appended " + index);
            }

            @Override
            public void dropped(RaftException reason) {
                result.complete("dropped " + reason.getMessage());
            }
        });
        return result;
    }

    private static ConfChangeV2 change(String[] words) {
        var change = ConfChangeV2.newBuilder();
        switch (words[0]) {
            case "learner" -> change.addChanges(single(ConfChangeType.CONF_CHANGE_ADD_LEARNER_NODE, words[1]));
            case "voter" -> change.addChanges(single(ConfChangeType.CONF_CHANGE_ADD_NODE, words[1]));
            case "remove" -> change.addChanges(single(ConfChangeType.CONF_CHANGE_REMOVE_NODE, words[1]));
            case "replace", "replace-in-steps" ->
                change.addChanges(single(ConfChangeType.CONF_CHANGE_ADD_NODE, words[1]))
                        .addChanges(single(ConfChangeType.CONF_CHANGE_REMOVE_NODE, words[2]))
                        .setTransition(
                                words[0].equals("replace")
                                        ? ConfChangeTransition.CONF_CHANGE_TRANSITION_JOINT_IMPLICIT
                                        : ConfChangeTransition.CONF_CHANGE_TRANSITION_JOINT_EXPLICIT);
            // An empty change leaves a joint configuration.
            case "leave" -> {}
            default -> throw new IllegalArgumentException("'" + words[0] + "' is no change of the members");
        }
        return change.build();
    }

    private static ConfChangeSingle single(ConfChangeType type, String id) {
        return ConfChangeSingle.newBuilder()
                .setType(type)
                .setNodeId(Long.parseLong(id))
                .build();
    }
}
