package io.raftboot.replica;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.agent.Clock;
import io.raftboot.agent.ThreadedHost;
import io.raftboot.api.ReadOptions;
import io.raftboot.raft.BasicStatus;
import io.raftboot.raft.MemoryStorage;
import io.raftboot.raft.Node;
import io.raftboot.raft.ProposalListener;
import io.raftboot.raft.RaftConfig;
import io.raftboot.raft.RaftException;
import io.raftboot.raft.RaftRole;
import io.raftboot.raft.RawNode;
import io.raftboot.raft.Ready;
import io.raftboot.raft.SnapshotOutOfDateException;
import io.raftboot.raft.confchange.ConfChanges;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.EntryType;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.raft.proto.SnapshotMetadata;
import io.raftboot.replica.LeaseSimulation.Defect;
import io.raftboot.replica.duty.Self;
import io.raftboot.replica.leader.AgreedTime;
import io.raftboot.replica.leader.Leadership;
import io.raftboot.replica.leader.ReplicaEvents;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.read.AppliedReads;
import io.raftboot.replica.read.LeaderLease;
import io.raftboot.replica.read.LeaseConditions;
import io.raftboot.replica.read.PendingRead;
import io.raftboot.replica.read.ReadCore;
import io.raftboot.replica.read.ReadRouter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import org.slf4j.helpers.NOPLogger;

/** A member of a {@link LeaseSimulation}: core and read side as the product has them, around them the least that makes them go. */
final class LeasedMember {
    private static final ConfState FIRST =
            ConfState.newBuilder().addVoters(1).addVoters(2).addVoters(3).build();
    private static final long FIRST_INDEX = 1;
    private static final Duration ELECTION_TIMEOUT = LeaseSimulation.TICK.multipliedBy(LeaseSimulation.ELECTION_TICKS);
    private static final ProposalListener WHOEVER = new ProposalListener() {
        @Override
        public void appended(long term, long index) {}

        @Override
        public void dropped(RaftException reason) {}
    };

    private final LeaseSimulation world;
    private final long id;
    private final Clock clock;
    private final double rate;

    /** All that outlives a restart. */
    private final MemoryStorage disk = new MemoryStorage();

    private record Asked(long floor, long atNanos) {}

    private final IdentityHashMap<PendingRead, Asked> asked = new IdentityHashMap<>();
    private final Queue<Runnable> whilePaused = new ArrayDeque<>();
    private int ticksWhilePaused;
    private RawNode core;
    private Node node;
    private Leadership leadership;
    private ReadRouter reads;
    private ConfState configuration = FIRST;
    private long appliedIndex;
    private long appliedTerm;
    private long term = 1;
    private long run;
    private long pausedUntilNanos;

    LeasedMember(LeaseSimulation world, long id, double rate) {
        this.world = world;
        this.id = id;
        this.rate = rate;
        this.clock = new Clock() {
            @Override
            public long nanoTime() {
                return (long) (world.nowNanos() * rate);
            }

            @Override
            public long wallMillis() {
                return 0;
            }
        };
        try {
            disk.applySnapshot(Snapshot.newBuilder()
                    .setMetadata(SnapshotMetadata.newBuilder()
                            .setIndex(FIRST_INDEX)
                            .setTerm(1)
                            .setConfState(FIRST))
                    .build());
        } catch (SnapshotOutOfDateException e) {
            throw new IllegalStateException(e);
        }
        disk.setHardState(
                HardState.newBuilder().setTerm(1).setCommit(FIRST_INDEX).build());
        begin();
    }

    private void begin() {
        run++;
        appliedIndex = FIRST_INDEX;
        appliedTerm = 1;
        configuration = FIRST;
        asked.clear();
        whilePaused.clear();
        ticksWhilePaused = 0;
        term = disk.initialState().hardState().getTerm();
        core = new RawNode(RaftConfig.builder()
                .id(id)
                .storage(disk)
                .appliedIndex(FIRST_INDEX)
                .electionTicks(LeaseSimulation.ELECTION_TICKS)
                .heartbeatTicks(2)
                .preVote(true)
                .checkQuorum(true)
                .stepDownOnRemoval(true)
                .disableProposalForwarding(true)
                .leaderLeases(!world.has(Defect.NO_PROMISE))
                .boundAtStart(run > 1 && !world.has(Defect.PROMISE_FORGOTTEN_BY_RESTART))
                .logger(NOPLogger.NOP_LOGGER)
                .random(new SplittableRandom(world.random().nextLong()))
                .build());
        node = new Node(core, () -> {});
        leadership = new Leadership(id, new AgreedTime(clock), new ReplicaEvents(ThreadedHost.SYSTEM, "events"));
        var leaseTimeout = world.has(Defect.LEASE_TOO_LONG) ? ELECTION_TIMEOUT.multipliedBy(2) : ELECTION_TIMEOUT;
        reads = new ReadRouter(
                new Self(id, run << 32, clock, ELECTION_TIMEOUT, LeaseSimulation.TICK),
                new ReadCore() {
                    @Override
                    public BasicStatus basicStatus() {
                        return node.basicStatus();
                    }

                    @Override
                    public void readIndex(ByteString context) {
                        node.readIndex(context);
                    }
                },
                leadership,
                new LeaseConditions(id, LeaseConditions.Setting.ON, () -> configuration, other -> true),
                new LeaderLease(leaseTimeout, LeaseSimulation.TICK),
                new AppliedReads() {
                    @Override
                    public void answer(List<PendingRead> answered, long index) {
                        LeasedMember.this.answer(answered, index);
                    }

                    @Override
                    public void expire(long nowNanos) {}
                });
    }

