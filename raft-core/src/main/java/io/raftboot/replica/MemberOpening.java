package io.raftboot.replica;

import io.raftboot.agent.AgentHost;
import io.raftboot.api.EntryName;
import io.raftboot.notice.QuietLogger;
import io.raftboot.raft.AppliedConfiguration;
import io.raftboot.raft.InvalidMessageListener;
import io.raftboot.raft.Node;
import io.raftboot.raft.RaftConfig;
import io.raftboot.raft.RawNode;
import io.raftboot.raft.StorageException;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.raft.proto.SnapshotMetadata;
import io.raftboot.replica.ReplicaStartException.Problem;
import io.raftboot.replica.config.MemoryBudget;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.config.StorageKind;
import io.raftboot.replica.duty.Observers;
import io.raftboot.replica.leader.ReplicaEvents;
import io.raftboot.replica.machine.Lineage;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.read.LeaseConditions;
import io.raftboot.replica.snapshot.LogRetention;
import io.raftboot.replica.watch.FailureHandler;
import io.raftboot.storage.MemberStorage;
import io.raftboot.storage.disk.RandomIds;
import io.raftboot.storage.log.FetchedLog;
import io.raftboot.storage.log.LogReader;
import io.raftboot.transport.Transport;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way into a {@link RunningMember}: opens port, directory and state machines in the order in which a failure leaves nothing
 * behind, and says what to do about each.
 */
final class MemberOpening {
    private static final Logger log = LoggerFactory.getLogger(MemberOpening.class);

    /** What the core says of elections and of single messages is for DEBUG: a member says what has come of them. */
    private static final Set<String> SAID_BY_THE_CORE = Set.of("{} switched to configuration {}");

    private static final int MEMORY_LOG_FRACTION = 8;

    /** Part of the heap from which on the limits leave too little for everything else. */
    private static final int MUCH_OF_HEAP_FRACTION = 2;

    private final ReplicaConfig config;
    private final RaftConfig raftConfig;
    private final Map<String, MachineSlot> machines;
    private final ReplicaEvents events;
    private final Observers observers;
    private final AgentHost host;
    private final FailureHandler onFailure;
    private final Transport transport;
    private final MemberStorage storage;
    private final LogBase base;
    private final long runId;
    private final MemoryBudget memory;
    private final Seams seams;

    /**
     * @throws ReplicaStartException with everything closed again
     */
    static RunningMember open(GroupParts group, ProcessParts process, FailureHandler onFailure) {
        var config = group.config();
        OpeningChecks.checkUnlocked(config, process.disk());
        OpeningChecks.checkPort(process.transport());
        var storage = OpeningChecks.openStorage(config, process);
        try {
            var opening = new MemberOpening(group, process, storage, onFailure);
            return new RunningMember(new MemberWiring(opening));
        } catch (IOException | RuntimeException e) {
            closeAfter(storage, e);
            throw e instanceof ReplicaStartException known ? known : ReplicaStartException.ofStateMachine(e);
        } catch (Error e) {
            closeAfter(storage, e);
            throw e;
        }
    }

    private MemberOpening(GroupParts group, ProcessParts process, MemberStorage storage, FailureHandler onFailure)
            throws IOException {
        this.config = group.config();
        this.raftConfig = group.raftConfig();
        this.machines = group.machines();
        this.events = group.events();
        this.observers = group.observers();
        this.seams = group.seams();
        this.host = process.host();
        this.onFailure = onFailure;
        this.memory = memory(config, raftConfig);
        this.transport = process.transport();
        this.storage = storage;
        this.base = base(storage.reader());
        // Drawn from a strong source: it must not be guessed, and not repeat. 0 stands for an unknown run.
        this.runId = new RandomIds(host.strongRandom()).next();
        checkMachines(storage.reader());
        comparePeers();
        sayMemory();
    }

