package io.raftboot.replica.stage;

import io.raftboot.agent.Agent;
import io.raftboot.agent.AgentActivity;
import io.raftboot.agent.Inbox;
import io.raftboot.api.EntryName;
import io.raftboot.api.Outcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.api.SnapshotOutcome;
import io.raftboot.api.event.EventType;
import io.raftboot.raft.AppliedConfiguration;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.replica.command.AppliedCommands;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.divergence.AppliedHashes;
import io.raftboot.replica.divergence.ResultLog;
import io.raftboot.replica.divergence.ResultsLookup;
import io.raftboot.replica.duty.Applied;
import io.raftboot.replica.duty.AppliedView;
import io.raftboot.replica.duty.EventSink;
import io.raftboot.replica.duty.Links;
import io.raftboot.replica.machine.EntryCommand;
import io.raftboot.replica.machine.Machines;
import io.raftboot.replica.machine.SystemMachine;
import io.raftboot.replica.read.AppliedReads;
import io.raftboot.replica.read.ParkedReads;
import io.raftboot.replica.read.PendingRead;
import io.raftboot.replica.snapshot.Snapshots;
import io.raftboot.replica.snapshot.SnapshotsWanted;
import io.raftboot.replica.watch.Ending;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The third stage: gives committed entries to the state machines in their order, completes the commands that were asked
 * here, and answers reads once what they have to see is applied. Owns the state machines while the member runs.
 */
public final class ApplyStage implements Agent, AppliedReads, SnapshotsWanted, ResultsLookup {
    private final Inbox<Work> inbox = new Inbox<>();
    private final AgentActivity activity = new AgentActivity();
    private final PresentWork present = new PresentWork();
    private final AppliedView view;
    private final Links links;
    private final SystemMachine system;
    private final Machines machines;
    private final Snapshots snapshots;
    private final ParkedReads parked;
    private final AppliedCommands commands;
    private final ApplyEvents events;
    private final EntryApplier applier;
    private final EntrySkips skips;
    private final ApplyTraces traces;
    private AppliedHashes hashes;

    /** The configuration as of the index up to which all is applied, unless a change of it awaits the core. */
    private AppliedConfiguration configuration;

    /** Index of the newest change of the configuration that was applied; the core says what came of it. */
    private long changeIndex;

    /** Index of the newest snapshot that is to replace the state; what it covers need not be applied before. */
    private final AtomicLong installingIndex = new AtomicLong();

    /** What this stage is given to do. */
    @FunctionalInterface
    interface Work {
        void run() throws Exception;

        /** Called in place of {@link #run}, when the member stops before it. */
        default void cancel(String why) {}
    }

    public ApplyStage(
            Links links,
            ReplicaConfig config,
            Machines machines,
            Snapshots snapshots,
            ParkedReads parked,
            AppliedCommands commands,
            ApplyEvents events) {
        this.view = links.applied();
        this.links = links;
        this.machines = machines;
        this.system = machines.system();
        this.snapshots = snapshots;
        this.parked = parked;
        this.commands = commands;
        this.events = events;
        this.configuration = links.inForce().now();
        this.skips = new EntrySkips(config.applySkip());
        this.applier = new EntryApplier(
                config.group(), machines, skips, present, this::applied, events, configuration.state());
        this.hashes = AppliedHashes.none(machines);
        this.traces = new ApplyTraces(links.tracer());
        applier.traceBy(traces);
    }

    /** Before {@link #begin}: what was committed up to there was applied by an earlier run of this member already. */
    public void repeatsUpTo(long commitIndex) {
        traces.repeatsUpTo(commitIndex);
    }

    /** Before {@link #begin}: what commands come to is hashed as well. */
    public void hashInto(AppliedHashes newHashes) {
        hashes = newHashes;
    }

    private void applied(EntryCommand envelope, Outcome outcome) {
        hashes.outcome(envelope, outcome);
        commands.applied(envelope, outcome);
    }

    @Override
    public void lookUp(long behindIndex, long lastIndex, Consumer<ResultLog.Slice> found) {
        inbox.put(() -> hashes.lookUp(behindIndex, lastIndex, found));
    }

    /** Any thread: committed entries, in a MSG_STORAGE_APPLY whose responses are due when they are applied. */
    public void entries(Message apply) {
        inbox.put(() -> applyAll(apply));
    }

