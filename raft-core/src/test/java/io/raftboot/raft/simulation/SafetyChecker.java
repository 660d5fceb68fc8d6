package io.raftboot.raft.simulation;

import com.google.protobuf.ByteString;
import io.raftboot.raft.BasicStatus;
import io.raftboot.raft.MemoryStorage;
import io.raftboot.raft.RaftRole;
import io.raftboot.raft.ReadState;
import io.raftboot.raft.Ready;
import io.raftboot.raft.StorageException;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.EntryType;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.raft.quorum.JointConfig;
import io.raftboot.raft.quorum.MajorityConfig;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Sees what all nodes do and say, and fails as soon as one of the promises of Raft is broken (figure 3.2 of the
 * dissertation), or one of those that a node makes with regard to its disk.
 */
final class SafetyChecker {
    /** An entry that some leader found committed, and the term of that leader. */
    private record Committed(Entry entry, long committedInTerm) {}

    /** What is known of an entry by its index and term, wherever it is. */
    private record Identity(ByteString data, EntryType type, long previousTerm) {}

    /** What is remembered of a node beyond what it shows at the moment. */
    private static final class Memory {
        /** The log as the Readys described it, from the entry at {@code baseIndex} on. */
        final TreeMap<Long, Entry> log = new TreeMap<>();

        long baseIndex;
        long baseTerm;
        long commit;
        long leaderTerm;

        /** The configuration in force, as of when it last may have changed; null to look it up. */
        @Nullable
        JointConfig voters;

        HardState hardState = HardState.getDefaultInstance();

        long termAt(long index) {
            if (index == baseIndex) {
                return baseTerm;
            }
            return log.containsKey(index)
                    ? Objects.requireNonNull(log.get(index)).getTerm()
                    : 0;
        }

        long lastIndex() {
            return log.isEmpty() ? baseIndex : log.lastKey();
        }
    }

    private final SimulationStatistics statistics;
    private final Map<Long, SimulatedNode> nodes;
    private final Map<Long, Memory> memories = new HashMap<>();
    private final Map<Long, Long> leaderOfTerm = new HashMap<>();
    private final Map<String, Long> votes = new HashMap<>();
    private final Map<String, Identity> identities = new HashMap<>();
    private final TreeMap<Long, Committed> committed = new TreeMap<>();
    private final Map<Long, Long> hashAtIndex = new HashMap<>();
    private final ReadChecker reads = new ReadChecker();
    private long highestCommit;

    SafetyChecker(Map<Long, SimulatedNode> nodes, SimulationStatistics statistics, long firstCommit) {
        this.nodes = nodes;
        this.statistics = statistics;
        this.highestCommit = firstCommit;
    }

    private Memory memory(SimulatedNode node) {
        return memories.computeIfAbsent(node.id(), id -> new Memory());
    }

    /** The node goes on from its disk. */
    void started(SimulatedNode node) {
        Memory memory = memory(node);
        memory.log.clear();
        MemoryStorage durable = node.disk().durable();
        memory.baseIndex = durable.firstIndex() - 1;
        memory.baseTerm = termAt(durable, memory.baseIndex);
        for (long index = durable.firstIndex(); index <= durable.lastIndex(); index++) {
            memory.log.put(index, entryAt(durable, index));
        }
        memory.leaderTerm = 0;
        BasicStatus status = node.raw().basicStatus();
        memory.commit = status.hardState().getCommit();
        HardState stored = durable.initialState().hardState();
        check(stored.getTerm() == status.hardState().getTerm(), node, "has another term than its disk");
        check(stored.getVote() == status.hardState().getVote(), node, "has another vote than its disk");
        observe(node);
    }

    /** To be called after everything that was done to a node. */
    void observe(SimulatedNode node) {
        Memory memory = memory(node);
        BasicStatus status = node.raw().basicStatus();
        HardState now = status.hardState();
        check(now.getCommit() >= memory.commit, node, "took back its commit index");
        check(status.appliedIndex() <= now.getCommit(), node, "applied what isn't committed");
        HardState durable = node.disk().durable().initialState().hardState();
        checkGoesForward(node, memory.hardState, durable);
        memory.hardState = durable;
        if (status.softState().role() == RaftRole.LEADER) {
            Long other = leaderOfTerm.putIfAbsent(now.getTerm(), node.id());
            if (other == null) {
                checkElected(node, memory, durable);
                statistics.elected();
            }
            check(other == null || other == node.id(), node, "is the second leader of term " + now.getTerm());
            leaderCommits(node, memory, now);
            boolean knowsItsCommit = memory.termAt(now.getCommit()) == now.getTerm();
            reads.leads(node.id(), votersOf(node, memory), knowsItsCommit);
        } else {
            if (status.softState().role() == RaftRole.CANDIDATE) {
                checkMayCampaign(node, memory, status);
            }
            memory.voters = null;
            reads.leadsNoMore(node.id());
        }
    }

