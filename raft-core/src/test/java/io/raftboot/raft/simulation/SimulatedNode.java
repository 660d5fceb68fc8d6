package io.raftboot.raft.simulation;

import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.raft.NodeIds;
import io.raftboot.raft.RaftConfig;
import io.raftboot.raft.RaftException;
import io.raftboot.raft.RaftRole;
import io.raftboot.raft.RawNode;
import io.raftboot.raft.Ready;
import io.raftboot.raft.confchange.ConfChangeException;
import io.raftboot.raft.proto.ConfChange;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.EntryType;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.raft.proto.SnapshotMetadata;
import io.raftboot.raft.testing.Seeds;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.helpers.NOPLogger;

/**
 * A node with its disk, its state machine and its driver. With asynchronous storage each of the two kinds of storage work
 * waits in a queue, and so do the answers, until the simulation has the next piece of one of them done.
 */
final class SimulatedNode {
    private final long id;
    private final SimulationSettings settings;
    private final RandomGenerator random;
    private final SafetyChecker checker;
    private final Consumer<Message> network;
    private final SimulatedDisk disk;
    private SimulatedStateMachine machine = new SimulatedStateMachine();

    private final PlantedDefect defect;

    /** What is to be written, with the vote requests that have to wait for it. */
    private record AppendWork(Message message, List<Message> heldMessages) {}

    private final Deque<AppendWork> appendWork = new ArrayDeque<>();
    private final Deque<Message> applyWork = new ArrayDeque<>();
    private final Deque<Message> ownResponses = new ArrayDeque<>();
    private @Nullable RawNode node;

    SimulatedNode(
            long id,
            SimulationSettings settings,
            RandomGenerator random,
            SafetyChecker checker,
            Consumer<Message> network,
            PlantedDefect defect) {
        this.id = id;
        this.defect = defect;
        this.settings = settings;
        this.random = random;
        this.checker = checker;
        this.network = network;
        this.disk = new SimulatedDisk(random, this::freshSnapshot);
    }

    /** Gives a new member the snapshot that the group begins with. */
    void install(Snapshot snapshot) {
        disk.writeSnapshot(snapshot);
        disk.force();
        machine.restore(snapshot);
        disk.rememberApplied(machine.appliedIndex(), machine.confState());
    }

    void start() {
        if (!settings.durableStateMachine()) {
            machine = new SimulatedStateMachine();
            machine.restore(disk.storedSnapshot());
        }
        RaftConfig config = settings.config().toBuilder()
                .id(id)
                .storage(disk)
                .appliedIndex(machine.appliedIndex())
                .logger(NOPLogger.NOP_LOGGER)
                .random(Seeds.generator(random.nextLong()))
                .build();
        node = new RawNode(config);
        checker.started(this);
    }

    void crash() {
        node = null;
        appendWork.clear();
        applyWork.clear();
        ownResponses.clear();
        disk.crash();
    }

    /** Does something with the running node, and looks at it afterwards. Expected refusals are part of the game. */
    void call(RaftCall call) {
        try {
            call.on(raw());
        } catch (RaftException e) {
            checker.refused();
        }
        checker.observe(this);
    }

    /** A call to the node that it may refuse. */
    @FunctionalInterface
    interface RaftCall {
        void on(RawNode node) throws RaftException;
    }

    boolean hasWork() {
        return isRunning()
                && (raw().hasReady()
                        || !appendWork.isEmpty()
                        || !applyWork.isEmpty()
                        || !ownResponses.isEmpty()
                        || disk.isFetching());
    }

    /** One piece of the waiting work, of any kind. */
    void work() {
        switch (random.nextInt(5)) {
            case 0 -> processAppend();
            case 1 -> processApply();
            case 2 -> processOwnResponse();
            case 3 -> processFetched();
            default -> processReady();
        }
    }

    /** Everything that waits, until nothing does. */
    void workAll() {
        while (hasWork()) {
            processReady();
            processAppend();
            processApply();
            processOwnResponse();
            processFetched();
        }
    }

    private void processFetched() {
        if (disk.isFetching()) {
            disk.fetched();
            call(RawNode::entriesFetched);
        }
    }

    private void processReady() {
        if (!raw().hasReady()) {
            return;
        }
        Ready ready = raw().ready();
        checker.ready(this, ready);
        if (settings.asyncStorageWrites()) {
            route(ready.messages());
        } else {
            store(ready.hardState(), ready.snapshot(), ready.entries());
            if (ready.mustSync()) {
                disk.force();
            }
            ready.messages().forEach(this::send);
            ready.committedEntries().forEach(this::apply);
            raw().advance();
        }
        checker.observe(this);
    }

    private void route(List<Message> messages) {
        List<Message> held = new ArrayList<>();
        for (Message message : messages) {
            if (message.getType() == MessageType.MSG_VOTE && defect != PlantedDefect.REQUESTS_VOTES_BEFORE_FORCE) {
                held.add(message);
            } else if (message.getTo() == NodeIds.LOCAL_APPEND_THREAD) {
                appendWork.add(new AppendWork(message, held));
            } else if (message.getTo() == NodeIds.LOCAL_APPLY_THREAD) {
                applyWork.add(message);
            } else {
                send(message);
            }
        }
    }

