package io.raftboot.replica.machine;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.raftboot.raft.proto.ConfChangeSingle;
import io.raftboot.raft.proto.ConfChangeType;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.replica.proto.ChangeContext;
import io.raftboot.replica.proto.MemberRecord;
import io.raftboot.replica.proto.MemberUp;
import io.raftboot.replica.proto.SystemCommand;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who takes a member's name in the table of members. */
class SystemMachineTests {
    private static final ConfState VOTERS =
            ConfState.newBuilder().addVoters(1).addVoters(2).addVoters(3).build();

    private static final ConfState OTHERS =
            ConfState.newBuilder().addVoters(1).addVoters(2).build();

    private final SystemMachine machine = new SystemMachine(1);
    private long index = 10;

    private void up(long incarnation, long runs) throws IOException {
        var member = MemberRecord.newBuilder()
                .setId(3)
                .setIncarnation(incarnation)
                .setRuns(runs)
                .setRunId(incarnation * 100 + runs);
        ByteString command = SystemCommand.newBuilder()
                .setMemberUp(MemberUp.newBuilder().setMember(member))
                .build()
                .toByteString();
        var unused = machine.apply(command, ++index, VOTERS);
    }

    private void change(ConfChangeType type) {
        var change = ConfChangeV2.newBuilder()
                .addChanges(ConfChangeSingle.newBuilder().setType(type).setNodeId(3))
                .build();
        boolean removes = type == ConfChangeType.CONF_CHANGE_REMOVE_NODE;
        boolean updates = type == ConfChangeType.CONF_CHANGE_UPDATE_NODE;
        machine.apply(change, removes || updates ? VOTERS : OTHERS, removes ? OTHERS : VOTERS, ++index);
    }

    private @Nullable MemberRecord known() {
        return machine.members().get(3);
    }

    private void assertKnown(long incarnation, long runs) {
        assertThat(known()).isNotNull().satisfies(member -> {
            assertThat(member.getIncarnation()).isEqualTo(incarnation);
            assertThat(member.getRuns()).isEqualTo(runs);
        });
    }

    /** Whoever restores a snapshot ends sessions at the entries at which all others do, however old the clocks of later leaders. */
    @Test
    void snapshotBringsTheTimeThatWasAgreedOn() {
        machine.agreeOn(5_000);
        var restored = new SystemMachine(1);
        restored.restore(machine.capture(), 20);

        restored.agreeOn(4_000);

        assertThat(restored.agreedTimeMillis()).isEqualTo(5_000);
        assertThat(restored.position(20)).isEqualTo(machine.position(20));
    }

    @Test
    void newestRunOfADirectoryTakesTheName() throws IOException {
        up(7, 1);
        up(7, 2);
        assertKnown(7, 2);
        up(7, 1);
        assertKnown(7, 2);
    }

    @Test
    void anotherDirectoryTakesTheNameOnlyOfAMemberThatWasRemovedAndAdded() throws IOException {
        up(7, 2);
        up(8, 1);
        assertKnown(7, 2);
        change(ConfChangeType.CONF_CHANGE_REMOVE_NODE);
        up(8, 1);
        assertKnown(7, 2);
        change(ConfChangeType.CONF_CHANGE_ADD_LEARNER_NODE);
        assertThat(known()).isNull();
        up(8, 1);
        assertKnown(8, 1);
    }

    @Test
    void memberThatWasRemovedDoesNotBringItselfBack() throws IOException {
        up(7, 2);
        change(ConfChangeType.CONF_CHANGE_REMOVE_NODE);
        up(7, 3);
        assertThat(known()).isNotNull().satisfies(member -> assertThat(member.getRemoved())
                .isTrue());
    }

    @Test
    void promotionForgetsNobody() throws IOException {
        up(7, 2);
        change(ConfChangeType.CONF_CHANGE_ADD_LEARNER_NODE);
        change(ConfChangeType.CONF_CHANGE_ADD_NODE);
        up(8, 1);
        assertKnown(7, 2);
    }

    @Test
    void memberWhoseAddressAloneIsKnownSaysWhoItIs() throws IOException {
        var context = ChangeContext.newBuilder()
                .addMembers(MemberRecord.newBuilder().setId(3).setAddress("there:1"))
                .build();
        machine.apply(
                ConfChangeV2.newBuilder()
                        .addChanges(ConfChangeSingle.newBuilder()
                                .setType(ConfChangeType.CONF_CHANGE_UPDATE_NODE)
                                .setNodeId(3))
                        .setContext(context.toByteString())
                        .build(),
                VOTERS,
                VOTERS,
                ++index);
        up(5, 1);
        assertKnown(5, 1);
        assertThat(known()).extracting(MemberRecord::getAddress).isEqualTo("there:1");
    }
}