    private static void checkGoesForward(SimulatedNode node, HardState before, HardState after) {
        check(after.getTerm() >= before.getTerm(), node, "wrote an older term");
        check(
                after.getTerm() > before.getTerm() || before.getVote() == 0 || after.getVote() == before.getVote(),
                node,
                "wrote another vote in the same term");
        check(after.getCommit() >= before.getCommit(), node, "wrote an older commit index");
    }

    private static JointConfig votersOf(SimulatedNode node, Memory memory) {
        JointConfig voters = memory.voters;
        if (voters == null) {
            voters = node.raw().status().config().voters();
            memory.voters = voters;
        }
        return voters;
    }

    private void leaderCommits(SimulatedNode node, Memory memory, HardState now) {
        if (now.getCommit() == memory.commit) {
            return;
        }
        JointConfig voters = votersOf(node, memory);
        for (long index = memory.commit + 1; index <= now.getCommit(); index++) {
            Entry entry = memory.log.get(index);
            if (entry == null) {
                check(index <= memory.baseIndex, node, "commits an entry it never showed: " + index);
                continue;
            }
            Committed known = committed.putIfAbsent(index, new Committed(entry, now.getTerm()));
            checkSame(node, entry, known);
            if (known == null) {
                statistics.committed();
                long term = entry.getTerm();
                long reached = index;
                check(
                        agreeInBothHalves(voters, id -> hasOnDisk(id, reached, term)),
                        node,
                        "committed an entry that no quorum has on disk: " + index);
            }
        }
        memory.commit = now.getCommit();
        highestCommit = Math.max(highestCommit, now.getCommit());
    }

    /** Whether the node has stored that entry or a snapshot that covers it. */
    private boolean hasOnDisk(long id, long index, long term) {
        SimulatedNode voter = nodes.get(id);
        if (voter == null) {
            return false;
        }
        MemoryStorage disk = voter.disk().durable();
        return index < disk.firstIndex() || (index <= disk.lastIndex() && termAt(disk, index) == term);
    }

    /** Counts by itself, so that a mistake in the arithmetic of the library doesn't hide itself. */
    private static boolean agreeInBothHalves(JointConfig voters, LongPredicate agrees) {
        return Stream.of(voters.incoming(), voters.outgoing())
                .map(MajorityConfig::ids)
                .allMatch(ids -> ids.isEmpty() || ids.stream().filter(agrees).count() > ids.size() / 2);
    }

    private void checkElected(SimulatedNode node, Memory memory, HardState durable) {
        long term = durable.getTerm();
        check(
                agreeInBothHalves(votersOf(node, memory), id -> {
                    Long vote = votes.get(id + "/" + term);
                    return id == node.id() ? durable.getVote() == id : vote != null && vote == node.id();
                }),
                node,
                "leads without a quorum of votes in term " + term);
    }

    /** Between a committed change and its application a quorum may be other nodes than the candidate thinks. */
    private static void checkMayCampaign(SimulatedNode node, Memory memory, BasicStatus status) {
        long pending =
                memory
                        .log
                        .subMap(status.appliedIndex(), false, status.hardState().getCommit(), true)
                        .values()
                        .stream()
                        .filter(entry -> entry.getType() != EntryType.ENTRY_NORMAL)
                        .count();
        check(pending == 0, node, "campaigns with a committed and unapplied configuration change");
    }

    /** The node has said what is to be stored and sent. */
    void ready(SimulatedNode node, Ready ready) {
        Memory memory = memory(node);
        Snapshot snapshot = ready.snapshot();
        if (snapshot != null) {
            memory.log.clear();
            memory.baseIndex = snapshot.getMetadata().getIndex();
            memory.baseTerm = snapshot.getMetadata().getTerm();
        }
        boolean leads = node.isLeader();
        long term = node.raw().basicStatus().hardState().getTerm();
        for (Entry entry : ready.entries()) {
            check(
                    !leads || memory.leaderTerm != term || entry.getIndex() == memory.lastIndex() + 1,
                    node,
                    "changes its log as leader at " + entry.getIndex());
            appended(node, memory, entry);
        }
        if (leads && memory.leaderTerm != term) {
            checkLeaderIsComplete(node, memory, term);
        }
        memory.leaderTerm = leads ? term : 0;
        HardState hardState = ready.hardState();
        if (hardState != null) {
            learnsCommit(node, memory, hardState.getCommit());
        }
        for (ReadState read : ready.readStates()) {
            check(reads.isNewEnough(read), node, "reads at " + read.index() + " what was committed further on");
            statistics.readAnswered();
        }
        checkOneConfChangeAtATime(node, memory);
    }

    private void appended(SimulatedNode node, Memory memory, Entry entry) {
        long index = entry.getIndex();
        check(index <= memory.lastIndex() + 1, node, "leaves a gap before " + index);
        check(index > memory.commit, node, "replaces a committed entry: " + index);
        memory.log.tailMap(index, true).clear();
        long previousTerm = memory.termAt(index - 1);
        check(entry.getTerm() >= previousTerm, node, "has terms in the wrong order at " + index);
        Identity identity = new Identity(entry.getData(), entry.getType(), previousTerm);
        Identity known = identities.putIfAbsent(index + "/" + entry.getTerm(), identity);
        check(known == null || known.equals(identity), node, "has another entry of the same index and term: " + index);
        memory.log.put(index, entry);
    }

