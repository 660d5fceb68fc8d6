package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import io.raftboot.agent.SteppedHost;
import io.raftboot.api.CommandContext;
import io.raftboot.api.meter.MemberMeter;
import io.raftboot.api.trace.CommandTracer;
import io.raftboot.raft.AppliedConfiguration;
import io.raftboot.raft.BasicStatus;
import io.raftboot.raft.Node;
import io.raftboot.raft.RaftConfig;
import io.raftboot.raft.RawNode;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.replica.command.AppendTraces;
import io.raftboot.replica.command.AppliedCommands;
import io.raftboot.replica.command.CommandAdmission;
import io.raftboot.replica.command.CommandForwarding;
import io.raftboot.replica.command.CommandInbox;
import io.raftboot.replica.command.CommandIntake;
import io.raftboot.replica.command.CommandRouter;
import io.raftboot.replica.command.Commands;
import io.raftboot.replica.command.PendingCommands;
import io.raftboot.replica.command.RemoteIntake;
import io.raftboot.replica.config.Peer;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.duty.AppliedView;
import io.raftboot.replica.duty.ByteBudget;
import io.raftboot.replica.duty.Duty;
import io.raftboot.replica.duty.EventLog;
import io.raftboot.replica.duty.InForce;
import io.raftboot.replica.duty.Links;
import io.raftboot.replica.duty.Observers;
import io.raftboot.replica.duty.RaftTasks;
import io.raftboot.replica.duty.Self;
import io.raftboot.replica.leader.AgreedTime;
import io.raftboot.replica.leader.DiskDuty;
import io.raftboot.replica.leader.DiskWatchdog;
import io.raftboot.replica.leader.HandOver;
import io.raftboot.replica.leader.Leadership;
import io.raftboot.replica.leader.ReplicaEvents;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.machine.Machines;
import io.raftboot.replica.machine.SystemMachine;
import io.raftboot.replica.read.LeaderLease;
import io.raftboot.replica.read.LeaseConditions;
import io.raftboot.replica.read.ParkedReads;
import io.raftboot.replica.read.ReadCore;
import io.raftboot.replica.read.ReadRouter;
import io.raftboot.replica.read.Reads;
import io.raftboot.replica.snapshot.DiskRoom;
import io.raftboot.replica.snapshot.LogCompaction;
import io.raftboot.replica.snapshot.LogRetention;
import io.raftboot.replica.snapshot.OutgoingSnapshot;
import io.raftboot.replica.snapshot.SnapshotMaker;
import io.raftboot.replica.snapshot.SnapshotTransfers;
import io.raftboot.replica.snapshot.SnapshotTrigger;
import io.raftboot.replica.snapshot.Snapshots;
import io.raftboot.replica.stage.ApplyStage;
import io.raftboot.replica.stage.Core;
import io.raftboot.replica.stage.LogStage;
import io.raftboot.replica.stage.Outlets;
import io.raftboot.replica.stage.RaftStage;
import io.raftboot.replica.stage.StageEvents;
import io.raftboot.replica.watch.TimedCall;
import io.raftboot.storage.IdentityRequest;
import io.raftboot.storage.MemberStorage;
import io.raftboot.storage.StorageOptions;
import io.raftboot.storage.disk.MemoryDisk;
import io.raftboot.storage.log.FaultDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/**
 * The three stages of member 1, as the product has them, over a disk in memory and a transport that carries nothing. The test is
 * every thread: it steps one stage, or {@linkplain #settle all of them}, moves the clock and answers for the other members.
 */
public final class SteppedStages implements AutoCloseable {
    public static final String MACHINE = "machine";
    public static final Duration TICK = Duration.ofMillis(100);
    public static final int ELECTION_TICKS = 10;
    public static final Duration ELECTION_TIMEOUT = TICK.multipliedBy(ELECTION_TICKS);
    private static final Path DIRECTORY = Path.of("/data");
    private static final long RUN = 7;

    public final FakeClock clock = new FakeClock(1_000);
    public final FaultDisk disk = new FaultDisk(new MemoryDisk());
    public final RecordingTransport transport = new RecordingTransport();

    /** What the state machine was given, in order. */
    public final List<String> appliedCommands = new ArrayList<>();

    /** Reads of old entries, which wait until the test or {@link #settle} runs them. */
    public final Queue<Runnable> fetches = new ArrayDeque<>();

    /** Calls that somebody has to end when their time is up. */
    public final List<TimedCall> timed = new ArrayList<>();

