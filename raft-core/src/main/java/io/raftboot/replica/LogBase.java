package io.raftboot.replica;

import io.raftboot.raft.AppliedConfiguration;
import io.raftboot.raft.proto.Snapshot;

/**
 * What the log of a member begins behind.
 *
 * @param hasFile whether there is a snapshot file to restore the state machines from; a new cluster has none
 */
record LogBase(Snapshot snapshot, boolean hasFile) {
    long index() {
        return snapshot.getMetadata().getIndex();
    }

    AppliedConfiguration configuration() {
        return new AppliedConfiguration(index(), snapshot.getMetadata().getConfState());
    }
}