    long id() {
        return id;
    }

    ConfState configuration() {
        return configuration;
    }

    boolean leads() {
        return leadership.leads();
    }

    void scheduleTick() {
        long mine = run;
        long late = world.random().nextLong(LeaseSimulation.TICK.toNanos() / 10);
        long delay = (long) (LeaseSimulation.TICK.toNanos() / rate) + 1 + late;
        world.schedule(delay, () -> {
            if (mine == run) {
                tick();
            }
        });
    }

    private void tick() {
        if (isPaused()) {
            ticksWhilePaused++;
        } else {
            oneTick();
        }
        scheduleTick();
    }

    private void oneTick() {
        node.tick();
        work();
        reads.expire(clock.nanoTime());
    }

    void receive(Message message) {
        unlessPaused(() -> {
            node.step(message);
            work();
        });
    }

    void propose() {
        unlessPaused(() -> {
            node.propose(ByteString.copyFromUtf8("x"), WHOEVER);
            work();
        });
    }

    void change(ConfChangeV2 change) {
        unlessPaused(() -> {
            node.proposeConfChange(change, WHOEVER);
            work();
        });
    }

    void transferTo(long target) {
        unlessPaused(() -> {
            node.transferLeadership(target);
            work();
        });
    }

    /** Somebody is wrong about the leader's process. */
    void misled() {
        unlessPaused(() -> {
            node.forgetLeader();
            node.campaign();
            work();
        });
    }

    void read(ReadOptions options) {
        long floor = world.floor(options);
        unlessPaused(() -> {
            var slot = new MachineSlot(LedgerMachine.NAME, new LedgerMachine());
            long deadline = clock.nanoTime() + ELECTION_TIMEOUT.toNanos() * 5;
            var read = new PendingRead(slot, new byte[0], options, deadline);
            asked.put(read, new Asked(floor, world.nowNanos()));
            reads.add(read);
            work();
        });
    }

    void restart() {
        pausedUntilNanos = 0;
        begin();
        scheduleTick();
    }

    void pause(long nanos) {
        if (!isPaused()) {
            long mine = run;
            pausedUntilNanos = world.nowNanos() + nanos;
            world.schedule(nanos, () -> {
                if (mine == run) {
                    goOn();
                }
            });
        }
    }

    /** What came meanwhile is there at once; the ticks that were missed are one. */
    private void goOn() {
        pausedUntilNanos = 0;
        for (var next = whilePaused.poll(); next != null; next = whilePaused.poll()) {
            next.run();
        }
        int ticks = world.has(Defect.TICKS_IN_A_BUNCH) ? ticksWhilePaused : Math.min(1, ticksWhilePaused);
        ticksWhilePaused = 0;
        for (int i = 0; i < ticks; i++) {
            oneTick();
        }
    }

    private boolean isPaused() {
        return world.nowNanos() < pausedUntilNanos;
    }

    private void unlessPaused(Runnable action) {
        if (isPaused()) {
            whilePaused.add(action);
        } else {
            action.run();
        }
    }

    /** As the raft stage does it: reads first, then what the core has to say. */
    private void work() {
        Ready ready;
        do {
            leadership.becomeReady(appliedTerm, () -> 0);
            reads.route();
            ready = node.poll();
            if (ready != null) {
                handle(ready);
            }
        } while (ready != null);
    }

    private void handle(Ready ready) {
        var hardState = ready.hardState();
        if (hardState != null) {
            disk.setHardState(hardState);
            term = hardState.getTerm();
        }
        disk.append(ready.entries());
        boolean led = leadership.leads();
        if (leadership.update(ready.softState(), term)) {
            reads.leaderChanged();
        }
        if (!led && leadership.role() == RaftRole.LEADER) {
            world.leads();
        }
        ready.readStates().forEach(reads::answered);
        for (Message message : ready.messages()) {
            if (!world.has(Defect.TRANSFER_FORGOTTEN)) {
                reads.sending(message);
            }
            world.send(message);
        }
        ready.committedEntries().forEach(this::apply);
        node.advance();
    }

    private void apply(Entry entry) {
        if (entry.getType() != EntryType.ENTRY_NORMAL) {
            try {
                configuration = core.applyConfChange(ConfChanges.in(entry));
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException(e);
            }
        }
        appliedIndex = entry.getIndex();
        appliedTerm = entry.getTerm();
        world.applied(appliedIndex);
    }

    private void answer(List<PendingRead> answered, long index) {
        for (PendingRead read : answered) {
            var question = asked.remove(read);
            if (question != null && !read.future().isDone()) {
                world.answered(id, read.options(), question.floor(), index, world.nowNanos() - question.atNanos());
            }
        }
    }
}
