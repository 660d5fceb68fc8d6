package io.raftboot.raft;

import static io.raftboot.raft.LogText.hex;

import com.google.protobuf.ByteString;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.raft.proto.SnapshotMetadata;
import io.raftboot.raft.tracker.Progress;
import io.raftboot.raft.tracker.ProgressState;
import io.raftboot.raft.tracker.ProgressTracker;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** How a leader feeds its followers: which message each gets next, and what is then in flight to it. */
final class Replication {
    private final Raft raft;
    private final RaftLog log;
    private final ProgressTracker tracker;
    private final Logger logger;
    private final long maxMessageBytes;

    Replication(Raft raft) {
        this.raft = raft;
        this.log = raft.log();
        this.tracker = raft.tracker();
        this.logger = raft.logger();
        this.maxMessageBytes = EntrySizes.signed(raft.config().maxSizePerMessageBytes());
    }

    /** Sends every follower that may be sent to what it has not got, or just the commit index. */
    void broadcastAppend() {
        tracker.visit((id, progress) -> {
            if (id != raft.id()) {
                sendAppend(id, progress);
            }
        });
    }

    /** Sends entries to those who lack some; says nothing to all others. */
    void broadcastEntries() {
        tracker.visit((id, progress) -> {
            if (id != raft.id()) {
                maybeSendAppend(id, progress, EmptyAppend.SKIP);
            }
        });
    }

    /** Sends all that may be in flight to those who lack entries. */
    void broadcastAllEntries() {
        tracker.visit((id, progress) -> {
            if (id != raft.id()) {
                sendAllEntries(id, progress);
            }
        });
    }

    void broadcastHeartbeat(ByteString context) {
        tracker.visit((id, progress) -> {
            if (id != raft.id()) {
                sendHeartbeat(id, progress, context);
            }
        });
    }

    void sendAppend(long to, Progress progress) {
        maybeSendAppend(to, progress, EmptyAppend.SEND);
    }

    /** Sends as many messages with entries as the follower may have in flight. */
    void sendAllEntries(long to, Progress progress) {
        boolean sent;
        do {
            sent = maybeSendAppend(to, progress, EmptyAppend.SKIP);
        } while (sent);
    }

    /** Whether a message without entries is worth sending, for the commit index in it. */
    private enum EmptyAppend {
        SEND,
        SKIP
    }

    private boolean maybeSendAppend(long to, Progress progress, EmptyAppend emptyAppend) {
        if (progress.isPaused()) {
            return false;
        }
        long previousIndex = progress.nextIndex() - 1;
        long previousTerm = log.term(previousIndex);
        if (previousTerm == Unstable.UNKNOWN_TERM) {
            return maybeSendSnapshot(to, progress);
        }
        List<Entry> entries = List.of();
        // With a full window an empty message still goes out when it is asked for: were all that filled the window
        // lost, nothing else would ever empty it.
        if (progress.state() != ProgressState.REPLICATE || !progress.inflights().isFull()) {
            try {
                entries = log.entries(progress.nextIndex(), maxMessageBytes);
            } catch (CompactedException e) {
                return emptyAppend == EmptyAppend.SEND && maybeSendSnapshot(to, progress);
            }
        }
        if (entries.isEmpty() && (emptyAppend == EmptyAppend.SKIP || RaftLog.isBeingFetched(entries))) {
            // Where they are being fetched, this follower's turn comes again when they are there.
            return false;
        }
        raft.send(raft.message(MessageType.MSG_APP, to)
                .setIndex(previousIndex)
                .setLogTerm(previousTerm)
                .addAllEntries(entries)
                .setCommit(log.committedIndex()));
        progress.sentEntries(entries.size(), EntrySizes.payload(entries));
        progress.sentCommit(log.committedIndex());
        return true;
    }

    private boolean maybeSendSnapshot(long to, Progress progress) {
        if (!progress.isRecentlyActive()) {
            if (logger.isDebugEnabled()) {
                logger.debug("ignore sending snapshot to {} since it is not recently active", hex(to));
            }
            return false;
        }
        Snapshot snapshot = snapshotFor(to);
        if (snapshot == null) {
            return false;
        }
        SnapshotMetadata metadata = snapshot.getMetadata();
        if (logger.isDebugEnabled()) {
            logger.debug(
                    "{} [firstindex: {}, commit: {}] sent snapshot[index: {}, term: {}] to {} [{}]",
                    raft.name(),
                    log.firstIndex(),
                    log.committedIndex(),
                    metadata.getIndex(),
                    metadata.getTerm(),
                    hex(to),
                    progress);
        }
        progress.becomeSnapshot(metadata.getIndex());
        if (logger.isDebugEnabled()) {
            logger.debug("{} paused sending replication messages to {} [{}]", raft.name(), hex(to), progress);
        }
        raft.send(raft.message(MessageType.MSG_SNAP, to).setSnapshot(snapshot));
        return true;
    }

    /** The newest snapshot, which is never an empty one; null while the storage has none at hand. */
    private @Nullable Snapshot snapshotFor(long to) {
        Snapshot snapshot;
        try {
            snapshot = log.snapshot();
        } catch (SnapshotTemporarilyUnavailableException e) {
            if (logger.isDebugEnabled()) {
                logger.debug(
                        "{} failed to send snapshot to {} because snapshot is temporarily unavailable",
                        raft.name(),
                        hex(to));
            }
            return null;
        }
        if (snapshot.getMetadata().getIndex() == 0) {
            throw Invariants.broken(logger, "need non-empty snapshot");
        }
        return snapshot;
    }

    private void sendHeartbeat(long to, Progress progress, ByteString context) {
        // Never more than is known to match: the follower commits it without looking at its log.
        long commitIndex = Math.min(progress.matchIndex(), log.committedIndex());
        var heartbeat = raft.message(MessageType.MSG_HEARTBEAT, to).setCommit(commitIndex);
        if (!context.isEmpty()) {
            heartbeat.setContext(context);
        }
        raft.send(heartbeat);
        progress.sentCommit(commitIndex);
    }
}
