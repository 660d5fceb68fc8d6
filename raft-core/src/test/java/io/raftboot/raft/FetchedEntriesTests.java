package io.raftboot.raft;

import static io.raftboot.raft.TestNodes.config;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.EntryType;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.raft.proto.SnapshotMetadata;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A storage that has entries which it must fetch first: the core goes on without them, and with them once they are there. */
class FetchedEntriesTests {
    private static final int ENTRIES = 5;

    private final MemoryStorage log = new MemoryStorage();
    private boolean fetched;
    private int refusals;

    /** As the log, but nothing of it is in memory before it is fetched. */
    private final Storage storage = new Storage() {
        @Override
        public InitialState initialState() {
            return log.initialState();
        }

        @Override
        public List<Entry> entries(long low, long high, long maxSizeBytes)
                throws CompactedException, UnavailableException, EntriesTemporarilyUnavailableException {
            if (!fetched) {
                refusals++;
                throw new EntriesTemporarilyUnavailableException();
            }
            return log.entries(low, high, maxSizeBytes);
        }

        @Override
        public long term(long index) throws CompactedException, UnavailableException {
            return log.term(index);
        }

        @Override
        public long firstIndex() {
            return log.firstIndex();
        }

        @Override
        public long lastIndex() {
            return log.lastIndex();
        }

        @Override
        public Snapshot snapshot() {
            return log.snapshot();
        }
    };

    private RawNode node(long commit, Entry last, long... voters) throws Exception {
        var members = ConfState.newBuilder();
        for (long voter : voters) {
            members.addVoters(voter);
        }
        log.applySnapshot(Snapshot.newBuilder()
                .setMetadata(
                        SnapshotMetadata.newBuilder().setIndex(1).setTerm(1).setConfState(members))
                .build());
        var entries = new ArrayList<Entry>();
        for (long index = 2; index <= ENTRIES; index++) {
            entries.add(Entry.newBuilder().setIndex(index).setTerm(1).build());
        }
        entries.add(last.toBuilder().setIndex(ENTRIES + 1L).setTerm(1).build());
        log.append(entries);
        log.setHardState(HardState.newBuilder().setTerm(1).setCommit(commit).build());
        return new RawNode(config(1, storage).asyncStorageWrites(true).build());
    }

    private static List<Message> messages(RawNode node, MessageType type) {
        var found = new ArrayList<Message>();
        while (node.hasReady()) {
            node.ready().messages().stream()
                    .filter(message -> message.getType() == type)
                    .forEach(found::add);
        }
        return found;
    }

    @Test
    void committedEntriesAreHandedOutOnceTheyAreFetched() throws Exception {
        var node = node(ENTRIES + 1, Entry.getDefaultInstance(), 1, 2, 3);
        assertThat(messages(node, MessageType.MSG_STORAGE_APPLY)).isEmpty();
        node.tick();
        assertThat(messages(node, MessageType.MSG_STORAGE_APPLY)).isEmpty();
        assertThat(refusals).as("asked once, not with every Ready").isEqualTo(1);

        fetched = true;
        node.entriesFetched();
        assertThat(messages(node, MessageType.MSG_STORAGE_APPLY))
                .singleElement()
                .satisfies(apply -> assertThat(apply.getEntriesList()).hasSize(ENTRIES));
    }

    @Test
    void followerThatIsBehindGetsItsEntriesOnceTheyAreFetched() throws Exception {
        var node = node(1, Entry.getDefaultInstance(), 1, 2, 3);
        elect(node);
        messages(node, MessageType.MSG_APP);
        // It has nothing behind the snapshot, and says so.
        node.step(response(node, MessageType.MSG_APP_RESP)
                .setIndex(ENTRIES + 1)
                .setReject(true)
                .setRejectHint(1)
                .setLogTerm(1)
                .build());
        assertThat(messages(node, MessageType.MSG_APP)).isEmpty();
        node.step(response(node, MessageType.MSG_HEARTBEAT_RESP).build());
        assertThat(messages(node, MessageType.MSG_APP)).isEmpty();
        assertThat(node.basicStatus().softState().role()).isEqualTo(RaftRole.LEADER);

        fetched = true;
        node.entriesFetched();
        assertThat(messages(node, MessageType.MSG_APP))
                .singleElement()
                .satisfies(append -> assertThat(append.getIndex()).isEqualTo(1))
                .satisfies(append -> assertThat(append.getEntriesCount()).isGreaterThanOrEqualTo(ENTRIES));
    }

    @Test
    void campaignGoesOnOnceWhatIsToBeSearchedIsFetched() throws Exception {
        var node = node(ENTRIES + 1, Entry.getDefaultInstance(), 1, 2, 3);
        node.campaign();
        assertThat(node.basicStatus().softState().role()).isEqualTo(RaftRole.FOLLOWER);
        fetched = true;
        node.entriesFetched();
        assertThat(node.basicStatus().softState().role()).isEqualTo(RaftRole.CANDIDATE);
    }

    @Test
    void campaignDoesNotGoOnIfALeaderIsHeardMeanwhile() throws Exception {
        var node = node(ENTRIES + 1, Entry.getDefaultInstance(), 1, 2, 3);
        node.campaign();
        node.step(TestNodes.message(MessageType.MSG_HEARTBEAT, 2, 1, 1).build());
        fetched = true;
        node.entriesFetched();
        assertThat(node.basicStatus().softState().role()).isEqualTo(RaftRole.FOLLOWER);
        assertThat(node.basicStatus().softState().leaderId()).isEqualTo(2);
    }

    @Test
    void changeOfTheConfigurationThatIsNotAppliedIsFoundInWhatIsFetched() throws Exception {
        var change = Entry.newBuilder().setType(EntryType.ENTRY_CONF_CHANGE_V2).build();
        var node = node(ENTRIES + 1, change, 1, 2, 3);
        node.campaign();
        fetched = true;
        node.entriesFetched();
        node.campaign();
        assertThat(node.basicStatus().softState().role()).isEqualTo(RaftRole.FOLLOWER);
    }

    private static void elect(RawNode node) throws Exception {
        node.campaign();
        for (Message own : messages(node, MessageType.MSG_STORAGE_APPEND)) {
            for (Message answer : own.getResponsesList()) {
                node.step(answer);
            }
        }
        node.step(response(node, MessageType.MSG_VOTE_RESP).build());
        assertThat(node.basicStatus().softState().role()).isEqualTo(RaftRole.LEADER);
    }

    private static Message.Builder response(RawNode node, MessageType type) {
        return TestNodes.message(type, 2, 1, node.basicStatus().hardState().getTerm());
    }
}
