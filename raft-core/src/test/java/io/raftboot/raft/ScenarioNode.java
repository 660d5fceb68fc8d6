package io.raftboot.raft;

import com.google.protobuf.ByteString;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.EntryType;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.raft.proto.SnapshotMetadata;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * One node of a scenario: the RawNode, its storage, the work that its storage threads have to do, and a state machine
 * that appends each entry's data to what it has, and remembers each of its states.
 */
final class ScenarioNode {
    private final RaftConfig config;
    private final MemoryStorage storage = new MemoryStorage();
    private final List<Snapshot> history = new ArrayList<>();
    private final Deque<Message> appendWork = new ArrayDeque<>();
    private final Deque<Message> applyWork = new ArrayDeque<>();
    private RawNode rawNode;

    /** @param snapshot to start from; with index 0 the node starts from nothing */
    ScenarioNode(RaftConfig template, Snapshot snapshot) throws RaftException {
        if (snapshot.getMetadata().getIndex() > 0) {
            storage.applySnapshot(snapshot);
        }
        history.add(snapshot);
        config = template.toBuilder()
                .storage(new SnapshotSourceStorage(storage, this::newestState))
                .appliedIndex(snapshot.getMetadata().getIndex())
                .build();
        rawNode = new RawNode(config);
    }

    void restart() {
        rawNode = new RawNode(config.toBuilder()
                .appliedIndex(newestState().getMetadata().getIndex())
                .build());
        appendWork.clear();
        applyWork.clear();
    }

    RawNode rawNode() {
        return rawNode;
    }

    RaftConfig config() {
        return config;
    }

    MemoryStorage storage() {
        return storage;
    }

    Deque<Message> appendWork() {
        return appendWork;
    }

    Deque<Message> applyWork() {
        return applyWork;
    }

    Snapshot newestState() {
        return history.get(history.size() - 1);
    }

    /** Stores what a Ready or an append message holds. */
    void store(HardState hardState, List<Entry> entries, Snapshot snapshot) throws RaftException {
        if (!Raft.isEmpty(hardState)) {
            storage.setHardState(hardState);
        }
        if (snapshot.getMetadata().getIndex() == 0) {
            storage.append(entries);
        } else if (entries.isEmpty()) {
            storage.applySnapshot(snapshot);
        } else {
            throw new IllegalStateException("can't apply snapshot and entries at the same time");
        }
    }

    void apply(List<Entry> entries) {
        entries.forEach(this::apply);
    }

    private void apply(Entry entry) {
        Snapshot previous = newestState();
        ConfState confState = previous.getMetadata().getConfState();
        ByteString update = entry.getData();
        if (entry.getType() != EntryType.ENTRY_NORMAL) {
            ConfChangeV2 change = Describe.confChange(entry);
            update = change.getContext();
            confState = rawNode.applyConfChange(change);
        }
        history.add(Snapshot.newBuilder()
                .setData(previous.getData().concat(update))
                .setMetadata(SnapshotMetadata.newBuilder()
                        .setIndex(entry.getIndex())
                        .setTerm(entry.getTerm())
                        .setConfState(confState))
                .build());
    }
}