    private void processAppend() {
        AppendWork next = appendWork.peek();
        // A snapshot replaces the state that the entries before it lead to, so these come first.
        if (next == null || (next.message().hasSnapshot() && !applyWork.isEmpty())) {
            return;
        }
        appendWork.remove();
        Message work = next.message();
        HardState hardState = HardState.newBuilder()
                .setTerm(work.getTerm())
                .setVote(work.getVote())
                .setCommit(work.getCommit())
                .build();
        boolean hasHardState = work.getTerm() != 0 || work.getVote() != 0 || work.getCommit() != 0;
        store(hasHardState ? hardState : null, work.hasSnapshot() ? work.getSnapshot() : null, work.getEntriesList());
        if (work.getResponsesCount() > 0 && defect != PlantedDefect.ANSWERS_BEFORE_FORCE) {
            disk.force();
        }
        next.heldMessages().forEach(this::send);
        respond(work);
    }

    private void processApply() {
        Message work = applyWork.poll();
        if (work != null) {
            work.getEntriesList().forEach(this::apply);
            respond(work);
        }
    }

    private void respond(Message work) {
        for (Message response : work.getResponsesList()) {
            if (response.getTo() == id) {
                ownResponses.add(response);
            } else {
                send(response);
            }
        }
        checker.observe(this);
    }

    private void processOwnResponse() {
        Message response = ownResponses.poll();
        if (response != null) {
            call(raw -> raw.step(response));
        }
    }

    private void store(@Nullable HardState hardState, @Nullable Snapshot snapshot, List<Entry> entries) {
        if (hardState != null && defect != PlantedDefect.FORGETS_HARD_STATE) {
            disk.writeHardState(hardState);
        }
        if (snapshot != null) {
            disk.writeSnapshot(snapshot);
            // The state that the rest of the log builds on has to be there before anything else is.
            disk.force();
            machine.restore(snapshot);
            disk.rememberApplied(settings.durableStateMachine() ? machine.appliedIndex() : 0, machine.confState());
            checker.restored(this, snapshot);
        }
        if (!entries.isEmpty()) {
            disk.writeEntries(entries);
        }
    }

    private void send(Message message) {
        checker.sent(this, message);
        network.accept(message);
    }

    private void apply(Entry entry) {
        if (entry.getIndex() <= machine.appliedIndex()) {
            throw new AssertionError("entry " + entry.getIndex() + " handed out again by " + this);
        }
        machine.apply(entry);
        if (entry.getType() != EntryType.ENTRY_NORMAL) {
            applyConfChange(entry);
        }
        if (settings.durableStateMachine()) {
            disk.rememberApplied(machine.appliedIndex(), machine.confState());
        }
        checker.applied(this, entry);
    }

    private void applyConfChange(Entry entry) {
        try {
            ConfState applied = entry.getType() == EntryType.ENTRY_CONF_CHANGE
                    ? raw().applyConfChange(ConfChange.parseFrom(entry.getData()))
                    : raw().applyConfChange(ConfChangeV2.parseFrom(entry.getData()));
            machine.setConfState(applied);
        } catch (ConfChangeException e) {
            // Every member decides alike: the change is void. For example the removal of the last voter.
            checker.refused();
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    /** Makes a snapshot of what is applied, and drops some of the log before it. */
    void takeSnapshot() {
        long index = machine.appliedIndex();
        if (index > disk.storedSnapshot().getMetadata().getIndex()) {
            // The node may still look at what it hasn't heard to be applied, to find unapplied configuration changes.
            long heardApplied = raw().basicStatus().appliedIndex();
            disk.takeSnapshot(index, machine.confState(), machine.data(), heardApplied - random.nextLong(6));
        }
    }

    private Snapshot freshSnapshot() {
        SnapshotMetadata.Builder metadata = SnapshotMetadata.newBuilder()
                .setIndex(machine.appliedIndex())
                .setTerm(disk.termOf(machine.appliedIndex()))
                .setConfState(machine.confState());
        return Snapshot.newBuilder()
                .setMetadata(metadata)
                .setData(machine.data())
                .build();
    }

    void deliver(Message message) {
        call(raw -> {
            if (message.getType() == MessageType.MSG_SNAP) {
                checker.snapshotDelivered();
            }
            raw.step(message);
        });
    }

    boolean isRunning() {
        return node != null;
    }

    boolean isLeader() {
        return isRunning() && raw().basicStatus().softState().role() == RaftRole.LEADER;
    }

    RawNode raw() {
        return Objects.requireNonNull(node, "node is down");
    }

    long id() {
        return id;
    }

    SimulatedDisk disk() {
        return disk;
    }

    SimulatedStateMachine machine() {
        return machine;
    }

    @Override
    public String toString() {
        return "node " + id;
    }
}
