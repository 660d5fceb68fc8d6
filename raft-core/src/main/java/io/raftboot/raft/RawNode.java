package io.raftboot.raft;

import com.google.protobuf.ByteString;
import io.raftboot.raft.confchange.ConfChangeException;
import io.raftboot.raft.confchange.ConfChanges;
import io.raftboot.raft.proto.ConfChange;
import io.raftboot.raft.proto.ConfChangeType;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.EntryType;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.raft.tracker.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One node of a group (etcd-raft {@code RawNode}). It does nothing by itself: whoever drives it calls {@link #tick} at
 * equal intervals, gives it the messages that arrive with {@link #step}, and takes what there is to store, send and
 * apply with {@link #ready}. The same calls in the same order with the same random source lead to the same outcome.
 *
 * <p>Single-threaded: all calls by one thread, or with the same lock held. {@link Node} is its front for several.
 *
 * <p>A driver with synchronous storage:
 * <pre>{@code
 * while (node.hasReady()) {
 *     Ready ready = node.ready();
 *     store(ready.entries(), ready.hardState(), ready.snapshot()); // and force it if ready.mustSync()
 *     send(ready.messages());
 *     install(ready.snapshot());
 *     for (Entry entry : ready.committedEntries()) {
 *         apply(entry); // a configuration change: node.applyConfChange(...)
 *     }
 *     node.advance();
 * }
 * }</pre>
 * {@link Ready} says in detail what belongs where, and how it goes with asynchronous storage. Between these rounds come
 * ticks, messages and proposals, in any order. The network may lose, repeat and reorder messages; what is proposed may be
 * lost with them.
 *
 * <p>After a restart the driver builds a new node from the same {@link Storage}, with {@link RaftConfig#appliedIndex} set
 * to what its state machine holds; what is committed behind that comes again. What the former
 * node handed out and was not done is void.
 *
 * <p>Where a method throws a {@link RaftException}, the node goes on. An {@link IllegalStateException}, or whatever
 * unchecked exception comes out of the {@link Storage}, leaves it inconsistent: it must not be used any more.
 */
public final class RawNode {
    private final Raft raft;
    private final RaftLog log;
    private final ReadyCycle readyCycle;

    /**
     * A node that goes on from what the storage holds, as a follower. A storage that holds nothing makes a node without
     * a configuration: it waits to be added to a group, or for {@link #bootstrap}. The advised way to begin a group is a
     * storage that on each member starts from the same snapshot, with an index greater than 0 and the configuration.
     *
     * @throws IllegalArgumentException if the configuration is not valid; the message names the field
     * @throws IllegalStateException if what is stored contradicts itself
     */
    public RawNode(RaftConfig config) {
        RaftConfig validated = config.validated();
        raft = new Raft(validated);
        log = raft.log();
        readyCycle = new ReadyCycle(raft);
    }

    /**
     * Begins a new group: gives the log one entry for each member, in term 1, all of them committed. To be called with
     * the same list on each member, before anything else.
     *
     * @throws IllegalArgumentException if there are no peers
     * @throws IllegalStateException if the storage is not empty
     */
    public void bootstrap(List<Peer> peers) {
        if (peers.isEmpty()) {
            throw new IllegalArgumentException("must provide at least one peer to Bootstrap");
        }
        if (log.storage().lastIndex() != 0) {
            throw new IllegalStateException("can't bootstrap a nonempty Storage");
        }
        readyCycle.beginWithoutHardState();
        raft.becomeFollower(1, NodeIds.NONE);
        List<Entry> entries = new ArrayList<>(peers.size());
        for (Peer peer : peers) {
            entries.add(Entry.newBuilder()
                    .setType(EntryType.ENTRY_CONF_CHANGE)
                    .setTerm(1)
                    .setIndex(entries.size() + 1L)
                    .setData(addition(peer).toByteString())
                    .build());
        }
        log.append(entries);
        log.commitTo(entries.size());
        // They are handed out to be applied too, but without a configuration nobody could campaign before that.
        for (Peer peer : peers) {
            raft.membership().apply(ConfChanges.asV2(addition(peer)));
        }
    }

    private static ConfChange addition(Peer peer) {
        ConfChange.Builder change = ConfChange.newBuilder()
                .setType(ConfChangeType.CONF_CHANGE_ADD_NODE)
                .setNodeId(peer.id());
        return peer.context().isEmpty()
                ? change.build()
                : change.setContext(peer.context()).build();
    }

    /** A tick of the clock has passed. */
    public void tick() {
        raft.tick();
    }

    /**
     * A tick has passed that nothing is to come of, be it a heartbeat or an election: for drivers of very many groups that
     * put the idle ones to sleep, and see to it in other ways that their leader is there. etcd is about to give it up.
     */
    public void tickQuiesced() {
        raft.timer().tick();
    }

    /** Starts an election at once, if this node may be elected and does not lead already. */
    public void campaign() {
        raft.campaign();
    }

    /**
     * Proposes an entry. On a leader it is appended; a follower sends it to the leader, and may lose it on the way. So
     * no exception does not mean that it will be committed: it is when it comes back among the committed entries.
     *
     * @throws ProposalDroppedException if it was refused; nothing has changed
     */
    public void propose(ByteString data) throws ProposalDroppedException {
        raft.step(proposal().addEntries(Entry.newBuilder().setData(data)).build());
    }

    /**
     * Proposes entries together: all are appended, one behind the other, or all are refused.
     *
     * @throws ProposalDroppedException if they were refused; nothing has changed
     */
    void propose(List<Entry> entries) throws ProposalDroppedException {
        if (raft.role() instanceof LeaderRole leader) {
            // Without the way through a message, which would copy them once more.
            leader.propose(entries);
        } else {
            raft.step(proposal().addAllEntries(entries).build());
        }
    }

    /**
     * Proposes a change of the configuration. A leader lets in one at a time: one that comes while another is under way,
     * or that does not fit the configuration in force, is appended as an empty normal entry instead.
     *
     * @throws ProposalDroppedException if it was refused; nothing has changed
     */
    public void proposeConfChange(ConfChangeV2 change) throws ProposalDroppedException {
        proposeConfChange(EntryType.ENTRY_CONF_CHANGE_V2, change.toByteString());
    }

    /**
     * Proposes a change of one member, in the older form; see {@link #proposeConfChange(ConfChangeV2)}.
     *
     * @throws ProposalDroppedException if it was refused; nothing has changed
     */
    public void proposeConfChange(ConfChange change) throws ProposalDroppedException {
        proposeConfChange(EntryType.ENTRY_CONF_CHANGE, change.toByteString());
    }

    private void proposeConfChange(EntryType type, ByteString data) throws ProposalDroppedException {
        raft.step(Message.newBuilder()
                .setType(MessageType.MSG_PROP)
                .addEntries(Entry.newBuilder().setType(type).setData(data))
                .build());
    }

    private Message.Builder proposal() {
        return Message.newBuilder().setType(MessageType.MSG_PROP).setFrom(raft.id());
    }

    /**
     * Puts a committed configuration change into force. To be called for each one among the committed entries, in their
     * order, before the next Ready is taken or the response of the MSG_STORAGE_APPLY is stepped. An application that
     * decides against a change gives it with all its node ids set to {@link NodeIds#NONE}, on all members alike.
     *
     * @return the configuration now in force, to be kept for snapshots
     * @throws ConfChangeException if the configuration in force does not allow the change, which means that it was
     *     proposed around the checks of the leader; nothing has changed
     */
    public ConfState applyConfChange(ConfChangeV2 change) {
        return raft.membership().apply(change);
    }

    /**
     * As {@link #applyConfChange(ConfChangeV2)}, for drivers that apply entries on their own time: by then a snapshot may
     * have brought a newer configuration, behind which the change is passed over. One that the configuration does not allow
     * is no change. An addition of this library.
     *
     * @param index index of the entry that holds the change
     */
    public AppliedConfiguration applyConfChange(ConfChangeV2 change, long index) {
        return raft.membership().apply(change, index);
    }

    /**
     * The configuration in force, whether it came from the storage, an entry or a snapshot; the same object until it
     * changes. Its index is right where {@link #applyConfChange(ConfChangeV2, long)} is used. An addition of this library.
     */
    public AppliedConfiguration configuration() {
        return raft.membership().applied();
    }

    /** Puts a committed configuration change of the older form into force; see {@link #applyConfChange(ConfChangeV2)}. */
    public ConfState applyConfChange(ConfChange change) {
        return raft.membership().apply(ConfChanges.asV2(change));
    }

    /**
     * Handles a message that arrived, from another node or, with asynchronous storage, from this node's own storage work.
     *
     * @throws StepLocalMessageException if it is one that nodes only send to themselves; it was ignored
     * @throws StepPeerNotFoundException if it is a response of a node that is no member; it was ignored
     * @throws StepInvalidMessageException if no member would send such a message; it was ignored
     * @throws ProposalDroppedException if it is a proposal that was refused; nothing has changed
     */
    public void step(Message message) throws RaftException {
        boolean fromOwnStorage = NodeIds.isLocalTarget(message.getFrom());
        if (!fromOwnStorage && MessageKinds.isLocal(message.getType())) {
            throw new StepLocalMessageException();
        }
        if (!fromOwnStorage
                && MessageKinds.isResponse(message.getType())
                && raft.tracker().progress().get(message.getFrom()) == null) {
            throw new StepPeerNotFoundException();
        }
        if (!fromOwnStorage) {
            MessageChecks.check(message, raft.term());
            if (raft.config().refuseBeyondLog()) {
                MessageChecks.checkAgainstLog(message, raft);
            }
        }
        raft.step(message);
    }

    /** Whether there is anything to do for the driver. */
    public boolean hasReady() {
        return readyCycle.hasReady();
    }

    /**
     * Takes what there is to do. Whoever takes it must do it; it is not handed out again.
     *
     * @throws IllegalStateException with synchronous storage, if the last one was not followed by {@link #advance}
     */
    public Ready ready() {
        return readyCycle.take();
    }

    /**
     * All that the last Ready held has been done. With synchronous storage only.
     *
     * @throws IllegalStateException with asynchronous storage
     */
    public void advance() {
        for (Message message : readyCycle.end()) {
            stepOwn(message);
        }
    }

    /** A copy of the state, with all members' progress if this node leads. */
    public Status status() {
        SortedMap<Long, Progress> progress = raft.role().kind() == RaftRole.LEADER
                ? raft.tracker().progress().copy()
                : new TreeMap<>();
        return new Status(basicStatus(), raft.tracker().config(), progress);
    }

    /** A copy of the state without the members; cheap. */
    public BasicStatus basicStatus() {
        return new BasicStatus(
                raft.id(), raft.hardState(), raft.softState(), log.appliedIndex(), raft.leadTransfereeId());
    }

    /**
     * Shows the visitor each member's progress, in ascending unsigned order of the ids, without copying the windows of
     * appends under way as {@link #status} does. On a node that does not lead the progress says nothing.
     */
    public void withProgress(ProgressVisitor visitor) {
        raft.tracker()
                .visit((id, progress) -> visitor.visit(
                        id,
                        progress.isLearner() ? ProgressVisitor.MemberType.LEARNER : ProgressVisitor.MemberType.PEER,
                        progress.copyWithoutInflights()));
    }

    /** A message to that member could not be sent; what else is in flight to it may be lost too. */
    public void reportUnreachable(long id) {
        stepOwn(Message.newBuilder()
                .setType(MessageType.MSG_UNREACHABLE)
                .setFrom(id)
                .build());
    }

    /**
     * The sending of a snapshot to that member has ended. To be called once for each MSG_SNAP: until then the leader sends
     * nothing else to it.
     */
    public void reportSnapshot(long id, SnapshotStatus status) {
        stepOwn(Message.newBuilder()
                .setType(MessageType.MSG_SNAP_STATUS)
                .setFrom(id)
                .setReject(status == SnapshotStatus.FAILURE)
                .build());
    }

    /**
     * Tries to hand the leadership to that member, a voter (dissertation section 3.10). The leader refuses proposals
     * until it has happened, or an election time-out has passed. A follower passes the request on to the leader.
     */
    public void transferLeadership(long transfereeId) {
        stepOwn(Message.newBuilder()
                .setType(MessageType.MSG_TRANSFER_LEADER)
                .setFrom(transfereeId)
                .build());
    }

    /**
     * Makes a follower forget its leader, in the same term: it then votes for another without waiting for its lease to
     * run out. For drivers who know that the leader is gone. No effect on leaders and candidates, nor with lease reads.
     */
    public void forgetLeader() {
        stepOwn(Message.newBuilder().setType(MessageType.MSG_FORGET_LEADER).build());
    }

    /**
     * Asks for an index at which a read sees all that is committed now. The answer comes as a {@link ReadState} with the
     * same context, or not at all: if no leader is known, if the leader changes, or if a message is lost. Then ask again,
     * with another context.
     */
    public void readIndex(ByteString context) {
        stepOwn(readIndexMessage(context));
    }

    static Message readIndexMessage(ByteString context) {
        return Message.newBuilder()
                .setType(MessageType.MSG_READ_INDEX)
                .addEntries(Entry.newBuilder().setData(context))
                .build();
    }

    /**
     * Makes a leader a follower of nobody, in its term: for drivers whose disk or application hangs. No effect on others.
     * An addition of this library.
     */
    public void stepDown() {
        raft.stepDown();
    }

    /**
     * The storage has fetched entries which it had refused as {@linkplain EntriesTemporarilyUnavailableException not there
     * yet}: whatever waits for entries asks again. An addition of this library.
     */
    public void entriesFetched() {
        log.entriesFetched();
        raft.elections().entriesFetched();
        raft.role().onEntriesFetched();
    }

    Raft raft() {
        return raft;
    }

    private void stepOwn(Message message) {
        try {
            raft.step(message);
        } catch (ProposalDroppedException e) {
            throw new IllegalStateException("only proposals can be dropped", e);
        }
    }
}