    private void checkLeaderIsComplete(SimulatedNode node, Memory memory, long term) {
        for (Map.Entry<Long, Committed> each :
                committed.tailMap(memory.baseIndex, false).entrySet()) {
            if (each.getValue().committedInTerm() < term) {
                Entry own = memory.log.get(each.getKey());
                check(own != null, node, "leads without the committed entry " + each.getKey());
                checkSame(node, Objects.requireNonNull(own), each.getValue());
            }
        }
    }

    private void learnsCommit(SimulatedNode node, Memory memory, long commit) {
        for (long index = Math.max(memory.commit, memory.baseIndex) + 1; index <= commit; index++) {
            Entry own = Objects.requireNonNull(memory.log.get(index), "committed entry is missing");
            Committed known = committed.get(index);
            check(known != null, node, "takes for committed what no leader has committed: " + index);
            checkSame(node, own, known);
        }
        memory.commit = Math.max(memory.commit, commit);
    }

    /** Of the entries that nobody has committed at most one changes the configuration. */
    private void checkOneConfChangeAtATime(SimulatedNode node, Memory memory) {
        long changes = memory.log.tailMap(highestCommit, false).values().stream()
                .filter(entry -> entry.getType() != EntryType.ENTRY_NORMAL)
                .count();
        check(changes <= 1, node, "has " + changes + " uncommitted configuration changes");
    }

    /** The node lets a message out of its process. */
    void sent(SimulatedNode node, Message message) {
        HardState durable = node.disk().durable().initialState().hardState();
        if (message.getType() == MessageType.MSG_VOTE_RESP && !message.getReject()) {
            voted(node, message.getTerm(), message.getTo());
            check(durable.getTerm() >= message.getTerm(), node, "grants a vote in a term that isn't on its disk");
            check(
                    durable.getTerm() > message.getTerm() || durable.getVote() == message.getTo(),
                    node,
                    "grants a vote that isn't on its disk");
        } else if (message.getType() == MessageType.MSG_VOTE) {
            // Asking for votes is voting for oneself.
            voted(node, message.getTerm(), node.id());
        } else if (message.getType() == MessageType.MSG_APP_RESP && !message.getReject()) {
            // A leader of a newer term may have had it replaced before it was written; then its own log is what counts.
            check(
                    durable.getTerm() > message.getTerm()
                            || message.getIndex() <= node.disk().durable().lastIndex(),
                    node,
                    "acknowledges what isn't on its disk: " + message.getIndex());
        }
    }

    private void voted(SimulatedNode node, long term, long candidateId) {
        Long before = votes.putIfAbsent(node.id() + "/" + term, candidateId);
        check(before == null || before == candidateId, node, "votes twice in term " + term);
    }

    /** The node's state machine has taken an entry. */
    void applied(SimulatedNode node, Entry entry) {
        Committed known = committed.get(entry.getIndex());
        check(known != null, node, "applies an entry that isn't committed: " + entry.getIndex());
        checkSame(node, entry, known);
        checkState(node);
        if (entry.getType() != EntryType.ENTRY_NORMAL) {
            statistics.confChangeApplied();
            memory(node).voters = null;
        }
    }

    /** The node's state machine was replaced by a snapshot. */
    void restored(SimulatedNode node, Snapshot snapshot) {
        check(snapshot.getMetadata().getIndex() <= highestCommit, node, "restores what isn't committed");
        statistics.snapshotInstalled();
        checkState(node);
    }

    private void checkState(SimulatedNode node) {
        long index = node.machine().appliedIndex();
        Long known = hashAtIndex.putIfAbsent(index, node.machine().hash());
        check(known == null || known == node.machine().hash(), node, "has another state at " + index);
    }

    void readAsked(ByteString context) {
        reads.asked(context, highestCommit);
    }

    void refused() {
        statistics.refused();
    }

    void snapshotDelivered() {
        statistics.snapshotDelivered();
    }

    long highestCommit() {
        return highestCommit;
    }

    private static void checkSame(SimulatedNode node, Entry entry, @Nullable Committed known) {
        check(
                known == null
                        || (known.entry().getTerm() == entry.getTerm()
                                && known.entry().getType() == entry.getType()
                                && known.entry().getData().equals(entry.getData())),
                node,
                "differs from what is committed at " + entry.getIndex());
    }

    private static void check(boolean condition, SimulatedNode node, String violation) {
        if (!condition) {
            throw new AssertionError(node + " " + violation);
        }
    }

    private static long termAt(MemoryStorage storage, long index) {
        try {
            return storage.term(index);
        } catch (StorageException e) {
            throw new AssertionError(e);
        }
    }

    private static Entry entryAt(MemoryStorage storage, long index) {
        try {
            return storage.entries(index, index + 1, -1L).get(0);
        } catch (StorageException e) {
            throw new AssertionError(e);
        }
    }
}
