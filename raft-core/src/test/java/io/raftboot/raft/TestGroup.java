package io.raftboot.raft;

import com.google.protobuf.ByteString;
import io.raftboot.raft.confchange.ConfChanges;
import io.raftboot.raft.proto.ConfChangeTransition;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.raft.proto.SnapshotMetadata;
import io.raftboot.raft.tracker.Progress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;

/**
 * A {@link Scenario} as tests use it: a group of nodes whose logs begin behind the same snapshot, with a network that
 * can be cut. Nothing moves before {@link #settle()}.
 */
final class TestGroup {
    static final int ELECTION_TICKS = TestNodes.ELECTION_TICKS;

    /** The index of the snapshot that all begin with, in term 1; the first entry of the log comes next. */
    static final long BASE = TestNodes.SNAPSHOT_INDEX;

    private static final long SEED = 1;

    private final Scenario scenario = new Scenario();
    private final RaftConfig template;

    /** A group of voters. */
    TestGroup(int voters) {
        this(voters, 0, settings -> settings);
    }

    /** A group of voters and, behind them, learners. */
    TestGroup(int voters, int learners, UnaryOperator<RaftConfig.Builder> settings) {
        scenario.output().setLevel("none");
        template = settings.apply(RaftConfig.builder()
                        .electionTicks(ELECTION_TICKS)
                        .heartbeatTicks(TestNodes.HEARTBEAT_TICKS)
                        .random(new SplittableRandom(SEED)))
                .build();
        ConfState confState = ConfState.newBuilder()
                .addAllVoters(LongStream.rangeClosed(1, voters).boxed().toList())
                .addAllLearners(LongStream.rangeClosed(voters + 1L, voters + learners)
                        .boxed()
                        .toList())
                .build();
        Snapshot snapshot = Snapshot.newBuilder()
                .setMetadata(
                        SnapshotMetadata.newBuilder().setIndex(BASE).setTerm(1).setConfState(confState))
                .build();
        for (int i = 0; i < voters + learners; i++) {
            add(snapshot);
        }
    }

    private long add(Snapshot snapshot) {
        try {
            scenario.addNode(template, snapshot);
        } catch (RaftException e) {
            throw new IllegalStateException(e);
        }
        return scenario.nodes().size();
    }

    /** One more node, with nothing: it waits to be made a member. */
    long addEmptyNode() {
        return add(Snapshot.getDefaultInstance());
    }

    /** Gives a node a log with entries of these terms behind the snapshot, and the term it was in. */
    TestGroup withLog(long id, long term, long... entryTerms) {
        List<Entry> entries = new ArrayList<>();
        for (long entryTerm : entryTerms) {
            entries.add(TestEntries.entry(BASE + 1 + entries.size(), entryTerm));
        }
        MemoryStorage storage = scenario.node(id).storage();
        storage.append(entries);
        storage.setHardState(
                HardState.newBuilder().setTerm(term).setCommit(BASE).build());
        restart(id);
        return this;
    }

    void restart(long id) {
        scenario.node(id).restart();
    }

    RawNode node(long id) {
        return scenario.node(id).rawNode();
    }

    MemoryStorage storage(long id) {
        return scenario.node(id).storage();
    }

    /** Goes on until nobody has anything left to do. */
    void settle() {
        scenario.stabilize(
                LongStream.rangeClosed(1, scenario.nodes().size()).boxed().toList());
    }

    /** Takes what there is to do on one node, and does it; what it sends is in flight then. */
    void processReady(long id) {
        while (node(id).hasReady()) {
            scenario.processReady(id);
        }
    }

    List<Message> inFlight(MessageType type) {
        return scenario.inFlight().stream()
                .filter(message -> message.getType() == type)
                .toList();
    }

    /** From now on nothing gets to these nodes or away from them. */
    void cut(long... ids) {
        lose(message -> Arrays.stream(ids).anyMatch(id -> id == message.getFrom() || id == message.getTo()));
    }

    /** From now on these messages get lost, and no others. */
    void lose(Predicate<Message> which) {
        scenario.lose(which);
    }

    void heal() {
        scenario.lose(message -> false);
    }

    void elect(long id) {
        node(id).campaign();
        settle();
    }

    void propose(long id, String data) throws ProposalDroppedException {
        node(id).propose(ByteString.copyFromUtf8(data));
        settle();
    }

    /** Proposes changes in their short form, a joint configuration if there are several. */
    void change(long id, ConfChangeTransition transition, String changes) throws ProposalDroppedException {
        node(id).proposeConfChange(ConfChangeV2.newBuilder()
                .setTransition(transition)
                .addAllChanges(ConfChanges.parse(changes))
                .build());
        settle();
    }

    void tick(long id, int ticks) {
        for (int i = 0; i < ticks; i++) {
            node(id).tick();
        }
    }

    RaftRole role(long id) {
        return node(id).basicStatus().softState().role();
    }

    long leader(long id) {
        return node(id).basicStatus().softState().leaderId();
    }

    long term(long id) {
        return node(id).basicStatus().hardState().getTerm();
    }

    long commit(long id) {
        return node(id).basicStatus().hardState().getCommit();
    }

    Progress progress(long leader, long member) {
        return Objects.requireNonNull(node(leader).status().progress().get(member));
    }

    /** The data of all entries that the state machine has applied, one behind the other. */
    String applied(long id) {
        return scenario.node(id).newestState().getData().toStringUtf8();
    }

    /** The terms of the stored entries behind the snapshot that all began with. */
    List<Long> logTerms(long id) {
        MemoryStorage storage = storage(id);
        try {
            return storage.lastIndex() < storage.firstIndex()
                    ? List.of()
                    : storage.entries(storage.firstIndex(), storage.lastIndex() + 1, RaftConfig.NO_LIMIT).stream()
                            .map(Entry::getTerm)
                            .toList();
        } catch (StorageException e) {
            throw new IllegalStateException(e);
        }
    }
}
