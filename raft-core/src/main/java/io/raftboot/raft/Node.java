package io.raftboot.raft;

import com.google.protobuf.ByteString;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Message;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The thread-safe front of a {@link RawNode}. */
@SuppressWarnings("DoNotCallSuggester")
public final class Node {
    private final RawNode rawNode;
    private final Runnable onWork;

    public Node(RawNode rawNode, Runnable onWork) {
        this.rawNode = rawNode;
        this.onWork = onWork;
    }

    public void tick() {
        throw missing();
    }

    public void step(Message message) {
        throw missing();
    }

    public void campaign() {
        throw missing();
    }

    public void transferLeadership(long transfereeId) {
        throw missing();
    }

    public void forgetLeader() {
        throw missing();
    }

    public void stepDown() {
        throw missing();
    }

    public void readIndex(ByteString context) {
        throw missing();
    }

    public void reportUnreachable(long id) {
        throw missing();
    }

    public void reportSnapshot(long id, SnapshotStatus status) {
        throw missing();
    }

    public void propose(ByteString data, ProposalListener listener) {
        throw missing();
    }

    public void proposeConfChange(ConfChangeV2 change, ProposalListener listener) {
        throw missing();
    }

    public void applyConfChange(ConfChangeV2 change, Consumer<ConfState> listener) {
        throw missing();
    }

    public CompletableFuture<Status> status() {
        throw missing();
    }

    public @Nullable Ready poll() {
        throw missing();
    }

    public Ready ready() throws InterruptedException, StoppedException {
        throw missing();
    }

    public void advance() {
        rawNode.advance();
    }

    public void stop() {
        throw missing();
    }

    public BasicStatus basicStatus() {
        return rawNode.basicStatus();
    }

    private UnsupportedOperationException missing() {
        onWork.run();
        return new UnsupportedOperationException("no body yet");
    }
}
