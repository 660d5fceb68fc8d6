package io.raftboot.replica.stage;

import io.raftboot.agent.Agent;
import io.raftboot.agent.AgentActivity;
import io.raftboot.agent.Inbox;
import io.raftboot.api.EntryName;
import io.raftboot.api.Outcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.api.SnapshotOutcome;
import io.raftboot.notice.QuietLogger;
import io.raftboot.raft.AppliedConfiguration;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.replica.command.CommandInbox;
import io.raftboot.replica.command.PendingCommands;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.machine.SystemMachine;
import io.raftboot.replica.proto.Envelope;
import io.raftboot.replica.read.ParkedReads;
import io.raftboot.replica.read.PendingRead;
import io.raftboot.replica.snapshot.SnapshotKind;
import io.raftboot.replica.snapshot.SnapshotMaker;
import io.raftboot.replica.snapshot.SnapshotSections;
import io.raftboot.replica.snapshot.SnapshotTrigger;
import io.raftboot.replica.watch.Ending;
import io.raftboot.storage.snapshot.SnapshotStore;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;

/**
 * The third stage: gives committed entries to the state machines in their order, completes the commands that were asked
 * here, and answers reads once what they have to see is applied. Owns the state machines while the member runs.
 */
public final class ApplyStage implements Agent {
    private final Logger log = QuietLogger.of(ApplyStage.class);

    private final Inbox<Work> inbox = new Inbox<>();
    private final AgentActivity activity = new AgentActivity();
    private final PresentWork present = new PresentWork();
    private final Map<String, MachineSlot> machines;
    private final SystemMachine system;
    private final PendingCommands pending;
    private final SnapshotStore snapshots;
    private final SnapshotMaker maker;
    private final ApplyEvents events;
    private final long nodeId;
    private final long runId;
    private final SnapshotTrigger trigger;

    /** Of the raft stage, for what is submitted by those who are told here what came of their commands. */
    private final CommandInbox commands;

    private final EntryApplier applier;
    private final EntrySkips skips;
    private final ParkedReads parked;

    /** The configuration as of the index up to which all is applied, unless a change of it awaits the core. */
    private AppliedConfiguration configuration;

    /** Index of the newest change of the configuration that was applied; the core says what came of it. */
    private long changeIndex;

    /** Index of the newest snapshot that is to replace the state; what it covers need not be applied before. */
    private final AtomicLong installingIndex = new AtomicLong();

    /** Owned by this stage; others read it, a moment old. Published after the commands up to it are completed. */
    private volatile long appliedIndex;

    private volatile long appliedTerm;
    private volatile long restoredIndex;

    /** What this stage is given to do. */
    @FunctionalInterface
    interface Work {
        void run() throws Exception;

        /** In place of {@link #run}, when the member stops before it. */
        default void cancel(String why) {}
    }

    public ApplyStage(
            Map<String, MachineSlot> machines,
            SystemMachine system,
            PendingCommands pending,
            SnapshotStore snapshots,
            SnapshotMaker maker,
            SnapshotTrigger trigger,
            ApplyEvents events,
            ParkedReads parked,
            CommandInbox commands,
            ReplicaConfig config,
            long runId,
            AppliedConfiguration configuration) {
        this.machines = machines;
        this.system = system;
        this.pending = pending;
        this.snapshots = snapshots;
        this.maker = maker;
        this.trigger = trigger;
        this.events = events;
        this.parked = parked;
        this.commands = commands;
        this.nodeId = config.nodeId();
        this.runId = runId;
        this.configuration = configuration;
        this.skips = new EntrySkips(config.applySkip());
        this.applier = new EntryApplier(
                config.group(),
                machines,
                system,
                skips,
                present,
                this::complete,
                () -> events.membersChanged(system.members()),
                configuration.state());
    }

    /** Any thread: committed entries, in a MSG_STORAGE_APPLY whose responses are due when they are applied. */
    void entries(Message apply) {
        inbox.put(() -> applyAll(apply));
    }

    /** Any thread: reads that may be answered once the index is applied. */
    public void reads(List<PendingRead> reads, long index) {
        inbox.put(new Work() {
            @Override
            public void run() {
                parked.add(index, reads);
            }

            @Override
            public void cancel(String why) {
                reads.forEach(read -> read.refuse(RefusalReason.NOT_RUNNING, why));
            }
        });
    }

    /** Any thread: the time is this; who waits for longer than he wanted gets his answer. */
    void expireReads(long nowNanos) {
        if (parked.isAnyWaiting()) {
            inbox.put(() -> parked.expire(nowNanos, appliedIndex));
        }
    }

