package io.raftboot.raft;

import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.quorum.IdSet;
import io.raftboot.raft.quorum.JointConfig;
import org.jspecify.annotations.Nullable;

/**
 * One step of a node, and the state that it was in right then (etcd-raft {@code TracingEvent}). Immutable.
 *
 * @param kind what happened
 * @param nodeId the node it happened to
 * @param hardState its term, vote and commit index
 * @param role its role
 * @param lastIndex the last index of its log
 * @param voters the voters in force
 * @param message what was sent or received; null for all other kinds
 * @param detail what else there is to know, depending on the kind; or null
 */
public record TraceEvent(
        Kind kind,
        long nodeId,
        HardState hardState,
        RaftRole role,
        long lastIndex,
        JointConfig voters,
        @Nullable Message message,
        @Nullable Detail detail) {

    /** What can happen. Other messages than those named here, pre-votes among them, are not traced. */
    public enum Kind {
        /** The node comes into being; what its storage holds besides the log is not loaded yet. */
        INIT_STATE,
        BECOME_CANDIDATE,
        BECOME_FOLLOWER,
        /** A node leads, and has not yet appended the first entry of its term. */
        BECOME_LEADER,
        /** A leader has looked for what is committed, whether it found anything new or not. */
        COMMIT,
        /** A leader is about to append a normal entry: one event for each. */
        REPLICATE,
        /** A leader lets a configuration change into its log, with a {@link ProposedChange}. */
        CHANGE_CONF,
        /** A configuration is about to come into force, be it a change, a snapshot's or the stored one: {@link NewVoters}. */
        APPLY_CONF_CHANGE,
        /** The driver has taken a {@link Ready}. */
        READY,
        /** MSG_APP, with the {@link SenderProgress}; MSG_HEARTBEAT; MSG_SNAP. */
        SEND_APPEND_ENTRIES_REQUEST,
        /** MSG_APP, MSG_HEARTBEAT or MSG_SNAP, before anything comes of it. */
        RECEIVE_APPEND_ENTRIES_REQUEST,
        /** MSG_APP_RESP, also a leader's to itself, or MSG_HEARTBEAT_RESP. */
        SEND_APPEND_ENTRIES_RESPONSE,
        /** MSG_APP_RESP, also a leader's from itself, or MSG_HEARTBEAT_RESP, before anything comes of it. */
        RECEIVE_APPEND_ENTRIES_RESPONSE,
        SEND_REQUEST_VOTE_REQUEST,
        RECEIVE_REQUEST_VOTE_REQUEST,
        /** A vote, also a candidate's to itself. */
        SEND_REQUEST_VOTE_RESPONSE,
        /** A vote that has come, also a candidate's from itself. */
        RECEIVE_REQUEST_VOTE_RESPONSE,
        /** An event that has a name in etcd and never happens: snapshots are traced as {@link #SEND_APPEND_ENTRIES_REQUEST}. */
        SEND_SNAPSHOT,
        /** An event that has a name in etcd and never happens: snapshots are traced as {@link #RECEIVE_APPEND_ENTRIES_REQUEST}. */
        RECEIVE_SNAPSHOT
    }

    /** What an event holds besides the state and the message. */
    public sealed interface Detail permits SenderProgress, ProposedChange, NewVoters {}

    /**
     * What a leader holds of itself as a member, when it sends entries.
     *
     * @param matchIndex index up to which it is known to have its own log on disk
     * @param nextIndex the next index that it would send to itself
     */
    public record SenderProgress(long matchIndex, long nextIndex) implements Detail {}

    /**
     * A configuration change on its way into the log.
     *
     * @param change the change, in the newer form; at least one member is added or removed in it
     */
    public record ProposedChange(ConfChangeV2 change) implements Detail {}

    /**
     * The configuration that comes into force now.
     *
     * @param voters those of its incoming half
     */
    public record NewVoters(IdSet voters) implements Detail {}

    /** The event in the shape that etcd writes, on one line: ids as strings of decimal digits, all numbers unsigned. */
    public String toJson() {
        return TraceText.json(this);
    }
}
