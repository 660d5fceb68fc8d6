package io.raftboot.replica;

import io.raftboot.api.event.EventType;
import io.raftboot.raft.Node;
import io.raftboot.replica.command.AppliedCommands;
import io.raftboot.replica.command.CommandInbox;
import io.raftboot.replica.command.PendingCommands;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.divergence.AppliedHashes;
import io.raftboot.replica.divergence.HashPoint;
import io.raftboot.replica.duty.AppliedView;
import io.raftboot.replica.duty.EventSink;
import io.raftboot.replica.duty.InForce;
import io.raftboot.replica.duty.Links;
import io.raftboot.replica.duty.RaftTasks;
import io.raftboot.replica.duty.Self;
import io.raftboot.replica.machine.Machines;
import io.raftboot.replica.machine.SystemMachine;
import io.raftboot.replica.membership.JoinAnnouncement;
import io.raftboot.replica.membership.PeerConnections;
import io.raftboot.replica.membership.PeerIdentities;
import io.raftboot.replica.membership.RefusedMessages;
import io.raftboot.replica.membership.Removal;
import io.raftboot.replica.membership.ReturnedMembers;
import io.raftboot.replica.read.ParkedReads;
import io.raftboot.replica.snapshot.SnapshotIntake;
import io.raftboot.replica.snapshot.SnapshotMaker;
import io.raftboot.replica.snapshot.SnapshotTrigger;
import io.raftboot.replica.snapshot.SnapshotWork;
import io.raftboot.replica.snapshot.Snapshots;
import io.raftboot.replica.space.SpaceWatch;
import io.raftboot.replica.stage.ApplyStage;
import io.raftboot.replica.stage.LogStage;
import io.raftboot.replica.stage.StageEvents;
import io.raftboot.replica.watch.MemberGuard;
import io.raftboot.replica.watch.MemberThreads;
import io.raftboot.replica.watch.WatchedStage;
import io.raftboot.storage.log.FetchedLog;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The one place that makes the rooms of a member and connects them. What has to do with leading is made by {@link RaftWiring}, at
 * the end: it needs all the rest. Nothing runs before {@link RunningMember#start}.
 */
final class MemberWiring {
    final MemberOpening opening;
    final ReplicaConfig config;
    final Links links;
    final MemberThreads threads;
    final MemberGuard guard;
    final Machines machines;
    final Removal removal;
    final PeerConnections connections;
    final LogStage logStage;
    final SnapshotParts snapshots;
    final PendingCommands pending;
    final CommandInbox inbox;
    final AppliedHashes hashes;
    final ApplyStage apply;
    final SkipAgreement skips;
    final PeerIdentities identities;
    final ReturnedMembers returned;
    final FetchedLog fetchedLog;
    final RefusedMessages refused;
    final Node node;
    final RaftWiring leading;
    final SpaceWatch spaceWatch;
    private volatile @Nullable JoinAnnouncement announcement;

    /** @throws IOException if the state machines can't be brought to what the log begins behind */
    MemberWiring(MemberOpening opening) throws IOException {
        this.opening = opening;
        this.config = opening.config();
        var storage = opening.storage();
        this.links = links(opening);
        this.threads = new MemberThreads(opening.host(), "raft-" + config.nodeId(), this::fail);
        this.guard = guard(opening, links.events());
        this.machines = new Machines(new SystemMachine(storage.identity().clusterId()), opening.machines());
        this.removal = new Removal(config, storage, links.applied(), threads.space(), this::fail);
        this.connections = new PeerConnections(
                links,
                config,
                storage,
                opening.transport(),
                machines.system(),
                new PeerConnections.Background(guard.completions(), threads.space(), this::fail, removal));
        var events = new StageEvents(config.nodeId(), opening.transport(), storage.writer(), new Told());
        this.logStage = new LogStage(storage.writer(), events, links.self().clock(), links.meter());
        this.snapshots = snapshots();
        this.pending = new PendingCommands(config.maxPendingCommands(), config.maxPendingBytes(), 0);
        this.inbox = new CommandInbox(links.self().clock());
        this.hashes = new AppliedHashes(config.divergenceCheck(), machines, threads.hasher(), this::hashed);
        this.apply = applyStage(events);
        apply.hashInto(hashes);
        apply.repeatsUpTo(commitIndexBefore(opening));
        apply.begin(opening.base().snapshot(), opening.base().hasFile());
        this.skips = opening.skipAgreement(machines.system()::skipped, links.applied()::index, this::fail);
        this.fetchedLog = storage.fetchedLog(guard.logFetcher(threads.fetcher()));
        this.refused = new RefusedMessages(config.nodeId(), opening.transport(), links.events());
        this.node = opening.newNode(fetchedLog, links.tasks()::wake, refused);
        this.identities = identities(opening, machines.system(), links.applied());
        this.returned = new ReturnedMembers(links.self().clock());
        this.leading = new RaftWiring(this);
        this.spaceWatch = spaceWatch();
        events.connect(node, leading.raft, apply);
        guard.watch(watchedStages(), leading.leadership.office()::look);
    }

    private MemberGuard guard(MemberOpening opened, EventSink events) {
        var of = opened.config();
        String name = "raft-" + of.nodeId();
        var made = new MemberGuard(opened.host(), name, of.tickInterval(), opened.electionTimeout(), this::fail);
        made.watch()
                .tell((stage, severity, text) -> events.add(EventType.PAUSE, severity, EventSink.NO_NODE, stage, text));
        return made;
    }

    private List<WatchedStage> watchedStages() {
        return List.of(
                new WatchedStage(
                        MemberGuard.RAFT_STAGE, leading.raft, () -> "the raft stage has been at one piece of its work"),
                new WatchedStage(
                        MemberGuard.LOG_STAGE, logStage, () -> "the log stage has been waiting for the disk to write"),
                new WatchedStage(MemberGuard.APPLY_STAGE, apply, apply::presentWork));
    }

    private static Links links(MemberOpening opening) {
        var config = opening.config();
        var self = new Self(
                config.nodeId(),
                opening.runId(),
                opening.host().clock(),
                opening.electionTimeout(),
                config.tickInterval());
        return new Links(
                self,
                new RaftTasks(),
                new InForce(opening.base().configuration()),
                new AppliedView(),
                opening.observers());
    }

    private SnapshotParts snapshots() {
        var store = opening.storage().snapshots();
        var work = new SnapshotWork();
        var maker = new SnapshotMaker(
                store,
                config.snapshots().retainedCount(),
                guard.snapshotWriter(threads.snapshots(), work.activity(), SnapshotWork.LIMIT, work::describe),
                logStage,
                work,
                new SnapshotMaker.Measure(links.self().clock(), links.meter(), links.events()));
        var arriving = new AtomicInteger();
        var intake = new SnapshotIntake(store, machines.system(), arriving, machines.byName());
        var trigger = new SnapshotTrigger(
                config.snapshots(), config.nodeId(), links.self().clock());
        trigger.received(intake::refusal);
        return new SnapshotParts(trigger, maker, intake, arriving);
    }

    private ApplyStage applyStage(StageEvents events) {
        return new ApplyStage(
                links,
                config,
                machines,
                new Snapshots(machines, opening.storage().snapshots(), snapshots.maker(), snapshots.trigger()),
                new ParkedReads(threads.readers()),
                new AppliedCommands(links.self(), pending, inbox),
                events);
    }

    private static PeerIdentities identities(MemberOpening opening, SystemMachine system, AppliedView applied) {
        long commitIndex = commitIndexBefore(opening);
        var identities = new PeerIdentities(system, () -> applied.index() >= commitIndex);
        identities.disconnectBy(opening.transport()::disconnect);
        return identities;
    }

    /** As an earlier run of the member has known it. */
    private static long commitIndexBefore(MemberOpening opening) {
        return opening.storage().reader().initialState().hardState().getCommit();
    }

    private SpaceWatch spaceWatch() {
        var space = leading.space;
        return new SpaceWatch(
                opening.storage(),
                config,
                links.self().clock(),
                guard.spaceWatch(threads.space()),
                electionTicks(),
                report -> links.tasks().execute(() -> space.seen(report)),
                this::fail);
    }

    private void hashed(HashPoint point) {
        leading.divergence.hashed(point);
    }

    /** From the start on: how this process announces itself until it is a member. */
    void announceBy(JoinAnnouncement newAnnouncement) {
        announcement = newAnnouncement;
    }

    /** Any thread: what this process waits for before it is a member; null if it is one. */
    @Nullable
    String joining() {
        var present = announcement;
        return present == null ? null : present.waitsFor();
    }

    int electionTicks() {
        return opening.electionTicks();
    }

    /** On the thread of what failed, as its last act. The others must not go on for longer than they notice. */
    void fail(Throwable cause) {
        try {
            threads.halt();
        } finally {
            opening.onFailure().accept(cause);
        }
    }

    /**
     * What has to do with snapshots.
     *
     * @param arriving counts those that come in at present
     */
    record SnapshotParts(SnapshotTrigger trigger, SnapshotMaker maker, SnapshotIntake intake, AtomicInteger arriving) {}

    /** What the stages tell of that is for others. */
    private final class Told implements StageEvents.Listener {
        @Override
        public void logGrew() {
            spaceWatch.lookSoon();
        }

        @Override
        public void membersChanged() {
            connections.changed();
        }
    }
}
