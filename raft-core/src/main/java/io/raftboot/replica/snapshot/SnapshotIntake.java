package io.raftboot.replica.snapshot;

import io.raftboot.api.UnknownCommandException;
import io.raftboot.notice.QuietLogger;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.machine.SystemMachine;
import io.raftboot.storage.snapshot.IncomingSnapshot;
import io.raftboot.storage.snapshot.SnapshotFile;
import io.raftboot.storage.snapshot.SnapshotStore;
import io.raftboot.transport.SnapshotSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Takes in the files of snapshots that others send. What can't be a snapshot of this group is declined before a file is made for
 * it, or before the core hears of it: behind that there is no way back. On the transport's threads.
 */
public final class SnapshotIntake {
    /** How long what was declined is not received again. */
    static final long DECLINED_NANOS = Duration.ofMinutes(1).toNanos();

    private final Logger log = QuietLogger.of(SnapshotIntake.class);

    private final SnapshotStore store;
    private final SystemMachine system;
    private final AtomicInteger arriving;
    private final Map<String, MachineSlot> machines;
    private final Set<SnapshotWork> readingBack = ConcurrentHashMap.newKeySet();
    private final AtomicReference<@Nullable Declined> declined = new AtomicReference<>();

    /** Owned by the ticker: what was declined when it looked last, and since when that is so. */
    private @Nullable Declined seenDeclined;

    /** Owned by the ticker. */
    private long seenSinceNanos;

    /**
     * What was received as a whole and is of no use to this member. It is not received again as long as it is the same, until
     * that is over: what it failed for may pass, as too little memory does, and a group that does nothing has no newer one.
     */
    private record Declined(Snapshot snapshot, String why, boolean over) {}

    /** As the other one, for a member without state machines. */
    public SnapshotIntake(SnapshotStore store, SystemMachine system, AtomicInteger arriving) {
        this(store, system, arriving, Map.of());
    }

    /** @param arriving counts those that come in at present */
    public SnapshotIntake(
            SnapshotStore store, SystemMachine system, AtomicInteger arriving, Map<String, MachineSlot> machines) {
        this.store = store;
        this.system = system;
        this.arriving = arriving;
        this.machines = machines;
    }

    /** Any thread: why the newest snapshot that came in is of no use here; null if it was. */
    @Nullable
    public String refusal() {
        var newest = declined.get();
        return newest == null ? null : newest.why();
    }

    /** Any thread: the member ends, and a state machine that reads back a snapshot does not. */
    public void interrupt() {
        readingBack.forEach(SnapshotWork::interrupt);
    }

    /** On the ticker: ends what a state machine is at if it does not come on, and what was declined for long enough. */
    public void look(long nowNanos) {
        readingBack.forEach(work -> work.look(nowNanos));
        var present = declined.get();
        if (!Objects.equals(present, seenDeclined)) {
            seenDeclined = present;
            seenSinceNanos = nowNanos;
        } else if (present != null && !present.over() && nowNanos - seenSinceNanos >= DECLINED_NANOS) {
            boolean unused = declined.compareAndSet(present, new Declined(present.snapshot(), present.why(), true));
        }
    }

    /**
     * Opens a file for a snapshot that another member sends.
     *
     * @param length of the file, as its sender says
     * @throws IOException with the reason to decline it
     */
    public SnapshotSink receive(Message message, long length) throws IOException {
        var snapshot = message.getSnapshot();
        var metadata = snapshot.getMetadata();
        if (metadata.getIndex() <= 0 || metadata.getTerm() <= 0 || !isConfiguration(metadata.getConfState())) {
            throw new IOException("a snapshot at index " + metadata.getIndex() + " of term " + metadata.getTerm()
                    + " with the voters " + metadata.getConfState().getVotersList() + " can't be one of this group");
        }
        IncomingSnapshot.checkOffer(snapshot, length);
        var before = declined.get();
        if (before != null && !before.over() && before.snapshot().equals(snapshot)) {
            throw new IOException(before.why());
        }
        return new Sink(store.receive(snapshot), snapshot);
    }

    private static boolean isConfiguration(ConfState configuration) {
        return configuration.getVotersCount() > 0
                && configuration.getVotersList().stream().allMatch(id -> id > 0)
                && configuration.getLearnersList().stream().allMatch(id -> id > 0);
    }

    /** The state is of this cluster: who joins one learns its id before, so a member without one takes none. */
    private void checkCluster(SnapshotFile.Reader file) throws IOException {
        long clusterId = SnapshotSections.systemState(file).getClusterId();
        if (!system.belongsHere(clusterId)) {
            throw new IOException(
                    "the snapshot at index " + file.snapshot().getMetadata().getIndex() + " is of cluster "
                            + Long.toHexString(clusterId) + ", which is not the cluster of this member");
        }
    }

    /**
     * Whoever wrote it has read it back, but maybe with another version of the application, or of the replica. Once the core
     * hears of it, it takes the place of the log and of the state, so it is read back here as well.
     */
    private void check(SnapshotFile.Reader file) throws IOException {
        checkCluster(file);
        var work = new SnapshotWork();
        readingBack.add(work);
        try {
            SnapshotReadBack.ofReceived(machines, work).check(file);
        } catch (RuntimeException e) {
            throw new IOException(
                    "the snapshot at index " + file.snapshot().getMetadata().getIndex()
                            + " can't be restored by this member, which keeps its log and its state: "
                            + SnapshotMaker.reason(e),
                    e);
        } finally {
            readingBack.remove(work);
        }
    }

    private void take(IncomingSnapshot incoming, Snapshot snapshot) throws IOException {
        try {
            incoming.commit(this::check);
            declined.set(null);
        } catch (IOException e) {
            if (e.getCause() instanceof SnapshotFailedException || e.getCause() instanceof UnknownCommandException) {
                declined.set(new Declined(snapshot, String.valueOf(e.getMessage()), false));
            }
            throw e;
        }
    }

    private final class Sink implements SnapshotSink {
        private final IncomingSnapshot incoming;
        private final Snapshot snapshot;
        private boolean closed;

        Sink(IncomingSnapshot incoming, Snapshot snapshot) {
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
            take(incoming, snapshot);
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
