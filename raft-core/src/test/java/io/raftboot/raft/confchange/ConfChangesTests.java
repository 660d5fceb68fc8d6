package io.raftboot.raft.confchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.protobuf.ByteString;
import io.raftboot.raft.proto.ConfChange;
import io.raftboot.raft.proto.ConfChangeTransition;
import io.raftboot.raft.proto.ConfChangeType;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.tracker.ProgressTracker;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConfChangesTests {
    private static final ByteString CONTEXT = ByteString.copyFromUtf8("context");

    @Test
    void shortFormIsReadAndWritten() {
        assertThat(ConfChanges.format(ConfChanges.parse(" v1 l2 r3 u18446744073709551615\n")))
                .isEqualTo("v1 l2 r3 u18446744073709551615");
        assertThat(ConfChanges.parse("  ")).isEmpty();
        assertThat(ConfChanges.format(List.of())).isEmpty();
    }

    @Test
    void shortFormOfAnotherShapeIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ConfChanges.parse("v"))
                .withMessage("unknown token v");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ConfChanges.parse("v1 x2"))
                .withMessage("unknown input: x2");
        assertThatIllegalArgumentException().isThrownBy(() -> ConfChanges.parse("v1  v2"));
        assertThatIllegalArgumentException().isThrownBy(() -> ConfChanges.parse("v-1"));
    }

    @Test
    void changesAreDescribedInWords() {
        assertThat(ConfChanges.describe(ConfChanges.parse("v1 l2 r3 u4")))
                .isEqualTo("ConfChangeAddNode(1) ConfChangeAddLearnerNode(2) ConfChangeRemoveNode(3)"
                        + " ConfChangeUpdateNode(4)");
    }

    @Test
    void olderFormBecomesOneChangeWithItsContext() {
        ConfChange change = ConfChange.newBuilder()
                .setId(7)
                .setType(ConfChangeType.CONF_CHANGE_REMOVE_NODE)
                .setNodeId(3)
                .setContext(CONTEXT)
                .build();

        ConfChangeV2 converted = ConfChanges.asV2(change);

        assertThat(ConfChanges.format(converted.getChangesList())).isEqualTo("r3");
        assertThat(converted.getContext()).isEqualTo(CONTEXT);
        assertThat(converted.hasTransition()).isTrue();
        assertThat(ConfChanges.leavesJoint(converted)).isFalse();
        assertThat(ConfChanges.jointExit(converted)).isNull();
    }

    @Test
    void transitionAndNumberOfChangesDecideOnTheJointConfiguration() {
        assertThat(ConfChanges.jointExit(change("auto", "v1"))).isNull();
        assertThat(ConfChanges.jointExit(change("auto", "v1 v2"))).isEqualTo(JointExit.AUTOMATIC);
        assertThat(ConfChanges.jointExit(change("implicit", "v1"))).isEqualTo(JointExit.AUTOMATIC);
        assertThat(ConfChanges.jointExit(change("explicit", "v1"))).isEqualTo(JointExit.EXPLICIT);
        assertThat(ConfChanges.jointExit(change("explicit", ""))).isEqualTo(JointExit.EXPLICIT);
    }

    @Test
    void onlyAnEmptyChangeWithoutTransitionLeaves() {
        ConfChangeV2 empty = change("auto", "");
        assertThat(ConfChanges.leavesJoint(empty)).isTrue();
        assertThat(ConfChanges.leavesJoint(empty.toBuilder().setContext(CONTEXT).build()))
                .isTrue();
        assertThat(ConfChanges.leavesJoint(change("auto", "v1"))).isFalse();
        assertThat(ConfChanges.leavesJoint(change("implicit", ""))).isFalse();
    }

    @Test
    void changerTakesTheWayTheChangeAsksFor() {
        ProgressTracker tracker = new ProgressTracker(10, 0);
        assertThat(apply(tracker, change("auto", "v1"))).isEqualTo("voters=(1)");
        assertThat(apply(tracker, change("auto", "v2 v3"))).isEqualTo("voters=(1 2 3)&&(1) autoleave");
        assertThat(apply(tracker, change("auto", ""))).isEqualTo("voters=(1 2 3)");
        assertThat(apply(tracker, change("explicit", "l3"))).isEqualTo("voters=(1 2)&&(1 2 3) learners_next=(3)");
        assertThat(apply(tracker, change("auto", ""))).isEqualTo("voters=(1 2) learners=(3)");
    }

    @Test
    void statesAreComparedWithoutRegardToTheOrder() {
        ConfState state = ConfState.newBuilder()
                .addVoters(2)
                .addVoters(1)
                .addLearners(4)
                .addLearners(3)
                .build();
        ConfState sorted = ConfState.newBuilder()
                .addVoters(1)
                .addVoters(2)
                .addLearners(3)
                .addLearners(4)
                .build();

        assertThat(ConfChanges.difference(state, sorted)).isNull();
        assertThat(ConfChanges.difference(
                        state, sorted.toBuilder().setAutoLeave(false).build()))
                .isNull();
        assertThat(ConfChanges.difference(state, sorted.toBuilder().addVoters(5).build()))
                .startsWith("ConfStates not equivalent after sorting:");
        assertThat(ConfChanges.difference(
                        state, sorted.toBuilder().setAutoLeave(true).build()))
                .isNotNull();
    }

    private static String apply(ProgressTracker tracker, ConfChangeV2 change) {
        Configuration changed = new Changer(tracker, 1).apply(change);
        tracker.install(changed.config(), changed.progress());
        return changed.config().toString();
    }

    private static ConfChangeV2 change(String transition, String changes) {
        return ConfChangeV2.newBuilder()
                .setTransition(
                        switch (transition) {
                            case "auto" -> ConfChangeTransition.CONF_CHANGE_TRANSITION_AUTO;
                            case "implicit" -> ConfChangeTransition.CONF_CHANGE_TRANSITION_JOINT_IMPLICIT;
                            default -> ConfChangeTransition.CONF_CHANGE_TRANSITION_JOINT_EXPLICIT;
                        })
                .addAllChanges(ConfChanges.parse(changes))
                .build();
    }
}
