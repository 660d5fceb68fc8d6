package io.raftboot.replica;

import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.storage.Incoming;
import io.raftboot.storage.SnapshotStore;
import io.raftboot.transport.SnapshotSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes in the files of snapshots that others send. What can't be a snapshot of this group is declined before a file is made for
 * it, or before the core hears of it: behind that there is no way back. On the transport's threads.
 */
final class SnapshotIntake {
    private static final Logger log = LoggerFactory.getLogger(SnapshotIntake.class);

    private final SnapshotStore store;
    private final SystemMachine system;
    private final AtomicInteger arriving;

    /** @param arriving counts those that come in at present */
    SnapshotIntake(SnapshotStore store, SystemMachine system, AtomicInteger arriving) {
        this.store = store;
        this.system = system;
        this.arriving = arriving;
    }

    /**
     * @param length of the file, as its sender says
     * @throws IOException with the reason to decline it
     */
    SnapshotSink receive(Message message, long length) throws IOException {
        var snapshot = message.getSnapshot();
        var metadata = snapshot.getMetadata();
        if (metadata.getIndex() <= 0 || metadata.getTerm() <= 0 || !isConfiguration(metadata.getConfState())) {
            throw new IOException("a snapshot at index " + metadata.getIndex() + " of term " + metadata.getTerm()
                    + " with the voters " + metadata.getConfState().getVotersList() + " can't be one of this group");
        }
        SnapshotStore.checkOffer(snapshot, length);
        return new Sink(store.receive(snapshot), snapshot);
    }

    private static boolean isConfiguration(ConfState configuration) {
        return configuration.getVotersCount() > 0
                && configuration.getVotersList().stream().allMatch(id -> id > 0)
                && configuration.getLearnersList().stream().allMatch(id -> id > 0);
    }

    /** The state is of this cluster: who joins one learns its id before, so a member without one takes none. */
    private void checkCluster(Snapshot snapshot) throws IOException {
        long clusterId = SnapshotSections.clusterId(store, snapshot);
        if (!system.belongsHere(clusterId)) {
            store.forget(snapshot);
            throw new IOException(
                    "the snapshot at index " + snapshot.getMetadata().getIndex() + " is of cluster "
                            + Long.toHexString(clusterId) + ", which is not the cluster of this member");
        }
    }

    private final class Sink implements SnapshotSink {
        private final Incoming incoming;
        private final Snapshot snapshot;
        private boolean closed;

        Sink(Incoming incoming, Snapshot snapshot) {
            this.incoming = incoming;
            this.snapshot = snapshot;
            arriving.incrementAndGet();
        }

        @Override
        public long offset() {
            return incoming.offset();
        }

        @Override
        public void write(ByteBuffer chunk) throws IOException {
            incoming.write(chunk);
        }

        @Override
        public void finish() throws IOException {
            incoming.commit();
            checkCluster(snapshot);
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                arriving.decrementAndGet();
            }
            try {
                incoming.close();
            } catch (IOException e) {
                log.warn("the file of an unfinished snapshot could not be closed", e);
            }
        }
    }
}
