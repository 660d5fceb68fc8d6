package io.raftboot.raft;

import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.raft.proto.Snapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What goes to and from the storage. With asynchronous storage these are messages to its threads and their responses;
 * with synchronous storage the node steps the same responses itself when it is told to advance.
 */
final class StorageMessages {
    private final Raft raft;
    private final RaftLog log;

    StorageMessages(Raft raft) {
        this.raft = raft;
        this.log = raft.log();
    }

    /** @param responses messages that must not leave before all this is on disk */
    Message append(
            List<Entry> entries, @Nullable HardState hardState, @Nullable Snapshot snapshot, List<Message> responses) {
        Message.Builder message = Message.newBuilder()
                .setType(MessageType.MSG_STORAGE_APPEND)
                .setTo(NodeIds.LOCAL_APPEND_THREAD)
                .setFrom(raft.id())
                .addAllEntries(entries);
        if (hardState != null) {
            message.setTerm(hardState.getTerm()).setVote(hardState.getVote()).setCommit(hardState.getCommit());
        }
        if (snapshot != null) {
            message.setSnapshot(snapshot);
        }
        // The leader's acknowledgement to itself comes before the report that the entries are stored: it needs their
        // terms, which are at hand only as long as they are unstable.
        message.addAllResponses(responses);
        if (needsAppendResponse(snapshot)) {
            message.addResponses(appendResponse(snapshot));
        }
        return message.build();
    }

    Message apply(List<Entry> committedEntries) {
        return Message.newBuilder()
                .setType(MessageType.MSG_STORAGE_APPLY)
                .setTo(NodeIds.LOCAL_APPLY_THREAD)
                .setFrom(raft.id())
                .addAllEntries(committedEntries)
                .addResponses(applyResponse(committedEntries))
                .build();
    }

    /** Whether the storage is to answer, which is so not only if there are new entries: see {@link #appendResponse}. */
    boolean needsAppendResponse(@Nullable Snapshot snapshot) {
        return log.hasNextOrInProgressUnstableEntries() || snapshot != null;
    }

    /**
     * What the node hears when this Ready, and all before it, are stored.
     *
     * <p>It vouches for the whole log up to the last entry, not only for the entries of this Ready, and it counts only
     * within its term. The reason: entries X are being written; a new leader replaces them by Y, which are being written
     * too; the first leader comes back and brings X again. The report of the first write now fits what is in memory, but
     * the write of Y is still to come, and reading the storage in between would yield Y. Every such turn needs a new
     * term, so reports of an older term are worthless; and each new term is stored by a Ready of its own, whose report
     * makes up for those that were dropped.
     */
    Message appendResponse(@Nullable Snapshot snapshot) {
        Message.Builder message = Message.newBuilder()
                .setType(MessageType.MSG_STORAGE_APPEND_RESP)
                .setTo(raft.id())
                .setFrom(NodeIds.LOCAL_APPEND_THREAD)
                .setTerm(raft.term());
        if (log.hasNextOrInProgressUnstableEntries()) {
            message.setIndex(log.lastIndex()).setLogTerm(log.lastTerm());
        }
        if (snapshot != null) {
            message.setSnapshot(snapshot);
        }
        return message.build();
    }

    /** What the node hears when these entries are applied. They are of no term: what is committed stays so. */
    Message applyResponse(List<Entry> entries) {
        return Message.newBuilder()
                .setType(MessageType.MSG_STORAGE_APPLY_RESP)
                .setTo(raft.id())
                .setFrom(NodeIds.LOCAL_APPLY_THREAD)
                .addAllEntries(entries)
                .build();
    }
}
