package io.raftboot.replica;

import io.raftboot.agent.AgentHost;
import io.raftboot.api.EntryName;
import io.raftboot.notice.QuietLogger;
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
import io.raftboot.replica.leader.ReplicaEvents;
import io.raftboot.replica.machine.Lineage;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.read.LeaseConditions;
import io.raftboot.replica.stage.LogRetention;
import io.raftboot.storage.BootstrapPeer;
import io.raftboot.storage.IdentityRequest;
import io.raftboot.storage.MemberStorage;
import io.raftboot.storage.StorageOpenException;
import io.raftboot.storage.StorageOptions;
import io.raftboot.storage.disk.Disk;
import io.raftboot.storage.disk.RandomIds;
import io.raftboot.storage.log.FetchedLog;
import io.raftboot.storage.log.LogReader;
import io.raftboot.transport.Transport;
import java.io.IOException;
import java.net.BindException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
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

    /** How systems say that a socket can't have an address; there is no type for it. */
    private static final String NOT_LOCAL = "assign requested address";

    /** What the core says of elections and of single messages is for DEBUG: a member says what has come of them. */
    private static final Set<String> SAID_BY_THE_CORE = Set.of("{} switched to configuration {}");

    private static final int MEMORY_LOG_FRACTION = 8;

    /** From this part of the heap on the limits leave too little for everything else. */
    private static final int MUCH_OF_HEAP_FRACTION = 2;

    private final ReplicaConfig config;
    private final RaftConfig raftConfig;
    private final Map<String, MachineSlot> machines;
    private final ReplicaEvents events;
    private final AgentHost host;
    private final Consumer<Throwable> onFailure;
    private final OpenParts parts;
    private final MemoryBudget memory;

    /**
     * @throws ReplicaStartException with everything closed again
     */
    static RunningMember open(GroupParts group, ProcessParts process, Consumer<Throwable> onFailure) {
        var config = group.config();
        checkUnlocked(config, process.disk());
        checkPort(process.transport());
        var storage = openStorage(config, process);
        try {
            var opening = new MemberOpening(group, process, storage, onFailure);
            return new RunningMember(opening);
        } catch (IOException | RuntimeException e) {
            closeAfter(storage, e);
            throw e instanceof ReplicaStartException known ? known : ReplicaStartException.ofStateMachine(e);
        } catch (Error e) {
            closeAfter(storage, e);
            throw e;
        }
    }

    private MemberOpening(GroupParts group, ProcessParts process, MemberStorage storage, Consumer<Throwable> onFailure)
            throws IOException {
        this.config = group.config();
        this.raftConfig = group.raftConfig();
        this.machines = group.machines();
        this.events = group.events();
        this.host = process.host();
        this.onFailure = onFailure;
        this.memory = memory(config, raftConfig);
        this.parts = new OpenParts(
                config,
                process.transport(),
                storage,
                base(storage.reader()),
                // Drawn from a strong source: it must not be guessed, and not repeat. 0 stands for an unknown run.
                new RandomIds(host.strongRandom()).next());
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

    MemoryBudget memory() {
        return memory;
    }

    ReplicaConfig config() {
        return config;
    }

    OpenParts parts() {
        return parts;
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

    Consumer<Throwable> onFailure() {
        return onFailure;
    }

    /**
     * What this member passes over, which fits its state.
     *
     * @throws ReplicaStartException if it does not
     */
    SkipAgreement skipAgreement(
            Supplier<List<EntryName>> recorded, LongSupplier appliedIndex, Consumer<Throwable> onConflict) {
        var reader = parts.storage().reader();
        var metadata = parts.base().snapshot().getMetadata();
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
        return config.tickInterval().multipliedBy(raftConfig.electionTicks());
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
    Node newNode(FetchedLog log, Runnable onWork) {
        return new Node(
                new RawNode(raftConfig.toBuilder()
                        .id(config.nodeId())
                        .storage(log)
                        .logger(QuietLogger.ofCore(
                                LoggerFactory.getLogger(RawNode.class), host.clock()::nanoTime, SAID_BY_THE_CORE))
                        .appliedIndex(parts.base().snapshot().getMetadata().getIndex())
                        .asyncStorageWrites(true)
                        .disableProposalForwarding(true)
                        .dryRunConfChanges(true)
                        .refuseBeyondLog(true)
                        .stepDownOnRemoval(true)
                        .leaderLeases(leases() == LeaseConditions.Setting.ON)
                        .boundAtStart(parts.storage().identity().leases())
                        .maxInflightBytes(memory.inflightBytes())
                        .maxUncommittedEntriesSizeBytes(memory.uncommittedBytes())
                        .random(host.random())
                        .build()),
                onWork);
    }

    /** First of all: who starts a member twice uses its port twice as well, and wants to be told the cause. */
    private static void checkUnlocked(ReplicaConfig config, Disk disk) {
        try {
            MemberStorage.checkUnlocked(disk, config.dataDir());
        } catch (StorageOpenException e) {
            throw new ReplicaStartException(Problem.DIRECTORY_LOCKED, "" + e.getMessage(), e);
        } catch (IOException e) {
            throw unreadable(config, e);
        }
    }

    private static ReplicaStartException unreadable(ReplicaConfig config, IOException e) {
        return new ReplicaStartException(
                Problem.INPUT_OUTPUT, "the data directory " + config.dataDir() + " can't be opened: " + e, e);
    }

    private static void checkPort(Transport transport) {
        try {
            transport.checkPort();
        } catch (UnknownHostException e) {
            throw new ReplicaStartException(
                    Problem.HOST_UNKNOWN,
                    e.getMessage()
                            + ". Correct the host of this member's own entry in raft.peers, or write the address to"
                            + " listen on into raft.transport.address",
                    e);
        } catch (BindException e) {
            if (String.valueOf(e.getMessage()).contains(NOT_LOCAL)) {
                throw new ReplicaStartException(
                        Problem.ADDRESS_NOT_LOCAL,
                        e.getMessage()
                                + ": no network interface of this machine has that address, as in a container that is"
                                + " reached under another one. Write the address to listen on into raft.transport.address,"
                                + " 0.0.0.0 for all",
                        e);
            }
            throw new ReplicaStartException(
                    Problem.PORT_IN_USE,
                    e.getMessage() + "; stop what uses the port, or give this member another one in raft.peers or"
                            + " raft.transport.port",
                    e);
        } catch (IOException e) {
            throw new ReplicaStartException(
                    Problem.INPUT_OUTPUT, "the raft port can't be opened: " + e.getMessage(), e);
        }
    }

    private static MemberStorage openStorage(ReplicaConfig config, ProcessParts process) {
        var peers = config.peers().stream()
                .map(peer -> new BootstrapPeer(peer.id(), peer.address()))
                .toList();
        var request = new IdentityRequest(config.clusterName(), config.group(), config.nodeId(), peers, config.join());
        var options = StorageOptions.defaults()
                .withSegmentSizeBytes(config.walSegmentSizeBytes())
                .withCacheSizeBytes(config.walCacheSizeBytes())
                .withMaxBatchSizeBytes(MemoryBudget.ofThisProcess().batchBytes())
                .withHost(process.host());
        try {
            var storage = MemberStorage.open(process.disk(), config.dataDir(), request, options);
            if (storage.isMoveUnfinished()) {
                storage.close();
                throw ReplicaStartException.ofUnfinishedRecovery(config.dataDir());
            }
            log.info(
                    "node {} of cluster '{}'{} keeps its log {}",
                    config.nodeId(),
                    config.clusterName(),
                    config.peers().size() <= 1 ? " is a cluster of one, whose data nobody else has, and" : "",
                    config.storage() == StorageKind.MEMORY ? "in memory only" : "in " + config.dataDir());
            return storage;
        } catch (StorageOpenException e) {
            throw new ReplicaStartException(problem(e.problem()), "" + e.getMessage(), e);
        } catch (IOException e) {
            throw unreadable(config, e);
        }
    }

    private static Problem problem(StorageOpenException.Problem problem) {
        return switch (problem) {
            case LOCKED -> Problem.DIRECTORY_LOCKED;
            case OTHER_NODE, OTHER_CLUSTER -> Problem.DIRECTORY_OF_ANOTHER_MEMBER;
            case PEERS_CHANGED -> Problem.PEERS_CHANGED;
            case CORRUPT -> Problem.DIRECTORY_CORRUPT;
            case UNSUPPORTED_VERSION -> Problem.DIRECTORY_OF_ANOTHER_VERSION;
        };
    }

    private static OpenParts.Base base(LogReader reader) {
        var marker = reader.marker();
        if (!marker.getData().isEmpty()) {
            return new OpenParts.Base(marker, true);
        }
        // There is none, and none is wanted yet: a cluster begins without.
        long index = reader.firstIndex() - 1;
        var metadata = SnapshotMetadata.newBuilder()
                .setIndex(index)
                .setTerm(termAt(reader, index))
                .setConfState(reader.initialState().confState());
        return new OpenParts.Base(Snapshot.newBuilder().setMetadata(metadata).build(), false);
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
            long loggedIndex = slot.askMachine(Lineage.of(parts.storage().identity()));
            if (slot.isHalfChanged() && !parts.base().hasFile()) {
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
        var state = parts.base().snapshot().getMetadata().getConfState();
        Set<Long> persisted = new HashSet<>(state.getVotersList());
        persisted.addAll(state.getLearnersList());
        Set<Long> configured = new HashSet<>();
        config.peers().forEach(peer -> configured.add(peer.id()));
        if (!parts.storage().created() && !configured.isEmpty() && !configured.equals(persisted)) {
            log.warn(
                    "the configured peers are {}, but the members of the cluster are {} as this member last knew them:"
                            + " the list of peers only counts when a cluster is new, and changes nothing afterwards but the"
                            + " addresses",
                    configured.stream().sorted().toList(),
                    persisted.stream().sorted().toList());
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
