package io.raftboot.replica.leader;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.agent.ThreadedHost;
import io.raftboot.raft.MemoryStorage;
import io.raftboot.raft.Node;
import io.raftboot.raft.RaftConfig;
import io.raftboot.raft.RaftRole;
import io.raftboot.raft.RawNode;
import io.raftboot.raft.SoftState;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.raft.proto.SnapshotMetadata;
import io.raftboot.replica.FakeClock;
import io.raftboot.replica.duty.EventSink;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Node 2 of three, whose leader is node 3. */
class FailoverHintTests {
    private static final ConfState CONFIGURATION =
            ConfState.newBuilder().addVoters(1).addVoters(2).addVoters(3).build();

    private final TreeMap<Long, Runnable> scheduled = new TreeMap<>();
    private Node node;
    private Leadership leadership;
    private FailoverHint hint;

    @BeforeEach
    void followNode3() throws Exception {
        var storage = new MemoryStorage();
        storage.applySnapshot(Snapshot.newBuilder()
                .setMetadata(
                        SnapshotMetadata.newBuilder().setIndex(1).setTerm(1).setConfState(CONFIGURATION))
                .build());
        storage.setHardState(HardState.newBuilder().setTerm(1).setCommit(1).build());
        node = new Node(
                new RawNode(RaftConfig.builder()
                        .id(2)
                        .storage(storage)
                        .appliedIndex(1)
                        .preVote(true)
                        .asyncStorageWrites(true)
                        .random(new SplittableRandom(1))
                        .build()),
                () -> {});
        leadership =
                new Leadership(2, new AgreedTime(new FakeClock(0)), new ReplicaEvents(ThreadedHost.SYSTEM, "events"));
        hint = new FailoverHint(
                node, 2, leadership, (task, delayMillis) -> scheduled.put(delayMillis, task), EventSink.NONE);
        leadership.update(new SoftState(3, RaftRole.FOLLOWER), 1);
    }

    @Test
    void campaignsWhenTheLeadersProcessIsGone() {
        hint.processGone(3, CONFIGURATION);
        leadership.update(new SoftState(0, RaftRole.FOLLOWER), 1);
        scheduled.firstEntry().getValue().run();
        assertThat(asksForVotes()).isTrue();
    }

    @Test
    void letsAnotherThatIsQuickerCampaignButTriesAgainIfNobodyWins() {
        hint.processGone(3, CONFIGURATION);
        leadership.update(new SoftState(0, RaftRole.FOLLOWER), 1);
        hint.voteRequested();
        scheduled.firstEntry().getValue().run();
        assertThat(asksForVotes()).isFalse();
        scheduled.lastEntry().getValue().run();
        assertThat(asksForVotes()).isTrue();
    }

    @Test
    void staysQuietOnceThereIsALeader() {
        hint.processGone(3, CONFIGURATION);
        leadership.update(new SoftState(1, RaftRole.FOLLOWER), 2);
        scheduled.values().forEach(Runnable::run);
        assertThat(asksForVotes()).isFalse();
    }

    @Test
    void doesNothingWhenAnotherMembersProcessIsGone() {
        hint.processGone(1, CONFIGURATION);
        assertThat(scheduled).isEmpty();
    }

    @Test
    void doesNothingWhereThisMemberHasNoVote() {
        hint.processGone(
                3,
                ConfState.newBuilder().addVoters(1).addVoters(3).addLearners(2).build());
        assertThat(scheduled).isEmpty();
    }

    private boolean asksForVotes() {
        var ready = node.poll();
        return ready != null
                && ready.messages().stream().map(Message::getType).anyMatch(MessageType.MSG_PRE_VOTE::equals);
    }
}
