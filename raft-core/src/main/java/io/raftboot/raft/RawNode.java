package io.raftboot.raft;

import com.google.protobuf.ByteString;
import io.raftboot.raft.proto.ConfChange;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Message;
import java.util.List;

/** One node of a group, single-threaded. */
@SuppressWarnings("DoNotCallSuggester")
public final class RawNode {
    /** No node: the leader's id where none is known. */
    public static final long NONE = 0;

    /** The target of messages for the thread that writes the log, with asynchronous storage. */
    public static final long LOCAL_APPEND_THREAD = -1L;

    /** The target of messages for the thread that applies entries, with asynchronous storage. */
    public static final long LOCAL_APPLY_THREAD = -2L;

    private final RaftConfig config;

    public RawNode(RaftConfig config) {
        this.config = config.validated();
    }

    public void bootstrap(List<Peer> peers) {
        throw missing();
    }

    public void tick() {
        throw missing();
    }

    public void campaign() {
        throw missing();
    }

    public void propose(ByteString data) throws ProposalDroppedException {
        throw missing();
    }

    public void proposeConfChange(ConfChangeV2 change) throws ProposalDroppedException {
        throw missing();
    }

    public void proposeConfChange(ConfChange change) throws ProposalDroppedException {
        throw missing();
    }

    public ConfState applyConfChange(ConfChangeV2 change) {
        throw missing();
    }

    public ConfState applyConfChange(ConfChange change) {
        throw missing();
    }

    public void step(Message message) throws RaftException {
        throw missing();
    }

    public boolean hasReady() {
        throw missing();
    }

    public Ready ready() {
        throw missing();
    }

    public void advance() {
        throw missing();
    }

    public Status status() {
        throw missing();
    }

    public BasicStatus basicStatus() {
        throw missing();
    }

    public void reportUnreachable(long id) {
        throw missing();
    }

    public void reportSnapshot(long id, SnapshotStatus status) {
        throw missing();
    }

    public void transferLeadership(long transfereeId) {
        throw missing();
    }

    public void forgetLeader() {
        throw missing();
    }

    public void readIndex(ByteString context) {
        throw missing();
    }

    public void stepDown() {
        throw missing();
    }

    private UnsupportedOperationException missing() {
        return new UnsupportedOperationException("node " + config.id() + " has no body yet");
    }
}
