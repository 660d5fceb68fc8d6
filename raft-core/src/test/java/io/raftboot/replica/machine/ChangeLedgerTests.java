package io.raftboot.replica.machine;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.raftboot.raft.confchange.ConfChanges;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.replica.proto.BeginChange;
import io.raftboot.replica.proto.ChangeContext;
import io.raftboot.replica.proto.ChangeRecord;
import io.raftboot.replica.proto.ChangeState;
import io.raftboot.replica.proto.ChangeStep;
import io.raftboot.replica.proto.EndChange;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the group remembers of the changes of its members. */
class ChangeLedgerTests {
    private static final ConfState THREE =
            ConfState.newBuilder().addVoters(1).addVoters(2).addVoters(3).build();
    private static final ConfState JOINT = THREE.toBuilder()
            .addVoters(4)
            .addVotersOutgoing(1)
            .addVotersOutgoing(2)
            .addVotersOutgoing(3)
            .setAutoLeave(true)
            .build();

    private final ChangeLedger ledger = new ChangeLedger();
    private long index = 10;

    private ChangeRecord begin(String key, String... steps) {
        return ledger.begin(command(key, THREE, steps), ++index, THREE, index).getChange();
    }

    private static BeginChange command(String key, ConfState configuration, String... steps) {
        var command = BeginChange.newBuilder().setKey(key).setConfiguration(configuration);
        for (String step : steps) {
            command.addSteps(ChangeStep.newBuilder().addAllChanges(ConfChanges.parse(step)));
        }
        return command.build();
    }

    private void done(long change, int step, ConfState after) {
        ledger.stepDone(
                ChangeContext.newBuilder().setChangeId(change).setStep(step).build(), after, ++index);
    }

    private ChangeState stateOf(long change) {
        return ledger.now().byId(change).orElseThrow().getState();
    }

    @Test
    void changeIsDoneWhenAllOfItsStepsAre() {
        long change = begin("a", "l4", "v4").getId();
        done(change, 0, THREE);
        assertThat(stateOf(change)).isEqualTo(ChangeState.CHANGE_RUNNING);
        done(change, 1, THREE);
        assertThat(stateOf(change)).isEqualTo(ChangeState.CHANGE_DONE);
        assertThat(ledger.now().running()).isNull();
    }

    @Test
    void changeIsNotDoneBetweenTwoSetsOfVoters() {
        long change = begin("a", "v4 r3").getId();
        done(change, 0, JOINT);
        assertThat(stateOf(change)).isEqualTo(ChangeState.CHANGE_RUNNING);
        // The joint configuration is left by a change that says nothing.
        ledger.stepDone(ChangeContext.getDefaultInstance(), THREE, ++index);
        assertThat(stateOf(change)).isEqualTo(ChangeState.CHANGE_DONE);
    }

    @Test
    void stepThatIsDoneTwiceCountsOnce() {
        long change = begin("a", "l4", "v4").getId();
        done(change, 0, THREE);
        done(change, 0, THREE);
        assertThat(ledger.now().byId(change).orElseThrow().getDone()).isEqualTo(1);
    }

    @Test
    void secondChangeIsRefusedWhileTheFirstIsUnderWay() {
        begin("a", "l4");
        var result = ledger.begin(command("b", THREE, "l5"), ++index, THREE, index);
        assertThat(result.getRefusal()).contains("change 11 is under way");
        assertThat(ledger.now().byKey("b")).isEmpty();
    }

    @Test
    void changeThatWasPlannedForAnotherConfigurationIsRefused() {
        var two = ConfState.newBuilder().addVoters(1).addVoters(2).build();
        var result = ledger.begin(command("a", two, "l4"), ++index, THREE, index);
        assertThat(result.getRefusal()).contains("changed meanwhile");
        assertThat(ledger.now().all()).isEmpty();
    }

    @Test
    void changeIsKnownByItsKeyWhenItHasEndedToo() {
        long change = begin("a", "l4").getId();
        assertThat(begin("a", "l5").getId()).isEqualTo(change);
        done(change, 0, THREE);
        assertThat(begin("a", "l5").getId()).isEqualTo(change);
    }

    @Test
    void keyIsThatOfOneChangeOnly() {
        begin("a", "l4");
        var other = command("a", THREE, "l5").toBuilder()
                .setRequest(ByteString.copyFromUtf8("another"))
                .build();
        assertThat(ledger.begin(other, ++index, THREE, index).getRefusal()).isEqualTo(ChangeLedger.KEY_REUSED);
    }

    @Test
    void changeWithoutStepsIsDoneAtOnce() {
        assertThat(begin("a").getState()).isEqualTo(ChangeState.CHANGE_DONE);
    }

    @Test
    void stepThatWasOnItsWayWhenItsChangeWasCancelledIsRemembered() {
        long change = begin("a", "l4", "v4").getId();
        var end = EndChange.newBuilder()
                .setChangeId(change)
                .setState(ChangeState.CHANGE_CANCELLED)
                .setWhy("so");
        assertThat(ledger.end(end.build(), ++index).getChange().getState()).isEqualTo(ChangeState.CHANGE_CANCELLED);
        done(change, 0, THREE);
        assertThat(ledger.now().byId(change).orElseThrow().getDone()).isEqualTo(1);
        assertThat(stateOf(change)).isEqualTo(ChangeState.CHANGE_CANCELLED);
    }

    @Test
    void stepThatComesIntoForceAfterItsChangeWasCancelledSaysHowManyWereWanted() {
        var removal =
                command("dead", THREE, "r3").toBuilder().setWantedVoters(4).build();
        long change = ledger.begin(removal, ++index, THREE, index).getChange().getId();
        var end = EndChange.newBuilder().setChangeId(change).setState(ChangeState.CHANGE_CANCELLED);
        assertThat(ledger.end(end.build(), ++index).getChange().getState()).isEqualTo(ChangeState.CHANGE_CANCELLED);
        assertThat(ledger.now().wantedVoters()).isZero();
        done(change, 0, THREE);
        assertThat(ledger.now().wantedVoters()).isEqualTo(4);

        begin("two");
        var fewer = command("fewer", THREE, "r2").toBuilder().setWantedVoters(2).build();
        long next = ledger.begin(fewer, ++index, THREE, index).getChange().getId();
        done(next, 0, THREE);
        done(change, 0, THREE);
        assertThat(ledger.now().wantedVoters())
                .as("a step that comes twice counts once")
                .isEqualTo(2);
    }

    @Test
    void endOfAChangeThatHasEndedChangesNothing() {
        long change = begin("a", "l4").getId();
        done(change, 0, THREE);
        var end = EndChange.newBuilder().setChangeId(change).setState(ChangeState.CHANGE_FAILED);
        assertThat(ledger.end(end.build(), ++index).getChange().getState()).isEqualTo(ChangeState.CHANGE_DONE);
        assertThat(ledger.end(end.setChangeId(99).build(), ++index).getRefusal())
                .contains("no change 99");
    }

    @Test
    void oldestAreForgottenAndARestoreHasTheSame() {
        for (int i = 0; i < 2 * ChangeLedger.MAX_PAST; i++) {
            begin("key" + i);
        }
        begin("last", "l4");
        assertThat(ledger.now().past()).hasSize(ChangeLedger.MAX_PAST);
        var restored = new ChangeLedger();
        restored.restore(List.copyOf(ledger.now().all()), ledger.now().wantedVoters());
        assertThat(restored.now()).isEqualTo(ledger.now());
    }
}