    @Override
    public void answer(List<PendingRead> reads, long index) {
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

    @Override
    public void expire(long nowNanos) {
        if (parked.isAnyWaiting()) {
            inbox.put(() -> parked.expire(nowNanos, view.index()));
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
    public void configured(AppliedConfiguration inForce) {
        inbox.put(() -> {
            if (inForce.index() > configuration.index() && inForce.index() <= view.index()) {
                configuration = inForce;
                snapshots.configured(inForce.state());
            }
        });
    }

    /** Any thread: a snapshot as soon as possible, because a member needs one that covers this index. */
    @Override
    public void snapshotWanted(long index) {
        inbox.put(() -> snapshots.wanted(index));
    }

    /** Any thread: the log takes too much room, whether or not a snapshot is due. */
    public void snapshotEarly() {
        inbox.put(snapshots::early);
    }

    /** Any thread: a snapshot of all that is applied by now, because somebody asks for it. */
    public void snapshotRequested(CompletableFuture<SnapshotOutcome> request) {
        inbox.put(new Work() {
            @Override
            public void run() {
                snapshots.requested(request);
            }

            @Override
            public void cancel(String why) {
                request.complete(new SnapshotOutcome.NotTaken(why));
            }
        });
    }

    /** Any thread, now and then: time alone may make a snapshot due. */
    public void tick() {
        if (snapshots.dueByTime()) {
            inbox.put(() -> {});
        }
    }

    /** Any thread: whether a snapshot is to replace the state, and has not yet. */
    public boolean isInstalling() {
        return installingIndex.get() > view.index();
    }

    /** Any thread: what this stage is at. */
    public String presentWork() {
        return present.describe(view.index());
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

    /** The stage is carried by no thread any more: reads that wait get their answer. */
    public void end(String why) {
        for (Work next = inbox.poll(); next != null; next = inbox.poll()) {
            Work work = next;
            Ending.step("work of the apply stage", () -> work.cancel(why));
        }
        Ending.step("answering who asked for snapshots", () -> snapshots.end(why));
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
            parked.answerUpTo(view.index(), this::beginQuery);
            takeSnapshotIfDue();
            work++;
        }
        return work;
    }

    /** Before the stage is carried by a thread: brings the machines to the snapshot that the log begins behind. */
    public void begin(Snapshot snapshot, boolean hasFile) throws IOException {
        long index = snapshot.getMetadata().getIndex();
        skips.addThoseOf(machines.byName().values());
        if (hasFile) {
            restoreFrom(snapshot);
        }
        view.publish(new Applied(index, snapshot.getMetadata().getTerm(), 0, system.agreedTimeMillis()));
        snapshots.begin(index, configuration.state());
        if (hasFile) {
            snapshots.restored(snapshot);
        }
        hashes.begin();
        if (system.cameFromAnotherCluster()) {
            snapshots.wanted(index + 1);
        }
    }

    private void beginQuery(PendingRead read) {
        activity.next();
        present.query(read);
    }

    private void applyAll(Message apply) {
        long begunNanos = links.self().nowNanos();
        commands.begin();
        try {
            for (Entry entry : apply.getEntriesList()) {
                if (entry.getIndex() <= installingIndex.get()) {
                    continue;
                }
                checkNext(entry);
                activity.next();
                apply(entry);
                system.count(entry);
                view.publish(new Applied(
                        entry.getIndex(), entry.getTerm(), view.now().restoredIndex(), system.agreedTimeMillis()));
                commands.next();
                hashes.applied(entry);
            }
        } finally {
            commands.end();
        }
        links.meter().applied(apply.getEntriesCount(), links.self().nowNanos() - begunNanos);
        snapshots.applied(view.index());
        events.applied(apply.getResponsesList());
    }

    private void checkNext(Entry entry) {
        if (entry.getIndex() != view.index() + 1) {
            throw new IllegalStateException(
                    "entry " + entry.getIndex() + " was given to be applied behind entry " + view.index());
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

    private void restore(Snapshot snapshot) throws IOException {
        if (snapshot.getMetadata().getIndex() < installingIndex.get()) {
            // A newer one waits behind it, and the file of this one may be gone: the log names the newer.
            return;
        }
        long begunNanos = links.self().nowNanos();
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
        view.publish(new Applied(index, snapshot.getMetadata().getTerm(), index, system.agreedTimeMillis()));
        snapshots.configured(configuration.state());
        snapshots.restored(snapshot);
        snapshots.installed();
        links.meter().snapshotInstalled(links.self().nowNanos() - begunNanos);
        links.events().note(EventType.SNAPSHOT, EventSink.NO_NODE, "installed the snapshot at index {}", index);
        hashes.begin();
        events.membersChanged(system.members());
    }

    private void restoreFrom(Snapshot snapshot) throws IOException {
        snapshots.restore(snapshot);
        skips.addThoseOf(machines.byName().values());
    }

    private void takeSnapshotIfDue() {
        boolean configurationKnown = changeIndex <= configuration.index();
        var due = configurationKnown ? snapshots.due() : null;
        if (due != null) {
            activity.next();
            present.other("capturing a snapshot at index " + view.index());
            snapshots.take(due, view.now(), configuration.state(), task -> inbox.put(task::run));
        }
    }
}
