package io.raftboot.replica.read;

import com.google.protobuf.ByteString;
import io.raftboot.raft.BasicStatus;

/** What reads want of the core. On the raft stage. */
public interface ReadCore {
    BasicStatus basicStatus();

    /** Begins a round that a quorum confirms; the answer comes by {@link Reads#answered}. */
    void readIndex(ByteString context);
}
