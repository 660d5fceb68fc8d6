package io.raftboot.replica.stage;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.raft.proto.SnapshotMetadata;
import io.raftboot.replica.SteppedStages;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What follows from a batch of the log that is durable. */
class StageEventsTests {
    private static final Snapshot SNAPSHOT = Snapshot.newBuilder()
            .setMetadata(SnapshotMetadata.newBuilder()
                    .setIndex(10)
                    .setTerm(2)
                    .setConfState(
                            ConfState.newBuilder().addVoters(1).addVoters(2).addVoters(3)))
            .build();

    private final SteppedStages stages = new SteppedStages(3);

    StageEventsTests() throws Exception {}

    @AfterEach
    void close() throws Exception {
        stages.close();
    }

    @Test
    void acknowledgementLeavesFromTheLogStageAndNotOverTheRaftStage() throws Exception {
        stages.receive(Message.newBuilder()
                .setType(MessageType.MSG_APP)
                .setFrom(2)
                .setTerm(2)
                .setIndex(1)
                .setLogTerm(1)
                .addEntries(Entry.newBuilder().setIndex(2).setTerm(2)));
        stages.raft.doWork();
        assertThat(stages.transport.sent(MessageType.MSG_APP_RESP)).isEmpty();
        stages.logStage.doWork();
        assertThat(stages.transport.sent(MessageType.MSG_APP_RESP))
                .singleElement()
                .satisfies(response -> assertThat(response.getIndex()).isEqualTo(2))
                .satisfies(response -> assertThat(response.getTo()).isEqualTo(2));
        assertThat(stages.storage.reader().lastIndex())
                .as("before the raft stage's turn")
                .isEqualTo(1);
        stages.raft.doWork();
        assertThat(stages.storage.reader().lastIndex()).isEqualTo(2);
    }

    /** Entries that wait to be applied, and that the snapshot covers, must not be applied any more once it is acknowledged. */
    @Test
    void snapshotIsOnItsWayToTheApplyStageBeforeAnybodyHearsThatItIsDurable() throws Exception {
        var installingThen = new ArrayList<Boolean>();
        stages.transport.onSend = () -> installingThen.add(stages.apply.isInstalling());
        stages.logStage.append(Message.newBuilder()
                .setSnapshot(SNAPSHOT)
                .addResponses(
                        Message.newBuilder().setType(MessageType.MSG_APP_RESP).setTo(2))
                .build());
        assertThat(stages.apply.isInstalling()).isFalse();
        stages.logStage.doWork();
        assertThat(installingThen).containsExactly(true);
    }

    @Test
    void responsesForThisMemberItselfGoToItsCoreAndNotOverTheNetwork() throws Exception {
        stages.node.campaign();
        stages.settle();
        assertThat(stages.transport.batches).isNotEmpty();
        assertThat(stages.transport.batches.stream().flatMap(List::stream))
                .allSatisfy(message -> assertThat(message.getTo()).isIn(2L, 3L));
    }
}
