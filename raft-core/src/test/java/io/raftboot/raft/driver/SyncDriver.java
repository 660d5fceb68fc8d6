package io.raftboot.raft.driver;

import io.raftboot.raft.MemoryStorage;
import io.raftboot.raft.RaftException;
import io.raftboot.raft.RawNode;
import io.raftboot.raft.Ready;
import io.raftboot.raft.SnapshotStatus;
import io.raftboot.raft.proto.ConfChange;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Message;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One thread, synchronous storage: a Ready is stored, sent, applied and advanced before the next one. */
final class SyncDriver extends Driver implements Machine.Configuration {
    private static final Logger log = LoggerFactory.getLogger(SyncDriver.class);

    private final RawNode node;

    SyncDriver(long id, MemoryStorage storage, Consumer<Message> network) {
        super(id, storage, network);
        node = new RawNode(config().build());
    }

    @Override
    boolean work() {
        if (!node.hasReady()) {
            return false;
        }
        Ready ready = node.ready();
        // 1. Store. A file would be forced here if there is a snapshot, or if ready.mustSync() says so.
        if (ready.snapshot() != null) {
            store(ready.snapshot());
        }
        storage.append(ready.entries());
        if (ready.hardState() != null) {
            storage.setHardState(ready.hardState());
        }
        // 2. Send.
        ready.messages().forEach(this::send);
        // 3. Apply, the snapshot first.
        if (ready.snapshot() != null) {
            machine.install(ready.snapshot());
        }
        machine.apply(ready.committedEntries(), this);
        machine.read(ready.readStates());
        // 4. Advance.
        node.advance();
        return true;
    }

    @Override
    public void apply(ConfChange change, Consumer<ConfState> inForce) {
        inForce.accept(node.applyConfChange(change));
    }

    @Override
    public void apply(ConfChangeV2 change, Consumer<ConfState> inForce) {
        inForce.accept(node.applyConfChange(change));
    }

    @Override
    void tick() {
        node.tick();
    }

    @Override
    void receive(Message message) {
        attempt(() -> node.step(message));
    }

    @Override
    void campaign() {
        node.campaign();
    }

    @Override
    void propose(String data) {
        attempt(() -> node.propose(bytes(data)));
    }

    @Override
    void change(ConfChangeV2 change) {
        attempt(() -> node.proposeConfChange(change));
    }

    @Override
    void read(String context) {
        node.readIndex(bytes(context));
    }

    @Override
    void reportSnapshot(long member, SnapshotStatus status) {
        node.reportSnapshot(member, status);
    }

    private interface Attempt {
        void run() throws RaftException;
    }

    /** What the node refuses is as if the network had lost it. */
    private static void attempt(Attempt attempt) {
        try {
            attempt.run();
        } catch (RaftException e) {
            log.debug("refused", e);
        }
    }
}
