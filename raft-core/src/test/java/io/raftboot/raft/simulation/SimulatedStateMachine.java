package io.raftboot.raft.simulation;

import com.google.protobuf.ByteString;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.Snapshot;
import java.nio.ByteBuffer;

/** A state that depends on every entry applied and on their order, and on nothing else. */
final class SimulatedStateMachine {
    private static final long FACTOR = 0x9E3779B97F4A7C15L;

    private long appliedIndex;
    private long hash;
    private ConfState confState = ConfState.getDefaultInstance();

    void apply(Entry entry) {
        if (entry.getIndex() != appliedIndex + 1) {
            throw new AssertionError("entry " + entry.getIndex() + " applied after " + appliedIndex);
        }
        appliedIndex = entry.getIndex();
        hash = (hash ^ entry.getTerm()) * FACTOR + entry.getData().hashCode();
    }

    void setConfState(ConfState newConfState) {
        confState = newConfState;
    }

    void restore(Snapshot snapshot) {
        appliedIndex = snapshot.getMetadata().getIndex();
        confState = snapshot.getMetadata().getConfState();
        hash = snapshot.getData().isEmpty()
                ? 0
                : snapshot.getData().asReadOnlyByteBuffer().getLong();
    }

    ByteString data() {
        ByteBuffer data = ByteBuffer.allocate(Long.BYTES).putLong(hash).flip();
        return ByteString.copyFrom(data);
    }

    long appliedIndex() {
        return appliedIndex;
    }

    long hash() {
        return hash;
    }

    ConfState confState() {
        return confState;
    }
}
