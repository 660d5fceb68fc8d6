package io.raftboot.replica;

import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.replica.proto.Envelope;
import io.raftboot.storage.SnapshotStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;

/**
 * The third stage: gives committed entries to the state machines in their order, completes the commands that were asked
 * here, and answers reads once what they have to see is applied. Owns the state machines while the member runs.
 */
final class ApplyStage implements Agent {
    /** What an envelope of this version of the replica is marked with, and the newest it reads. */
    static final int ENVELOPE_FORMAT_VERSION = 1;

    private final Inbox<Work> inbox = new Inbox<>();
    private final Map<String, MachineSlot> machines;
    private final SystemMachine system;
    private final PendingCommands pending;
    private final SnapshotStore snapshots;
    private final ApplyEvents events;
    private final Executor readers;
    private final long nodeId;
    private final long incarnation;
    private final SnapshotTrigger trigger;

    /** Whether reads wait for an index; others need not wake this stage to look for late ones if not. */
    private volatile boolean readsWait;

    private final PriorityQueue<Reads> parked = new PriorityQueue<>(Comparator.comparingLong(Reads::index));
    private ConfState confState;
    private boolean confStateKnown = true;

    /** Owned by this stage; others read it, a moment old. Published after the commands up to it are completed. */
    private volatile long appliedIndex;

    private volatile long appliedTerm;
    private volatile long restoredIndex;