    /** What the disk is said to have been at; 0 for nothing. */
    public long diskUnderWayNanos;

    /** What has happened. */
    public final EventLog happened = new EventLog(clock);

    public final ReplicaConfig config;
    public final MemberStorage storage;
    public final Links links;
    public final Node node;
    public final SystemMachine system = new SystemMachine(1);
    public final Map<String, MachineSlot> machines = MachineSlot.byName(Map.of(MACHINE, new StubMachine() {
        @Override
        public byte[] apply(CommandContext context, byte[] command) {
            appliedCommands.add(new String(command, UTF_8));
            return command;
        }
    }));
    public final PendingCommands pending;
    public final Leadership leadership;
    public final HandOver handOver;
    private final AppendTraces traces = new AppendTraces(CommandTracer.NONE);
    public final CommandForwarding forwarding;
    public final CommandRouter router;
    public final Commands commands;
    public final Reads reads;
    public final LogStage logStage;
    public final ApplyStage apply;
    public final RaftStage raft;

    /**
     * A member of a cluster of so many voters.
     *
     * @param more duties, called upon before those of the product
     */
    public SteppedStages(int voters, Duty... more) throws Exception {
        this(voters, StorageOptions.defaults(), more);
    }

    public SteppedStages(int voters, StorageOptions options, Duty... more) throws Exception {
        this.config = ReplicaConfig.builder(DIRECTORY)
                .nodeId(1)
                .peers(LongStream.rangeClosed(1, voters)
                        .mapToObj(id -> new Peer(id, "host" + id, 7000))
                        .toList())
                .tickInterval(TICK)
                .build();
        this.storage = MemberStorage.open(disk, DIRECTORY, request(voters), options.withBackground(Runnable::run));
        var reader = storage.reader();
        var metadata = reader.marker().getMetadata();
        this.links = new Links(
                new Self(1, RUN, clock, ELECTION_TIMEOUT, TICK),
                new RaftTasks(),
                new InForce(new AppliedConfiguration(metadata.getIndex(), metadata.getConfState())),
                new AppliedView(),
                new Observers(MemberMeter.NONE, CommandTracer.NONE, happened));
        var events = new StageEvents(1, transport, storage.writer(), new StageEvents.Listener() {
            @Override
            public void logGrew() {}

            @Override
            public void membersChanged() {}
        });
        this.logStage = new LogStage(storage.writer(), events, clock, MemberMeter.NONE);
        this.pending = new PendingCommands(config.maxPendingCommands(), config.maxPendingBytes(), 0);
        var inbox = new CommandInbox(clock);
        this.apply = applyStage(inbox, events);
        apply.begin(reader.marker(), false);
        var fetchedLog = storage.fetchedLog(fetches::add);
        this.node = new Node(core(fetchedLog, metadata.getIndex()), links.tasks()::wake);
        this.leadership =
                new Leadership(1, new AgreedTime(clock), new ReplicaEvents(new SteppedHost(clock, 1), "events"));
        this.handOver = new HandOver(node, 1, leadership, ELECTION_TIMEOUT.toNanos(), links.events());
        this.forwarding = new CommandForwarding(
                transport, leadership, links.applied(), links.tasks(), ELECTION_TIMEOUT, notice -> {});
        this.router = router();
        this.commands = new Commands(
                links,
                new CommandIntake(links, config, machines.values(), pending, inbox, router, timed::add),
                inbox,
                router,
                new RemoteIntake(new ByteBudget(1024 * 1024)),
                pending,
                traces);
        this.reads = new Reads(links, config, machines, readRouter(), apply, timed::add);
        var watchdog = new DiskWatchdog(clock, ELECTION_TIMEOUT.toNanos(), happened);
        var outgoing = outgoing();
        var duties = new ArrayList<>(List.of(more));
        duties.addAll(List.of(
                reads,
                commands,
                handOver,
                new DiskDuty(links, watchdog, () -> diskUnderWayNanos, leadership, handOver, node),
                outgoing));
        this.raft = new RaftStage(
                links,
                new Core(node, reader, fetchedLog, watchdog),
                new Outlets(transport, logStage, apply, outgoing),
                commands,
                reads,
                leadership,
                duties);
        events.connect(node, raft, apply);
    }

    private static IdentityRequest request(int voters) {
        var peers = voters == 1
                ? List.<io.raftboot.raft.Peer>of()
                : LongStream.rangeClosed(1, voters)
                        .mapToObj(id -> io.raftboot.raft.Peer.of(id, "host" + id + ":7000"))
                        .toList();
        return new IdentityRequest("raft", "default", 1, peers, false);
    }

