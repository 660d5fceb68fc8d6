package io.raftboot.raft;

import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.Snapshot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the driver has been told, and what it is to be told next: makes each {@link Ready}, and with synchronous storage
 * remembers what follows from it once it is done (etcd-raft {@code readyWithoutAccept} and {@code acceptReady}).
 */
final class ReadyCycle {
    private final Raft raft;
    private final RaftLog log;
    private final StorageMessages storageMessages;
    private final boolean asyncStorageWrites;

    /** What the last Ready said, so that the next one says what is new. */
    private SoftState previousSoftState;

    private HardState previousHardState;

    /** What the node hears when the Ready under way is done, with synchronous storage; null when none is. */
    private @Nullable List<Message> stepsAtEnd;

    ReadyCycle(Raft raft) {
        this.raft = raft;
        this.log = raft.log();
        this.storageMessages = new StorageMessages(raft);
        this.asyncStorageWrites = raft.config().asyncStorageWrites();
        this.previousSoftState = raft.softState();
        this.previousHardState = raft.hardState();
    }

    /** The storage is empty: whatever the hard state is, the first Ready brings it, to be stored. */
    void beginWithoutHardState() {
        previousHardState = HardState.getDefaultInstance();
    }

    boolean hasReady() {
        return !raft.isSoftState(previousSoftState)
                || !raft.isHardState(previousHardState)
                || !raft.outbox().isEmpty()
                || log.nextUnstableSnapshot() != null
                || log.hasNextUnstableEntries()
                || log.hasNextCommittedEntries(mayApplyUnstable())
                || raft.hasReadStates();
    }

    /** What there is to do; it counts as being done from now on. */
    Ready take() {
        if (stepsAtEnd != null) {
            throw Invariants.broken(raft.logger(), "two accepted Ready structs without call to Advance");
        }
        SoftState softState = raft.isSoftState(previousSoftState) ? null : raft.softState();
        HardState hardState = raft.isHardState(previousHardState) ? null : raft.hardState();
        List<Entry> entries = log.nextUnstableEntries();
        Snapshot snapshot = log.nextUnstableSnapshot();
        List<Entry> committedEntries = log.nextCommittedEntries(mayApplyUnstable());
        boolean mustSync =
                Ready.mustSync(hardState == null ? previousHardState : hardState, previousHardState, entries.size());
        List<Message> messages = asyncStorageWrites
                ? withStorageMessages(entries, hardState, snapshot, committedEntries)
                : withResponses(snapshot, committedEntries);
        accept(softState, hardState, committedEntries);
        return new Ready(
                softState,
                hardState,
                Collections.unmodifiableList(raft.takeReadStates()),
                entries,
                snapshot,
                committedEntries,
                Collections.unmodifiableList(messages),
                mustSync);
    }

    private void accept(@Nullable SoftState softState, @Nullable HardState hardState, List<Entry> committedEntries) {
        if (softState != null) {
            previousSoftState = softState;
        }
        if (hardState != null) {
            previousHardState = hardState;
        }
        log.acceptUnstable();
        if (!committedEntries.isEmpty()) {
            long index = committedEntries.get(committedEntries.size() - 1).getIndex();
            log.acceptApplying(index, EntrySizes.encoded(committedEntries), mayApplyUnstable());
        }
        raft.tracing().happened(TraceEvent.Kind.READY);
    }

    /**
     * Whether committed entries may be handed out before they are known to be stored. With synchronous storage they may:
     * the same Ready has them stored first.
     */
    private boolean mayApplyUnstable() {
        return !asyncStorageWrites;
    }

    private List<Message> withResponses(@Nullable Snapshot snapshot, List<Entry> committedEntries) {
        List<Message> messages = raft.outbox().takeMessages();
        List<Message> steps = new ArrayList<>();
        for (Message message : raft.outbox().takeAfterAppend()) {
            (message.getTo() == raft.id() ? steps : messages).add(message);
        }
        if (storageMessages.needsAppendResponse(snapshot)) {
            steps.add(storageMessages.appendResponse(snapshot));
        }
        if (!committedEntries.isEmpty()) {
            steps.add(storageMessages.applyResponse(committedEntries));
        }
        stepsAtEnd = steps;
        return messages;
    }

    private List<Message> withStorageMessages(
            List<Entry> entries,
            @Nullable HardState hardState,
            @Nullable Snapshot snapshot,
            List<Entry> committedEntries) {
        List<Message> messages = raft.outbox().takeMessages();
        List<Message> responses = raft.outbox().takeAfterAppend();
        if (!entries.isEmpty() || hardState != null || snapshot != null || !responses.isEmpty()) {
            messages.add(storageMessages.append(entries, hardState, snapshot, responses));
        }
        if (!committedEntries.isEmpty()) {
            messages.add(storageMessages.apply(committedEntries));
        }
        return messages;
    }

    /** The Ready under way is done: what the node is to hear of it, in order. */
    List<Message> end() {
        if (asyncStorageWrites) {
            throw Invariants.broken(raft.logger(), "Advance must not be called when using AsyncStorageWrites");
        }
        List<Message> steps = stepsAtEnd;
        stepsAtEnd = null;
        return steps == null ? List.of() : steps;
    }
}