    /** What this stage is given to do. */
    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }

    /** Reads that wait for an index to be applied. */
    private final class Reads implements Work {
        private final long index;
        private final List<PendingRead> reads;

        Reads(long index, List<PendingRead> reads) {
            this.index = index;
            this.reads = reads;
        }

        long index() {
            return index;
        }

        @Override
        public void run() {
            if (index <= appliedIndex) {
                reads.forEach(ApplyStage.this::answer);
            } else {
                parked.add(this);
                readsWait = true;
            }
        }

        void refuse(String why) {
            reads.forEach(read -> read.refuse(RefusalReason.NOT_RUNNING, why));
        }

        /** Refuses those whose time is up; returns whether none is left. */
        boolean expire(long nowNanos) {
            boolean waits = false;
            for (PendingRead read : reads) {
                if (nowNanos - read.deadlineNanos() >= 0) {
                    read.refuse(
                            RefusalReason.TIMED_OUT,
                            "this member did not apply in time what the read has to see; its last applied entry is "
                                    + appliedIndex + ", and " + index + " is needed");
                }
                waits |= !read.future().isDone();
            }
            return !waits;
        }
    }

    /**
     * @param readers runs the queries of state machines that read concurrently
     */
    ApplyStage(
            Map<String, MachineSlot> machines,
            SystemMachine system,
            PendingCommands pending,
            SnapshotStore snapshots,
            SnapshotTrigger trigger,
            ApplyEvents events,
            Executor readers,
            long nodeId,
            long incarnation,
            ConfState confState) {
        this.machines = machines;
        this.system = system;
        this.pending = pending;
        this.snapshots = snapshots;
        this.trigger = trigger;
        this.events = events;
        this.readers = readers;
        this.nodeId = nodeId;
        this.incarnation = incarnation;
        this.confState = confState;
    }

    /** Any thread: committed entries, in a MSG_STORAGE_APPLY whose responses are due when they are applied. */
    void entries(Message apply) {
        inbox.put(() -> applyAll(apply));
    }

    /** Any thread: reads that may be answered once the index is applied. */
    void reads(List<PendingRead> reads, long index) {
        inbox.put(new Reads(index, reads));
    }

    /** Any thread: the time is this; who waits for longer than he wanted gets his answer. */
    void expireReads(long nowNanos) {
        if (readsWait) {
            inbox.put(() -> {
                parked.removeIf(reads -> reads.expire(nowNanos));
                readsWait = !parked.isEmpty();
            });
        }
    }

    /** Any thread: a snapshot that the log has begun anew behind replaces the state. */
    void install(Snapshot snapshot) {
        inbox.put(() -> restore(snapshot));
    }

    /** Any thread: the configuration after a change that this stage handed to the core. */
    void configured(ConfState newConfState) {
        inbox.put(() -> {
            confState = newConfState;
            confStateKnown = true;
        });
    }

    /** Any thread: a snapshot as soon as possible, because a member needs one that does not exist. */
    void snapshotWanted() {
        inbox.put(trigger::wanted);
    }

    long appliedIndex() {
        return appliedIndex;
    }

    /** Term of the newest applied entry. */
    long appliedTerm() {
        return appliedTerm;
    }

    /** Index of the newest snapshot that replaced the state while running: commands up to it were not seen applied. */
    long restoredIndex() {
        return restoredIndex;
    }

    /** Any thread, but exact only for whoever learnt from {@link #appliedTerm()} that nothing newer is there. */
    long agreedTimeMillis() {
        return system.agreedTimeMillis();
    }

    /** The stage is carried by no thread any more: reads that wait get their answer. */
    void end(String why) {
        for (Work next = inbox.poll(); next != null; next = inbox.poll()) {
            if (next instanceof Reads reads) {
                reads.refuse(why);
            }
        }
        parked.forEach(reads -> reads.refuse(why));
        parked.clear();
    }

    @Override
    public void wakeWith(Runnable waker) {
        inbox.wakeWith(waker);
    }

    @Override
    public String name() {
        return "apply";
    }

    @Override
    public int doWork() throws Exception {
        int work = 0;
        for (Work next = inbox.poll(); next != null; next = inbox.poll()) {
            next.run();
            work++;
        }
        if (work > 0) {
            answerParked();
            takeSnapshotIfDue();
        }
        return work;
    }

    /** Before the stage is carried by a thread: brings the machines to the snapshot that the log begins behind. */
    void begin(Snapshot snapshot, boolean hasFile) throws IOException {
        long index = snapshot.getMetadata().getIndex();
        if (hasFile) {
            restoreFrom(snapshot);
        }
        appliedIndex = index;
        appliedTerm = snapshot.getMetadata().getTerm();
        trigger.restoredAt(hasFile ? index : 0);
    }

    private void applyAll(Message apply) {
        for (Entry entry : apply.getEntriesList()) {
            applyEntry(entry);
            appliedTerm = entry.getTerm();
            appliedIndex = entry.getIndex();
        }
        events.applied(apply.getResponsesList());
    }

    private void applyEntry(Entry entry) {
        switch (entry.getType()) {
            case ENTRY_NORMAL -> {
                // A leader begins its term with an empty entry.
                if (!entry.getData().isEmpty()) {
                    applyEnvelope(entry);
                }
            }
            case ENTRY_CONF_CHANGE, ENTRY_CONF_CHANGE_V2 -> {
                confStateKnown = false;
                events.configurationChange(entry);
            }
        }
    }

    private void applyEnvelope(Entry entry) {
        var envelope = parse(entry);
        system.agreeOn(envelope.getAgreedTimeMillis());
        if (envelope.getMachine().equals(SystemMachine.NAME)) {
            applySystem(envelope, entry);
            return;
        }
        var slot = machines.get(envelope.getMachine());
        if (slot == null) {
            throw new UnknownCommandException("entry " + entry.getIndex() + " is for the state machine '"
                    + envelope.getMachine() + "', which this application does not have; it has " + machines.keySet()
                    + ". Start a version of the application that has it");
        }
        if (entry.getIndex() <= slot.appliedIndex()) {
            // It survived, with this command in it, a restart of the member.
            return;
        }
        var outcome = applyTo(slot, envelope, entry);
        slot.appliedUpTo(entry.getIndex());
        complete(envelope, outcome);
    }

    private Outcome applyTo(MachineSlot slot, Envelope envelope, Entry entry) {
        var context =
                new CommandContext(entry.getIndex(), entry.getTerm(), Instant.ofEpochMilli(system.agreedTimeMillis()));
        try {
            return context.call(() -> new Outcome.Applied(
                    slot.machine().apply(context, envelope.getPayload().toByteArray()), entry.getIndex()));
        } catch (StateMachineFailureException e) {
            throw e;
        } catch (Exception e) {
            return new Outcome.Failed(e.getClass().getName(), e.getMessage(), entry.getIndex(), e);
        }
    }

    private void applySystem(Envelope envelope, Entry entry) {
        try {
            system.apply(envelope.getPayload(), entry.getIndex());
        } catch (IOException e) {
            throw new UncheckedIOException("entry " + entry.getIndex() + " can't be read", e);
        }
        complete(envelope, new Outcome.Applied(new byte[0], entry.getIndex()));
        events.membersChanged(system.members());
    }

    private void complete(Envelope envelope, Outcome outcome) {
        if (envelope.getAskedMember() == nodeId && envelope.getAskedIncarnation() == incarnation) {
            var command = pending.get(envelope.getAskedCounter());
            if (command != null) {
                command.complete(outcome);
            }
        }
    }

    private static Envelope parse(Entry entry) {
        Envelope envelope;
        try {
            envelope = Envelope.parseFrom(entry.getData());
        } catch (InvalidProtocolBufferException e) {
            throw new UncheckedIOException("entry " + entry.getIndex() + " holds no command", e);
        }
        if (envelope.getFormatVersion() > ENVELOPE_FORMAT_VERSION) {
            throw new UnknownCommandException("entry " + entry.getIndex() + " has envelope format "
                    + envelope.getFormatVersion() + ", this member reads up to " + ENVELOPE_FORMAT_VERSION
                    + "; update this member");
        }
        return envelope;
    }

    private void answerParked() {
        for (var next = parked.peek(); next != null && next.index() <= appliedIndex; next = parked.peek()) {
            parked.remove();
            next.run();
        }
    }

    private void answer(PendingRead read) {
        if (read.future().isDone()) {
            return;
        }
        if (read.machine().machine().readsConcurrently()) {
            long index = appliedIndex;
            readers.execute(() -> query(read, index));
        } else {
            query(read, appliedIndex);
        }
    }

    private static void query(PendingRead read, long index) {
        ReadOutcome outcome;
        try {
            outcome = new ReadOutcome.Answered(read.machine().machine().query(read.query()), index);
        } catch (Exception e) {
            outcome = new ReadOutcome.Failed(e);
        }
        read.future().complete(outcome);
    }

    private void restore(Snapshot snapshot) throws IOException {
        restoreFrom(snapshot);
        long index = snapshot.getMetadata().getIndex();
        confState = snapshot.getMetadata().getConfState();
        confStateKnown = true;
        restoredIndex = index;
        appliedTerm = snapshot.getMetadata().getTerm();
        appliedIndex = index;
        trigger.restoredAt(index);
        events.membersChanged(system.members());
    }

    private void restoreFrom(Snapshot snapshot) throws IOException {
        SnapshotSections.restore(snapshots, snapshot, system, machines);
    }

    private void takeSnapshotIfDue() {
        if (confStateKnown && trigger.due(appliedIndex)) {
            var captured = SnapshotSections.capture(system, machines);
            events.captured(captured, appliedIndex, appliedTerm, confState);
        }
    }
}