    /** The defaults of this process, and what was configured in their place. */
    private static MemoryBudget memory(ReplicaConfig config, RaftConfig raftConfig) {
        var defaults = MemoryBudget.ofThisProcess(config.peers().size() - 1);
        long uncommitted = raftConfig.maxUncommittedEntriesSizeBytes();
        long inflight = raftConfig.maxInflightBytes();
        return defaults.with(
                config,
                isUnlimited(uncommitted) ? defaults.uncommittedBytes() : uncommitted,
                isUnlimited(inflight)
                        ? Math.max(defaults.inflightBytes(), raftConfig.maxSizePerMessageBytes())
                        : inflight);
    }

    /** The core takes no limit for an answer, a process with a heap does not. */
    private static boolean isUnlimited(long bytes) {
        return bytes == 0 || bytes == RaftConfig.NO_LIMIT;
    }

    private void sayMemory() {
        int others = config.peers().size() - 1;
        log.info("the member takes {}", memory.describe(others, machines.size()));
        if (memory.totalBytes(others, machines.size()) > memory.heapBytes() / MUCH_OF_HEAP_FRACTION) {
            log.warn(
                    "that is more than half of the heap, which has to hold the state machines as well, and each command"
                            + " several times while it passes. Give the process a larger heap, or lower what was set");
        }
    }

    Observers observers() {
        return observers;
    }

    MemoryBudget memory() {
        return memory;
    }

    ReplicaConfig config() {
        return config;
    }

    Transport transport() {
        return transport;
    }

    MemberStorage storage() {
        return storage;
    }

    LogBase base() {
        return base;
    }

    /** Random, and another one at each start: what an earlier run asked is never taken for a question of this one. */
    long runId() {
        return runId;
    }

    Map<String, MachineSlot> machines() {
        return machines;
    }

    ReplicaEvents events() {
        return events;
    }

    AgentHost host() {
        return host;
    }

    Seams seams() {
        return seams;
    }

    FailureHandler onFailure() {
        return onFailure;
    }

    /**
     * What this member passes over, which fits its state.
     *
     * @throws ReplicaStartException if it does not
     */
    SkipAgreement skipAgreement(
            Supplier<List<EntryName>> recorded, LongSupplier appliedIndex, FailureHandler onConflict) {
        var reader = storage.reader();
        var metadata = base.snapshot().getMetadata();
        var members = new HashSet<>(metadata.getConfState().getVotersList());
        config.peers().forEach(peer -> members.add(peer.id()));
        SkipAgreement.check(config.applySkip(), recorded.get(), machines, reader, metadata.getIndex());
        return new SkipAgreement(
                config.applySkip(),
                recorded,
                machines.values(),
                appliedIndex,
                reader.firstIndex(),
                members,
                onConflict);
    }

    Duration electionTimeout() {
        return config.tickInterval().multipliedBy(electionTicks());
    }

    int electionTicks() {
        return raftConfig.electionTicks();
    }

    LeaseConditions.Setting leases() {
        return LeaseConditions.Setting.of(config.leaseReads(), raftConfig.checkQuorum());
    }

    /** A log in memory takes from the heap what it keeps. */
    LogRetention retention() {
        var policy = config.snapshots();
        long maxKeptBytes = config.storage() == StorageKind.MEMORY
                ? Math.min(policy.maxKeptLogBytes(), Runtime.getRuntime().maxMemory() / MEMORY_LOG_FRACTION)
                : policy.maxKeptLogBytes();
        return new LogRetention(policy.keepEntries(), maxKeptBytes);
    }

