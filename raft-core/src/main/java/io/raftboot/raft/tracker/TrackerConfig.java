package io.raftboot.raft.tracker;

import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.quorum.IdSet;
import io.raftboot.raft.quorum.JointConfig;

/**
 * The members of a group and their roles. A member is a voter, in one or both halves, or a learner, never both: a voter
 * of the outgoing half that becomes a learner waits in {@code learnersNext} until that half is gone.
 *
 * @param voters those who decide
 * @param autoLeave whether the leader leaves the joint configuration of its own accord as soon as it may
 * @param learners those who replicate the log without a vote
 * @param learnersNext voters of the outgoing half that become learners when the joint configuration is left
 */
public record TrackerConfig(JointConfig voters, boolean autoLeave, IdSet learners, IdSet learnersNext) {
    /** The configuration without members. */
    public static final TrackerConfig EMPTY = new TrackerConfig(JointConfig.EMPTY, false, IdSet.EMPTY, IdSet.EMPTY);

    /** This configuration in the form that is put into snapshots; says always whether it leaves by itself. */
    public ConfState toConfState() {
        return ConfState.newBuilder()
                .addAllVoters(voters.incoming().ids().toList())
                .addAllVotersOutgoing(voters.outgoing().ids().toList())
                .addAllLearners(learners.toList())
                .addAllLearnersNext(learnersNext.toList())
                .setAutoLeave(autoLeave)
                .build();
    }

    /** The configuration in one line, for example {@code voters=(1 2)&&(1 3) learners=(4) learners_next=(3) autoleave}, ids in hexadecimal. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("voters=").append(voters);
        if (!learners.isEmpty()) {
            text.append(" learners=").append(learners);
        }
        if (!learnersNext.isEmpty()) {
            text.append(" learners_next=").append(learnersNext);
        }
        if (autoLeave) {
            text.append(" autoleave");
        }
        return text.toString();
    }
}
