package io.raftboot.raft;

import com.google.protobuf.ByteString;
import io.raftboot.raft.Mailbox.Call;
import io.raftboot.raft.Mailbox.Mail;
import io.raftboot.raft.Mailbox.Proposed;
import io.raftboot.raft.Mailbox.Received;
import io.raftboot.raft.proto.ConfChange;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.EntryType;
import io.raftboot.raft.proto.Message;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The front of a {@link RawNode} for any number of threads (etcd-raft {@code Node}, but without a thread of its own).
 * What they ask for goes into a mailbox; ONE thread, the driver, calls {@link #poll} or {@link #ready}, which empties
 * the mailbox into the RawNode in one go and returns what there is to do then. The RawNode belongs to the driver.
 *
 * <p>A driver with asynchronous storage, woken by {@code onWork}:
 * <pre>{@code
 * for (Ready ready = node.poll(); ready != null; ready = node.poll()) {
 *     handOutReadStates(ready.readStates());
 *     for (Message message : ready.messages()) {
 *         if (message.getTo() == NodeIds.LOCAL_APPEND_THREAD) {
 *             log.submit(message);        // when durable: each of its responses to node.step, or sent if to another
 *         } else if (message.getTo() == NodeIds.LOCAL_APPLY_THREAD) {
 *             machine.submit(message);    // when applied: node.applyConfChange for those, then the responses
 *         } else {
 *             transport.send(message);
 *         }
 *     }
 * }
 * }</pre>
 * With synchronous storage the driver does what {@link Ready} says, and calls {@link #advance} before the next poll.
 *
 * <p>Order: what one thread puts in is done in that order, except that messages and reads may overtake proposals, so
 * that all proposals that wait are appended together. Ticks come after whatever waits with them, and several that wait
 * are one: a process that was held up must not count the time it could not listen as silence of the leader.
 *
 * <p>All methods may be called by any thread unless they are said to be the driver's. They return at once and throw
 * nothing. After {@link #stop} they do nothing but tell those who wait for an answer.
 */
public final class Node {
    /** Limit on what one poll takes from the mailbox: under load ticks and Readys must still have their turn. */
    private static final int MAX_MAIL_PER_POLL = 4096;

    /** Stands for any term in which a proposal may be appended. */
    private static final long ANY_TERM = ProposalBatch.ANY_TERM;

    private final RawNode rawNode;
    private final InvalidMessageListener invalid;
    private final Logger logger;
    private final ProposalBatch batch;
    private final Mailbox mailbox;

    /**
     * @param rawNode nobody else may use it any more
     * @param onWork wakes the driver: called after something was put into the mailbox, by the thread that did; a no-op if
     *     the driver waits in {@link #ready}
     */
    public Node(RawNode rawNode, Runnable onWork) {
        this(rawNode, onWork, InvalidMessageListener.NONE);
    }

    /**
     * As the other constructor.
     *
     * @param invalid told of what others send and no member would; on the driver's thread
     */
    public Node(RawNode rawNode, Runnable onWork, InvalidMessageListener invalid) {
        this.rawNode = rawNode;
        this.invalid = invalid;
        this.mailbox = new Mailbox(onWork);
        this.logger = rawNode.raft().logger();
        this.batch = new ProposalBatch(rawNode);
    }

    // For all threads

    /** A tick of the clock has passed. */
    public void tick() {
        mailbox.putTick();
    }

    /**
     * A message has arrived, from another node or from this node's own storage work. One that is of no use, from a node
     * that is no member for instance, is ignored, with a line at DEBUG.
     */
    public void step(Message message) {
        step(message, message.getFrom());
    }

    /**
     * As {@link #step(Message)}, for a message that may name somebody else than its sender, as a request to hand the leadership over
     * does.
     *
     * @param senderId who sent it, for the {@link InvalidMessageListener}
     */
    public void step(Message message, long senderId) {
        mailbox.put(new Received(message, senderId));
    }

    /** Starts an election; see {@link RawNode#campaign}. */
    public void campaign() {
        call(rawNode::campaign);
    }

    /** Tries to hand the leadership over; see {@link RawNode#transferLeadership}. */
    public void transferLeadership(long transfereeId) {
        call(() -> rawNode.transferLeadership(transfereeId));
    }

    /** Makes a follower forget its leader; see {@link RawNode#forgetLeader}. */
    public void forgetLeader() {
        call(rawNode::forgetLeader);
    }

    /** Makes a leader give up its leadership; see {@link RawNode#stepDown}. */
    public void stepDown() {
        call(rawNode::stepDown);
    }

    /** The storage has fetched entries; see {@link RawNode#entriesFetched}. */
    public void entriesFetched() {
        call(rawNode::entriesFetched);
    }

    /**
     * Asks for an index at which a read sees all that is committed now; see {@link RawNode#readIndex}. Every call costs a
     * leader a round of heartbeats: ask once for all reads that wait.
     */
    public void readIndex(ByteString context) {
        mailbox.put(
                new Received(RawNode.readIndexMessage(context), rawNode.raft().id()));
    }

    /** A message to that member could not be sent; see {@link RawNode#reportUnreachable}. */
    public void reportUnreachable(long id) {
        call(() -> rawNode.reportUnreachable(id));
    }

    /** The sending of a snapshot to that member has ended; see {@link RawNode#reportSnapshot}. */
    public void reportSnapshot(long id, SnapshotStatus status) {
        call(() -> rawNode.reportSnapshot(id, status));
    }

    /**
     * Proposes an entry. Without a leader it is dropped at once; waiting for one is for those who call.
     *
     * @param data bytes that are not to be changed any more; empty data is as good as any
     * @param listener hears where it was appended, or why not
     */
    public void propose(ByteString data, ProposalListener listener) {
        propose(data, ANY_TERM, listener);
    }

    /**
     * Proposes an entry that is to be appended in this term or not at all, for those who count on that. In another term it is
     * dropped as if there were no leader.
     *
     * @param term the one in which this node leads
     */
    public void propose(ByteString data, long term, ProposalListener listener) {
        mailbox.put(new Proposed(Entry.newBuilder().setData(data).build(), term, listener));
    }

    /**
     * Proposes a change of the configuration. One that the leader refuses is appended too, as an empty normal entry: so
     * look at what comes back at the index that the listener was told.
     */
    public void proposeConfChange(ConfChangeV2 change, ProposalListener listener) {
        mailbox.put(new Proposed(
                Entry.newBuilder()
                        .setType(EntryType.ENTRY_CONF_CHANGE_V2)
                        .setData(change.toByteString())
                        .build(),
                ANY_TERM,
                listener));
    }

    /** Proposes a change of one member, in the older form; see {@link #proposeConfChange(ConfChangeV2, ProposalListener)}. */
    public void proposeConfChange(ConfChange change, ProposalListener listener) {
        mailbox.put(new Proposed(
                Entry.newBuilder()
                        .setType(EntryType.ENTRY_CONF_CHANGE)
                        .setData(change.toByteString())
                        .build(),
                ANY_TERM,
                listener));
    }

    /**
     * Puts a committed change into force. Whoever applies entries calls this for each configuration change among them,
     * before it steps the response to the MSG_STORAGE_APPLY that held it. A change that the configuration does not allow
     * makes {@link #poll} throw.
     *
     * @param listener gets the configuration now in force, on the driver's thread; nothing after {@link #stop}
     */
    public void applyConfChange(ConfChangeV2 change, Consumer<ConfState> listener) {
        call(() -> listener.accept(rawNode.applyConfChange(change)));
    }

    /** Puts a committed change of the older form into force; see {@link #applyConfChange(ConfChangeV2, Consumer)}. */
    public void applyConfChange(ConfChange change, Consumer<ConfState> listener) {
        call(() -> listener.accept(rawNode.applyConfChange(change)));
    }

    /**
     * Puts a committed change into force, unless a snapshot has brought a newer configuration; to be called as the method
     * without an index. What came of it the driver learns from {@link #configuration}.
     *
     * @param index index of the entry that holds the change
     */
    public void applyConfChange(ConfChangeV2 change, long index) {
        call(() -> rawNode.applyConfChange(change, index));
    }

    /** The state as of the time when the driver gets to it; fails with a {@link StoppedException}. */
    public CompletableFuture<Status> status() {
        CompletableFuture<Status> status = new CompletableFuture<>();
        mailbox.put(new Call(() -> status.complete(rawNode.status()), status::completeExceptionally));
        return status;
    }

    /**
     * Ends the work of this node: everything that waits and everything that still comes is dropped with a
     * {@link StoppedException}, by the thread that calls. What the driver has begun to do it goes on with.
     */
    public void stop() {
        mailbox.close();
    }

    private void call(Runnable action) {
        mailbox.put(new Call(action, reason -> {}));
    }

    // For the driver

    /**
     * Does what waits in the mailbox and returns what there is to do now, or null if there is nothing. For the driver.
     *
     * <p>Whatever unchecked exception the RawNode or its storage throws passes through here, after the node has been
     * stopped: its state is not to be trusted any more.
     *
     * @return null also after {@link #stop}
     * @throws IllegalStateException if something is broken in the node, or with synchronous storage if the last Ready was
     *     not followed by {@link #advance}
     */
    public @Nullable Ready poll() {
        if (mailbox.isClosed()) {
            return null;
        }
        try {
            do {
                drainMailbox();
                if (mailbox.takeTick()) {
                    rawNode.tick();
                }
                if (rawNode.hasReady()) {
                    return rawNode.ready();
                }
            } while (!mailbox.isEmpty());
            return null;
        } catch (RuntimeException | Error e) {
            stop();
            throw e;
        }
    }

    /**
     * Like {@link #poll}, but waits until there is something to do. For the driver.
     *
     * @throws InterruptedException if the thread was interrupted while it waited; nothing was taken
     * @throws StoppedException after {@link #stop}
     */
    public Ready ready() throws InterruptedException, StoppedException {
        while (true) {
            Ready ready = poll();
            if (ready != null) {
                return ready;
            }
            if (mailbox.isClosed()) {
                throw new StoppedException();
            }
            mailbox.await();
        }
    }

    private void drainMailbox() {
        for (int count = 0; count < MAX_MAIL_PER_POLL; count++) {
            Mail mail = mailbox.take();
            if (mail == null) {
                break;
            }
            if (mail instanceof Received received) {
                step(received);
            } else if (mail instanceof Proposed proposed) {
                batch.add(proposed.entry(), proposed.term(), proposed.listener());
            } else if (mail instanceof Call call) {
                batch.propose();
                call.action().run();
            }
        }
        batch.propose();
    }

    private void step(Received received) {
        try {
            rawNode.step(received.message());
        } catch (StepInvalidMessageException e) {
            debugIgnored(received, e);
            invalid.refused(received.senderId(), received.message(), e.reason());
        } catch (RaftException e) {
            debugIgnored(received, e);
        }
    }

    private void debugIgnored(Received received, RaftException e) {
        if (logger.isDebugEnabled()) {
            logger.debug(
                    "{} ignored a {} message from {}: {}",
                    rawNode.raft().name(),
                    LogText.name(received.message().getType()),
                    LogText.hex(received.message().getFrom()),
                    e.getMessage());
        }
    }

    /** All that the last Ready held has been done; see {@link RawNode#advance}. For the driver. */
    public void advance() {
        rawNode.advance();
    }

    /** The configuration in force as of the last poll; see {@link RawNode#configuration}. For the driver. */
    public AppliedConfiguration configuration() {
        return rawNode.configuration();
    }

    /** Shows the members' progress at this moment; see {@link RawNode#withProgress}. For the driver. */
    public void withProgress(ProgressVisitor visitor) {
        rawNode.withProgress(visitor);
    }

    /** The state at this moment; see {@link RawNode#basicStatus}. For the driver. */
    public BasicStatus basicStatus() {
        return rawNode.basicStatus();
    }
}