    /**
     * The core over this member's log. It hands out again all that is committed behind the snapshot, and each machine
     * skips what it already has, because the configuration has to be brought up from there as well.
     */
    Node newNode(FetchedLog log, Runnable onWork, InvalidMessageListener invalid) {
        return new Node(
                new RawNode(seams.core(raftConfig.toBuilder()
                        .id(config.nodeId())
                        .storage(log)
                        .logger(QuietLogger.ofCore(
                                LoggerFactory.getLogger(RawNode.class), host.clock()::nanoTime, SAID_BY_THE_CORE))
                        .appliedIndex(base.snapshot().getMetadata().getIndex())
                        .asyncStorageWrites(true)
                        .disableProposalForwarding(true)
                        .dryRunConfChanges(true)
                        .refuseBeyondLog(true)
                        .stepDownOnRemoval(true)
                        .commitByVote(true)
                        .leaderLeases(leases() == LeaseConditions.Setting.ON)
                        .boundAtStart(storage.identity().leases())
                        .maxInflightBytes(memory.inflightBytes())
                        .maxUncommittedEntriesSizeBytes(memory.uncommittedBytes())
                        .random(host.random())
                        .build())),
                onWork,
                invalid);
    }

    private static LogBase base(LogReader reader) {
        var marker = reader.marker();
        if (!marker.getData().isEmpty()) {
            return new LogBase(marker, true);
        }
        // There is none, and none is wanted yet: a cluster begins without.
        long index = reader.firstIndex() - 1;
        var metadata = SnapshotMetadata.newBuilder()
                .setIndex(index)
                .setTerm(termAt(reader, index))
                .setConfState(reader.initialState().confState());
        return new LogBase(Snapshot.newBuilder().setMetadata(metadata).build(), false);
    }

    private static long termAt(LogReader reader, long index) {
        try {
            return reader.term(index);
        } catch (StorageException e) {
            throw new IllegalStateException("the log has no term for what it begins behind, index " + index, e);
        }
    }

    private void checkMachines(LogReader reader) throws IOException {
        for (MachineSlot slot : machines.values()) {
            long loggedIndex = slot.askMachine(Lineage.of(storage.identity()));
            if (slot.isHalfChanged() && !base.hasFile()) {
                throw halfChanged(slot);
            }
            if (loggedIndex > reader.lastIndex()) {
                throw new ReplicaStartException(
                        Problem.STATE_OF_ANOTHER,
                        "the state machine '" + slot.name() + "' has applied up to index " + loggedIndex
                                + ", but the log in " + config.dataDir() + " ends at " + reader.lastIndex()
                                + ": they don't belong together. Bring the log back that belongs to it, or start both empty",
                        new IllegalStateException("the log is behind its state machine"));
            }
            // What was applied had been committed, whether or not the log got to note that.
            reader.raiseCommit(loggedIndex);
        }
    }

    private static ReplicaStartException halfChanged(MachineSlot slot) {
        return new ReplicaStartException(
                Problem.STATE_MACHINE,
                "the state machine '" + slot.name() + "' was left in the middle of " + slot.unfinished()
                        + ", and there is no snapshot to bring it back from. Restart the application, so that its state"
                        + " begins anew and is brought up from the log",
                new IllegalStateException("the state is neither that before nor that after"));
    }

    private void comparePeers() {
        var state = base.snapshot().getMetadata().getConfState();
        Set<Long> persisted = new HashSet<>(state.getVotersList());
        persisted.addAll(state.getLearnersList());
        Set<Long> configured = new HashSet<>();
        config.peers().forEach(peer -> configured.add(peer.id()));
        if (!storage.created() && !configured.isEmpty() && !configured.equals(persisted)) {
            log.warn(
                    "the configured peers are {}, but the members of the cluster are {} as this member last knew them:"
                            + " the list of peers only counts when a cluster is new, and changes nothing afterwards but the"
                            + " addresses",
                    configured.stream().sorted().toList(),
                    persisted.stream().sorted().toList());
        }
    }

    /**
     * What the log of a member begins behind.
     *
     * @param hasFile whether there is a snapshot file to restore the state machines from; a new cluster has none
     */
    record LogBase(Snapshot snapshot, boolean hasFile) {
        long index() {
            return snapshot.getMetadata().getIndex();
        }

        AppliedConfiguration configuration() {
            return new AppliedConfiguration(index(), snapshot.getMetadata().getConfState());
        }
    }

    private static void closeAfter(MemberStorage storage, Throwable failure) {
        try {
            storage.close();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }
}
