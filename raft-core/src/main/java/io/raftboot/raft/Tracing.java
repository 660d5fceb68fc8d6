package io.raftboot.raft;

import io.raftboot.raft.TraceEvent.Detail;
import io.raftboot.raft.TraceEvent.Kind;
import io.raftboot.raft.TraceEvent.NewVoters;
import io.raftboot.raft.TraceEvent.ProposedChange;
import io.raftboot.raft.TraceEvent.SenderProgress;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.EntryType;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.raft.tracker.Progress;
import io.raftboot.raft.tracker.TrackerConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells the {@link TraceLogger} what a node does, at the places where etcd does (its {@code state_trace.go}). Without a
 * trace logger each of these calls is one comparison.
 */
final class Tracing {
    private final Raft raft;
    private final @Nullable TraceLogger traceLogger;

    Tracing(Raft raft) {
        this.raft = raft;
        this.traceLogger = raft.config().traceLogger();
    }

    /** Something that the state alone tells all about. */
    void happened(Kind kind) {
        if (traceLogger != null) {
            traceLogger.trace(event(kind, null, null));
        }
    }

    /** Tells of entries; to be called before they are in the log. */
    void appending(List<Entry> entries) {
        if (traceLogger != null) {
            for (Entry entry : entries) {
                if (entry.getType() == EntryType.ENTRY_NORMAL) {
                    traceLogger.trace(event(Kind.REPLICATE, null, null));
                }
            }
        }
    }

    void proposed(ConfChangeV2 change) {
        if (traceLogger != null && change.getChangesList().stream().anyMatch(TraceText::changesMembers)) {
            traceLogger.trace(event(Kind.CHANGE_CONF, null, new ProposedChange(change)));
        }
    }

    /** Tells of a configuration; to be called while the former one is in force. */
    void applying(TrackerConfig config) {
        if (traceLogger != null) {
            NewVoters detail = new NewVoters(config.voters().incoming().ids());
            traceLogger.trace(event(Kind.APPLY_CONF_CHANGE, null, detail));
        }
    }

    /** Tells of a message that is sent; to be called when it is complete. */
    void sent(Message.Builder message) {
        if (traceLogger != null) {
            Kind kind = sendKind(message.getType());
            if (kind != null) {
                Detail detail = message.getType() == MessageType.MSG_APP ? senderProgress(message.getFrom()) : null;
                traceLogger.trace(event(kind, message.build(), detail));
            }
        }
    }

    /** Tells of a message that has come; to be called before anything comes of it. */
    void received(Message message) {
        if (traceLogger != null) {
            Kind kind = receiveKind(message.getType());
            if (kind != null) {
                traceLogger.trace(event(kind, message, null));
            }
        }
    }

    private TraceEvent event(Kind kind, @Nullable Message message, @Nullable Detail detail) {
        return new TraceEvent(
                kind,
                raft.id(),
                raft.hardState(),
                raft.role().kind(),
                raft.log().lastIndex(),
                raft.tracker().config().voters(),
                message,
                detail);
    }

    /** The sender's own progress and not the receiver's, as etcd shows it. A leader that has been removed has none. */
    private @Nullable Detail senderProgress(long senderId) {
        Progress progress = raft.tracker().progress().get(senderId);
        return progress == null ? null : new SenderProgress(progress.matchIndex(), progress.nextIndex());
    }

    private static @Nullable Kind sendKind(MessageType type) {
        return switch (type) {
            case MSG_APP, MSG_HEARTBEAT, MSG_SNAP -> Kind.SEND_APPEND_ENTRIES_REQUEST;
            case MSG_APP_RESP, MSG_HEARTBEAT_RESP -> Kind.SEND_APPEND_ENTRIES_RESPONSE;
            case MSG_VOTE -> Kind.SEND_REQUEST_VOTE_REQUEST;
            case MSG_VOTE_RESP -> Kind.SEND_REQUEST_VOTE_RESPONSE;
            default -> null;
        };
    }

    private static @Nullable Kind receiveKind(MessageType type) {
        return switch (type) {
            case MSG_APP, MSG_HEARTBEAT, MSG_SNAP -> Kind.RECEIVE_APPEND_ENTRIES_REQUEST;
            case MSG_APP_RESP, MSG_HEARTBEAT_RESP -> Kind.RECEIVE_APPEND_ENTRIES_RESPONSE;
            case MSG_VOTE -> Kind.RECEIVE_REQUEST_VOTE_REQUEST;
            case MSG_VOTE_RESP -> Kind.RECEIVE_REQUEST_VOTE_RESPONSE;
            default -> null;
        };
    }
}