    /** Any thread: a snapshot that the log has begun anew behind replaces the state. Entries that it covers and that wait are dropped. */
    public void install(Snapshot snapshot) {
        installingIndex.accumulateAndGet(snapshot.getMetadata().getIndex(), Math::max);
        inbox.put(() -> restore(snapshot));
    }

    /**
     * Any thread: the configuration in force in the core. It may be that of a snapshot that this stage has not restored
     * yet, or older than one that it has: either is passed over, because what counts here is the configuration as of what is
     * applied.
     */
    void configured(AppliedConfiguration inForce) {
        inbox.put(() -> {
            if (inForce.index() > configuration.index() && inForce.index() <= appliedIndex) {
                configuration = inForce;
                trigger.configured(inForce.state());
            }
        });
    }

    /** Any thread: a snapshot as soon as possible, because a member needs one that covers this index. */
    void snapshotWanted(long index) {
        inbox.put(() -> trigger.wanted(index));
    }

    /** Any thread: the log takes too much room, whether or not a snapshot is due. */
    void snapshotEarly() {
        inbox.put(trigger::early);
    }

    /** Any thread: a snapshot of all that is applied by now, because somebody asks for it. */
    public void snapshotRequested(CompletableFuture<SnapshotOutcome> request) {
        inbox.put(new Work() {
            @Override
            public void run() {
                trigger.requested(request);
            }

            @Override
            public void cancel(String why) {
                request.complete(new SnapshotOutcome.NotTaken(why));
            }
        });
    }

    /** Any thread, now and then: time alone may make a snapshot due. */
    public void tick() {
        if (trigger.dueByTime()) {
            inbox.put(() -> {});
        }
    }

    public long appliedIndex() {
        return appliedIndex;
    }

    /** Any thread: whether a snapshot is to replace the state, and has not yet. */
    public boolean isInstalling() {
        return installingIndex.get() > appliedIndex;
    }

    /** Any thread: what this stage is at. */
    public String presentWork() {
        return present.describe(appliedIndex);
    }

    /** Term of the newest applied entry. */
    long appliedTerm() {
        return appliedTerm;
    }

    /** Index of the newest snapshot that replaced the state while running: commands up to it were not seen applied. */
    long restoredIndex() {
        return restoredIndex;
    }

    /** Any thread: entries of this run that held nothing that any member could do. */
    public long ignoredEntries() {
        return applier.ignoredCount();
    }

    /** Any thread: entries behind this index that were passed over, as their operator wanted. */
    public List<String> skippedBehind(long index) {
        return system.skipped().stream()
                .filter(entry -> entry.index() > index)
                .map(EntryName::toString)
                .toList();
    }

    /** Any thread, but exact only for whoever learnt from {@link #appliedTerm()} that nothing newer is there. */
    long agreedTimeMillis() {
        return system.agreedTimeMillis();
    }

    /** The stage is carried by no thread any more: reads that wait get their answer. */
    public void end(String why) {
        for (Work next = inbox.poll(); next != null; next = inbox.poll()) {
            Work work = next;
            Ending.step("work of the apply stage", () -> work.cancel(why));
        }
        Ending.step("answering who asked for snapshots", () -> trigger.end(why));
        Ending.step("answering reads", () -> parked.refuse(why));
    }

    @Override
    public void wakeWith(Runnable waker) {
        inbox.wakeWith(waker);
    }

    @Override
    public AgentActivity activity() {
        return activity;
    }

    @Override
    public String name() {
        return "apply";
    }

    @Override
    public int doWork() throws Exception {
        int work = 0;
        for (Work next = inbox.poll(); next != null; next = inbox.poll()) {
            activity.next();
            next.run();
            // After each piece of work: under load there is always more, and nobody would ever be answered.
            parked.answerUpTo(appliedIndex, this::beginQuery);
            takeSnapshotIfDue();
            work++;
        }
        return work;
    }

    /** Before the stage is carried by a thread: brings the machines to the snapshot that the log begins behind. */
    public void begin(Snapshot snapshot, boolean hasFile) throws IOException {
        long index = snapshot.getMetadata().getIndex();
        skips.addThoseOf(machines.values());
        if (hasFile) {
            restoreFrom(snapshot);
        }
        appliedIndex = index;
        appliedTerm = snapshot.getMetadata().getTerm();
        trigger.machines(machines.values());
        trigger.configured(configuration.state());
        trigger.applied(system.position(index));
        if (hasFile) {
            noteRestored(snapshot);
        }
        if (system.cameFromAnotherCluster()) {
            trigger.wanted(index + 1);
        }
    }

