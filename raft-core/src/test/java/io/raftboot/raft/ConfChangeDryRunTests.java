package io.raftboot.raft;

import static io.raftboot.raft.TestNodes.config;
import static io.raftboot.raft.TestNodes.electAsOneOfThree;
import static io.raftboot.raft.TestNodes.settle;
import static io.raftboot.raft.TestNodes.storageOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.raftboot.raft.confchange.ConfChanges;
import io.raftboot.raft.proto.ConfChangeSingle;
import io.raftboot.raft.proto.ConfChangeTransition;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.EntryType;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What could not be put into force does not get into the log. */
class ConfChangeDryRunTests {
    private final MemoryStorage storage = storageOf(1, 2, 3);
    private final RawNode rawNode =
            new RawNode(config(1, storage).dryRunConfChanges(true).build());
    private final Node node = new Node(rawNode, () -> {});

    static Stream<ConfChangeV2> impossible() {
        return Stream.of(
                changes("r1 r2 r3"),
                changes("r1 r2 r3 u1"),
                changes("l1 l2 l3"),
                changes("v0"),
                changes("r0"),
                changes("u0 v4"),
                changes("v" + Long.toUnsignedString(NodeIds.LOCAL_APPEND_THREAD)),
                changes("l" + Long.toUnsignedString(NodeIds.LOCAL_APPLY_THREAD)),
                ConfChangeV2.getDefaultInstance(),
                ConfChangeV2.newBuilder().addChanges(ofUnknownType()).build(),
                ConfChangeV2.newBuilder()
                        .addAllChanges(ConfChanges.parse("v4"))
                        .setUnknownFields(unknown(ConfChangeV2.TRANSITION_FIELD_NUMBER))
                        .build());
    }

    @ParameterizedTest
    @MethodSource("impossible")
    void changeThatCouldNotBePutIntoForceIsReplacedByAnEmptyEntry(ConfChangeV2 change) {
        electAsOneOfThree(node, storage);
        var outcome = new ProposalOutcome();
        node.proposeConfChange(change, outcome);

        Entry appended = onlyEntry();

        assertThat(appended.getType()).isEqualTo(EntryType.ENTRY_NORMAL);
        assertThat(appended.getData().isEmpty()).isTrue();
        assertThat(outcome.index()).isEqualTo(appended.getIndex());
        // It does not keep the next one out.
        node.proposeConfChange(changes("v4"), new ProposalOutcome());
        assertThat(onlyEntry().getType()).isEqualTo(EntryType.ENTRY_CONF_CHANGE_V2);
    }

    @Test
    void changeThatCanBePutIntoForceIsAppended() {
        electAsOneOfThree(node, storage);
        node.proposeConfChange(
                changes("r2 r3").toBuilder()
                        .setTransition(ConfChangeTransition.CONF_CHANGE_TRANSITION_JOINT_EXPLICIT)
                        .build(),
                new ProposalOutcome());

        assertThat(onlyEntry().getType()).isEqualTo(EntryType.ENTRY_CONF_CHANGE_V2);
    }

    @Test
    void changeThatCanNotBeReadIsARefusalAndDoesNotStopTheNode() throws RaftException {
        electAsOneOfThree(node, storage);
        for (EntryType type : List.of(EntryType.ENTRY_CONF_CHANGE, EntryType.ENTRY_CONF_CHANGE_V2)) {
            rawNode.propose(List.of(unreadable(type)));
            assertThat(onlyEntry().getType()).isEqualTo(EntryType.ENTRY_NORMAL);
        }
    }

    @Test
    void withoutTheDryRunAllIsAsInEtcd() {
        var other = new RawNode(config(1, storage).build());
        electAsOneOfThree(new Node(other, () -> {}), storage);

        assertThatThrownBy(() -> other.propose(List.of(unreadable(EntryType.ENTRY_CONF_CHANGE_V2))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private Entry onlyEntry() {
        List<Entry> appended = settle(node, storage).stream()
                .flatMap(ready -> ready.entries().stream())
                .toList();
        assertThat(appended).hasSize(1);
        return appended.get(0);
    }

    private static ConfChangeV2 changes(String text) {
        return ConfChangeV2.newBuilder().addAllChanges(ConfChanges.parse(text)).build();
    }

    private static Entry unreadable(EntryType type) {
        return Entry.newBuilder()
                .setType(type)
                .setData(ByteString.copyFromUtf8("no change"))
                .build();
    }

    private static ConfChangeSingle ofUnknownType() {
        return ConfChangeSingle.newBuilder()
                .setNodeId(4)
                .setUnknownFields(unknown(ConfChangeSingle.TYPE_FIELD_NUMBER))
                .build();
    }

    private static UnknownFieldSet unknown(int field) {
        return UnknownFieldSet.newBuilder()
                .addField(
                        field, UnknownFieldSet.Field.newBuilder().addVarint(99).build())
                .build();
    }
}
