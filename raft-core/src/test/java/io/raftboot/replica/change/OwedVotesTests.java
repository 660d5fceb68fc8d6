package io.raftboot.replica.change;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.raftboot.api.MemberChange.Promotion;
import io.raftboot.raft.confchange.ConfChanges;
import io.raftboot.raft.proto.ConfChangeType;
import io.raftboot.replica.config.MembershipPolicy;
import io.raftboot.replica.machine.SystemMachine;
import io.raftboot.replica.proto.ChangeRecord;
import io.raftboot.replica.proto.ChangeState;
import io.raftboot.replica.proto.ChangeStep;
import io.raftboot.replica.proto.SystemState;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whether a learner would have a vote, had the change that took it in come to its end. */
class OwedVotesTests {
    private static final ChangeStep TAKES_IN = step(ConfChangeType.CONF_CHANGE_ADD_LEARNER_NODE);
    private static final ChangeStep GIVES_VOTE = step(ConfChangeType.CONF_CHANGE_ADD_NODE);

    private static final ChangeRecord ENDED = ChangeRecord.newBuilder()
            .setId(10)
            .setBy("raft.membership.accept-joins")
            .setState(ChangeState.CHANGE_FAILED)
            .addSteps(TAKES_IN)
            .addSteps(GIVES_VOTE)
            .setDone(1)
            .build();

    private MembershipPolicy policy = MembershipPolicy.defaults();

    private static ChangeStep step(ConfChangeType type) {
        return ChangeStep.newBuilder().addChanges(ConfChanges.single(type, 4)).build();
    }

    private boolean isOwed(ChangeRecord... past) {
        var system = new SystemMachine(7);
        system.restore(SystemState.newBuilder().addAllChanges(List.of(past)).build(), 1);
        return new OwedVotes(system, policy).isOwed(4);
    }

    @Test
    void voteOfAChangeThatEndedForOthersIsOwed() {
        assertThat(isOwed()).isFalse();
        assertThat(isOwed(ENDED)).isTrue();
        assertThat(isOwed(
                        ENDED.toBuilder().setBy("raft.membership.replace-wiped").build()))
                .isTrue();
    }

    @Test
    void voteThatWasToBeGivenAfterwardsIsOwedOn() {
        var later = ChangeRecord.newBuilder(ENDED)
                .setId(11)
                .clearSteps()
                .addSteps(GIVES_VOTE)
                .setDone(0);
        assertThat(isOwed(ENDED, later.build())).isTrue();
        assertThat(isOwed(
                        ENDED,
                        later.setState(ChangeState.CHANGE_DONE).setDone(1).build()))
                .isFalse();
    }

    @Test
    void nothingIsOwedWhereSomebodyHasDecided() {
        assertThat(isOwed(
                        ENDED.toBuilder().setState(ChangeState.CHANGE_CANCELLED).build()))
                .as("it was cancelled")
                .isFalse();
        assertThat(isOwed(ENDED.toBuilder()
                        .setRequest(ByteString.copyFromUtf8("x"))
                        .build()))
                .as("somebody has asked for it, under whatever name")
                .isFalse();
        assertThat(isOwed(ENDED.toBuilder().setBy("ada").build()))
                .as("of an earlier version, which did not keep the request")
                .isFalse();
        var demoted = ChangeRecord.newBuilder()
                .setId(12)
                .setState(ChangeState.CHANGE_DONE)
                .addSteps(TAKES_IN)
                .setDone(1)
                .build();
        assertThat(isOwed(ENDED, demoted)).as("it was demoted since").isFalse();
    }

    @Test
    void whoHadNotComeInYetIsOwedNothing() {
        assertThat(isOwed(ENDED.toBuilder().setDone(0).build())).isFalse();
    }

    @Test
    void whoJoinsIsOwedNothingWhereVotesAreGivenByHand() {
        policy = policy.withPromote(Promotion.MANUAL);
        assertThat(isOwed(ENDED)).isFalse();
        assertThat(isOwed(
                        ENDED.toBuilder().setBy("raft.membership.replace-wiped").build()))
                .as("it had a vote before")
                .isTrue();
    }
}