    private void beginQuery(PendingRead read) {
        activity.next();
        present.query(read);
    }

    private void applyAll(Message apply) {
        commands.gather();
        try {
            for (Entry entry : apply.getEntriesList()) {
                if (entry.getIndex() <= installingIndex.get()) {
                    continue;
                }
                checkNext(entry);
                activity.next();
                apply(entry);
                system.count(entry);
                appliedTerm = entry.getTerm();
                appliedIndex = entry.getIndex();
                commands.handOverLate();
            }
        } finally {
            commands.endGathering();
        }
        trigger.applied(system.position(appliedIndex));
        events.applied(apply.getResponsesList());
    }

    private void checkNext(Entry entry) {
        if (entry.getIndex() != appliedIndex + 1) {
            throw new IllegalStateException(
                    "entry " + entry.getIndex() + " was given to be applied behind entry " + appliedIndex);
        }
    }

    private void apply(Entry entry) {
        var change = applier.apply(entry);
        if (change != null) {
            changeIndex = entry.getIndex();
            events.configurationChange(change, entry.getIndex());
            events.membersChanged(system.members());
        }
    }

    private void complete(Envelope envelope, Outcome outcome) {
        if (envelope.getAskedMember() == nodeId && envelope.getAskedRun() == runId) {
            var command = pending.get(envelope.getAskedCounter());
            if (command != null) {
                command.applied(outcome);
            }
        }
    }

    private void restore(Snapshot snapshot) throws IOException {
        if (snapshot.getMetadata().getIndex() < installingIndex.get()) {
            // A newer one waits behind it, and the file of this one may be gone: the log names the newer.
            return;
        }
        present.other(
                "restoring the snapshot at index " + snapshot.getMetadata().getIndex());
        restoreFrom(snapshot);
        if (system.cameFromAnotherCluster()) {
            throw new IllegalStateException("the snapshot at index "
                    + snapshot.getMetadata().getIndex() + " is of another cluster, and was let in all the same");
        }
        long index = snapshot.getMetadata().getIndex();
        configuration = new AppliedConfiguration(index, snapshot.getMetadata().getConfState());
        applier.restored(configuration.state());
        restoredIndex = index;
        appliedTerm = snapshot.getMetadata().getTerm();
        appliedIndex = index;
        trigger.configured(configuration.state());
        noteRestored(snapshot);
        maker.installed();
        events.membersChanged(system.members());
    }

    private void noteRestored(Snapshot snapshot) throws IOException {
        var kind = SnapshotStore.isLocal(snapshot) ? SnapshotKind.LOCAL : SnapshotKind.COMPLETE;
        trigger.restoredAt(system.position(snapshot.getMetadata().getIndex()), kind, SnapshotStore.sizeBytes(snapshot));
    }

    private void restoreFrom(Snapshot snapshot) throws IOException {
        SnapshotSections.restore(snapshots, snapshot, system, machines);
        skips.addThoseOf(machines.values());
    }

    private void takeSnapshotIfDue() {
        boolean configurationKnown = changeIndex <= configuration.index();
        var due = configurationKnown ? trigger.due() : null;
        if (due == null) {
            return;
        }
        activity.next();
        present.other("capturing a snapshot at index " + appliedIndex);
        SnapshotSections.Captured captured;
        try {
            captured = SnapshotSections.capture(due.kind(), system, machines);
        } catch (Throwable e) {
            // An Error too: to be captured changes no state, and the log is as it was.
            log.warn("the state at index {} could not be captured; it is tried again later", appliedIndex, e);
            String why = SnapshotMaker.reason(e);
            trigger.failed(why);
            due.requests().forEach(request -> request.complete(new SnapshotOutcome.NotTaken(why)));
            return;
        }
        maker.make(
                new SnapshotMaker.Task(captured, appliedIndex, appliedTerm, configuration.state(), due.requests()),
                new SnapshotMaker.Done() {
                    @Override
                    public void written(SnapshotKind kind, long index, long sizeBytes) {
                        inbox.put(() -> trigger.written(kind, index, sizeBytes));
                    }

                    @Override
                    public void failed(String why) {
                        inbox.put(() -> trigger.failed(why));
                    }

                    @Override
                    public void givenUp() {
                        inbox.put(trigger::givenUp);
                    }
                });
    }
}
