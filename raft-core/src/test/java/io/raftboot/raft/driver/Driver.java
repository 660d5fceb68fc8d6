package io.raftboot.raft.driver;

import com.google.protobuf.ByteString;
import io.raftboot.raft.MemoryStorage;
import io.raftboot.raft.RaftConfig;
import io.raftboot.raft.SnapshotStatus;
import io.raftboot.raft.StorageException;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.raft.testing.Seeds;
import java.util.function.Consumer;

/** What both drivers have in common: a log in memory, a state machine, and a network that takes messages. */
abstract class Driver {
    private static final int ELECTION_TICKS = 10;

    final long id;
    final MemoryStorage storage;
    final Machine machine = new Machine();
    private final Consumer<Message> network;

    /** @param storage what is left of a former life, or what a first one begins with */
    Driver(long id, MemoryStorage storage, Consumer<Message> network) {
        this.id = id;
        this.storage = storage;
        this.network = network;
        if (storage.snapshot().getMetadata().getIndex() > 0) {
            // A state machine that keeps nothing begins with its newest snapshot.
            machine.install(storage.snapshot());
        }
    }

    RaftConfig.Builder config() {
        return RaftConfig.builder()
                .id(id)
                .electionTicks(ELECTION_TICKS)
                .heartbeatTicks(1)
                .storage(storage)
                .appliedIndex(machine.appliedIndex())
                .checkQuorum(true)
                .preVote(true)
                .random(Seeds.generator(id));
    }

    /** Does one thing of those there are to do; says whether there was one. */
    abstract boolean work();

    abstract void tick();

    abstract void receive(Message message);

    abstract void campaign();

    abstract void propose(String data);

    abstract void change(ConfChangeV2 change);

    abstract void read(String context);

    abstract void reportSnapshot(long member, SnapshotStatus status);

    void send(Message message) {
        network.accept(message);
        if (message.getType() == MessageType.MSG_SNAP) {
            reportSnapshot(message.getTo(), SnapshotStatus.FINISH);
        }
    }

    void store(Snapshot snapshot) {
        try {
            storage.applySnapshot(snapshot);
        } catch (StorageException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Takes a snapshot of what is applied, and drops the log up to there. */
    void compact() {
        try {
            storage.createSnapshot(machine.appliedIndex(), machine.confState(), machine.data());
            storage.compact(machine.appliedIndex());
        } catch (StorageException e) {
            throw new IllegalStateException(e);
        }
    }

    static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }
}