    private ApplyStage applyStage(CommandInbox inbox, StageEvents events) {
        var all = new Machines(system, machines);
        var maker = new SnapshotMaker(storage.snapshots(), 1, Runnable::run, logStage);
        return new ApplyStage(
                links,
                config,
                all,
                new Snapshots(all, storage.snapshots(), maker, new SnapshotTrigger(config.snapshots(), 1, clock)),
                new ParkedReads(Runnable::run),
                new AppliedCommands(links.self(), pending, inbox),
                events);
    }

    private static RawNode core(io.raftboot.raft.Storage log, long appliedIndex) {
        return new RawNode(RaftConfig.builder()
                .id(1)
                .storage(log)
                .appliedIndex(appliedIndex)
                .electionTicks(ELECTION_TICKS)
                .heartbeatTicks(1)
                .preVote(true)
                .checkQuorum(true)
                .asyncStorageWrites(true)
                .disableProposalForwarding(true)
                .dryRunConfChanges(true)
                .refuseBeyondLog(true)
                .stepDownOnRemoval(true)
                .leaderLeases(true)
                .random(new SplittableRandom(1))
                .build());
    }

    private CommandRouter router() {
        var admission =
                new CommandAdmission(config.group(), 1, machines, links.inForce(), system, () -> null, () -> null);
        return new CommandRouter(node, leadership, pending, links.applied(), admission, forwarding, traces);
    }

    private ReadRouter readRouter() {
        var core = new ReadCore() {
            @Override
            public BasicStatus basicStatus() {
                return node.basicStatus();
            }

            @Override
            public void readIndex(ByteString context) {
                node.readIndex(context);
            }
        };
        var conditions = new LeaseConditions(1, LeaseConditions.Setting.ON, links.inForce(), id -> true);
        return new ReadRouter(
                links.self(), core, leadership, conditions, new LeaderLease(ELECTION_TIMEOUT, TICK), apply);
    }

    private OutgoingSnapshot outgoing() {
        var transfers = new SnapshotTransfers(storage.snapshots(), clock);
        var compaction = new LogCompaction(
                node, storage.reader(), logStage, transfers, () -> DiskRoom.ENOUGH, new LogRetention(0, 0), clock);
        return new OutgoingSnapshot(node, transport, storage.snapshots(), transfers, compaction, apply, links);
    }

    /** Steps all stages until nothing is left to do. */
    public void settle() throws Exception {
        int work;
        do {
            work = raft.doWork() + logStage.doWork() + apply.doWork();
            for (var fetch = fetches.poll(); fetch != null; fetch = fetches.poll()) {
                fetch.run();
                work++;
            }
        } while (work > 0);
    }

    /** Time passes, and one tick. */
    public void tick() throws Exception {
        clock.advanceMillis(TICK.toMillis());
        raft.tick();
        settle();
    }

    /** Another member sends this to member 1. */
    public void receive(Message.Builder message) {
        node.step(message.setTo(1).build());
    }

    /** Campaigns with success, and has the entry committed with which its term begins. */
    public void lead() throws Exception {
        win();
        acknowledge();
    }

    /** Campaigns with success, and appends the entry with which its term begins. */
    public void win() throws Exception {
        node.campaign();
        settle();
        for (var type : List.of(MessageType.MSG_PRE_VOTE_RESP, MessageType.MSG_VOTE_RESP)) {
            for (long voter = 2; voter <= config.peers().size(); voter++) {
                receive(Message.newBuilder()
                        .setType(type)
                        .setFrom(voter)
                        .setTerm(storage.reader().initialState().hardState().getTerm()
                                + (type == MessageType.MSG_PRE_VOTE_RESP ? 1 : 0)));
            }
            settle();
        }
    }

    /** The other voters have all that this member has in its log. */
    public void acknowledge() throws Exception {
        for (long voter = 2; voter <= config.peers().size(); voter++) {
            receive(Message.newBuilder()
                    .setType(MessageType.MSG_APP_RESP)
                    .setFrom(voter)
                    .setTerm(node.basicStatus().hardState().getTerm())
                    .setIndex(storage.reader().lastIndex()));
        }
        settle();
    }

    /** Another member leads. */
    public void follow(long leader, long term) throws Exception {
        receive(Message.newBuilder()
                .setType(MessageType.MSG_HEARTBEAT)
                .setFrom(leader)
                .setTerm(term));
        settle();
    }

    @Override
    public void close() throws IOException {
        storage.close();
    }
}
