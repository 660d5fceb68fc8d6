package io.raftboot.raft;

import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.raft.proto.SnapshotMetadata;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.slf4j.helpers.NOPLogger;

/** Configurations and storages for tests of a single node, and a driver that stores at once. */
final class TestNodes {
    static final int ELECTION_TICKS = 10;
    static final int HEARTBEAT_TICKS = 1;

    /** The log of every node begins behind a snapshot of this index, in term 1. */
    static final long SNAPSHOT_INDEX = 10;

    private static final long SEED = 1;

    private TestNodes() {}

    static RaftConfig.Builder config(long id, Storage storage) {
        return RaftConfig.builder()
                .id(id)
                .electionTicks(ELECTION_TICKS)
                .heartbeatTicks(HEARTBEAT_TICKS)
                .storage(storage)
                .appliedIndex(storage.firstIndex() - 1)
                .logger(NOPLogger.NOP_LOGGER)
                .random(new SplittableRandom(SEED));
    }

    static MemoryStorage storageOf(long... voters) {
        MemoryStorage storage = new MemoryStorage();
        ConfState.Builder confState = ConfState.newBuilder();
        Arrays.stream(voters).forEach(confState::addVoters);
        install(
                Snapshot.newBuilder()
                        .setMetadata(SnapshotMetadata.newBuilder()
                                .setIndex(SNAPSHOT_INDEX)
                                .setTerm(1)
                                .setConfState(confState))
                        .build(),
                storage);
        return storage;
    }

    static Message.Builder message(MessageType type, long from, long to, long term) {
        return Message.newBuilder().setType(type).setFrom(from).setTo(to).setTerm(term);
    }

    /** Does what a Ready asks for, with the storage: all but sending its messages and applying its entries. */
    static void store(Ready ready, MemoryStorage storage) {
        if (ready.hardState() != null) {
            storage.setHardState(ready.hardState());
        }
        if (ready.snapshot() != null) {
            install(ready.snapshot(), storage);
        }
        storage.append(ready.entries());
    }

    private static void install(Snapshot snapshot, MemoryStorage storage) {
        try {
            storage.applySnapshot(snapshot);
        } catch (SnapshotOutOfDateException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Polls, stores and advances until there is nothing to do; returns the Readys. */
    static List<Ready> settle(Node node, MemoryStorage storage) {
        List<Ready> readies = new ArrayList<>();
        for (Ready ready = node.poll(); ready != null; ready = node.poll()) {
            store(ready, storage);
            node.advance();
            readies.add(ready);
        }
        return readies;
    }

    /** Makes the node leader of the voters 1, 2 and 3, with the vote and the acknowledgement of 2. */
    static void electAsOneOfThree(Node node, MemoryStorage storage) {
        node.campaign();
        settle(node, storage);
        long id = node.basicStatus().id();
        long term = node.basicStatus().hardState().getTerm();
        node.step(message(MessageType.MSG_VOTE_RESP, 2, id, term).build());
        settle(node, storage);
        node.step(message(MessageType.MSG_APP_RESP, 2, id, term)
                .setIndex(storage.lastIndex())
                .build());
        settle(node, storage);
    }
}
