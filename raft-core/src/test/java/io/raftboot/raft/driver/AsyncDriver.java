package io.raftboot.raft.driver;

import io.raftboot.raft.MemoryStorage;
import io.raftboot.raft.Node;
import io.raftboot.raft.NodeIds;
import io.raftboot.raft.ProposalListener;
import io.raftboot.raft.RaftException;
import io.raftboot.raft.RawNode;
import io.raftboot.raft.Ready;
import io.raftboot.raft.SnapshotStatus;
import io.raftboot.raft.proto.ConfChange;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Message;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Asynchronous storage: three parts that could be three threads, joined by queues, and only the first of them touches the
 * RawNode. Here chance decides whose turn it is.
 */
final class AsyncDriver extends Driver implements Machine.Configuration {
    private final Node node;
    private final Queue<Message> logWork = new ArrayDeque<>();
    private final Queue<Runnable> machineWork = new ArrayDeque<>();
    private final RandomGenerator random;

    AsyncDriver(long id, MemoryStorage storage, Consumer<Message> network, RandomGenerator random) {
        super(id, storage, network);
        this.random = random;
        node = new Node(new RawNode(config().asyncStorageWrites(true).build()), () -> {});
    }

    @Override
    boolean work() {
        int first = random.nextInt(3);
        for (int i = 0; i < 3; i++) {
            boolean worked =
                    switch ((first + i) % 3) {
                        case 0 -> core();
                        case 1 -> log();
                        default -> machine();
                    };
            if (worked) {
                return true;
            }
        }
        return false;
    }

    /** The driver's thread. */
    private boolean core() {
        Ready ready = node.poll();
        if (ready == null) {
            return false;
        }
        machineWork.add(() -> machine.read(ready.readStates()));
        for (Message message : ready.messages()) {
            if (message.getTo() == NodeIds.LOCAL_APPEND_THREAD) {
                logWork.add(message);
            } else if (message.getTo() == NodeIds.LOCAL_APPLY_THREAD) {
                machineWork.add(() -> applied(message));
            } else {
                send(message);
            }
        }
        return true;
    }

    /** The thread of the log: its messages in order, the responses when it is durable. */
    private boolean log() {
        Message message = logWork.poll();
        if (message == null) {
            return false;
        }
        if (message.hasSnapshot()) {
            store(message.getSnapshot());
            // Queued before the response says that the snapshot counts as applied.
            machineWork.add(() -> machine.install(message.getSnapshot()));
        }
        storage.append(message.getEntriesList());
        if (message.hasTerm()) {
            storage.setHardState(HardState.newBuilder()
                    .setTerm(message.getTerm())
                    .setVote(message.getVote())
                    .setCommit(message.getCommit())
                    .build());
        }
        respond(message);
        return true;
    }

    /** The thread of the state machine, again in order. */
    private boolean machine() {
        Runnable work = machineWork.poll();
        if (work == null) {
            return false;
        }
        work.run();
        return true;
    }

    private void applied(Message message) {
        machine.apply(message.getEntriesList(), this);
        respond(message);
    }

    private void respond(Message message) {
        for (Message response : message.getResponsesList()) {
            if (response.getTo() == id) {
                node.step(response);
            } else {
                send(response);
            }
        }
    }

    @Override
    public void apply(ConfChange change, Consumer<ConfState> inForce) {
        node.applyConfChange(change, inForce);
    }

    @Override
    public void apply(ConfChangeV2 change, Consumer<ConfState> inForce) {
        node.applyConfChange(change, inForce);
    }

    @Override
    void tick() {
        node.tick();
    }

    @Override
    void receive(Message message) {
        node.step(message);
    }

    @Override
    void campaign() {
        node.campaign();
    }

    @Override
    void propose(String data) {
        node.propose(bytes(data), new NoListener());
    }

    @Override
    void change(ConfChangeV2 change) {
        node.proposeConfChange(change, new NoListener());
    }

    @Override
    void read(String context) {
        node.readIndex(bytes(context));
    }

    @Override
    void reportSnapshot(long member, SnapshotStatus status) {
        node.reportSnapshot(member, status);
    }

    private static final class NoListener implements ProposalListener {
        @Override
        public void appended(long term, long index) {
            // Whether it was committed shows when it is applied.
        }

        @Override
        public void dropped(RaftException reason) {
            // As if the network had lost it.
        }
    }
}
