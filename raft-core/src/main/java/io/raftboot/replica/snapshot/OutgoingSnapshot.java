package io.raftboot.replica.snapshot;

import io.raftboot.api.event.EventType;
import io.raftboot.notice.QuietLogger;
import io.raftboot.raft.Node;
import io.raftboot.raft.SnapshotStatus;
import io.raftboot.raft.confchange.ConfChanges;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.replica.duty.Duty;
import io.raftboot.replica.duty.Links;
import io.raftboot.storage.snapshot.SnapshotStore;
import io.raftboot.transport.SnapshotSource;
import io.raftboot.transport.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the file of a snapshot to a member that is too far behind for entries, and always reports to the core how that
 * ended, without which the core would never send that member anything again. Keeps the log as long as that needs it. Owned by the
 * raft stage.
 */
public final class OutgoingSnapshot implements Duty {
    private static final Logger log = LoggerFactory.getLogger(OutgoingSnapshot.class);

    /** Loggers by receiver: what is said of one that fails again and again, until it has a snapshot. */
    private final Map<Long, Logger> ofReceiver = new HashMap<>();

    private final Node node;
    private final Transport transport;
    private final SnapshotStore snapshots;
    private final SnapshotTransfers transfers;
    private final LogCompaction compaction;
    private final SnapshotsWanted wanted;
    private final Links links;

    /**
     * @param wanted told, on the raft stage, the index that a newer snapshot has to cover
     */
    public OutgoingSnapshot(
            Node node,
            Transport transport,
            SnapshotStore snapshots,
            SnapshotTransfers transfers,
            LogCompaction compaction,
            SnapshotsWanted wanted,
            Links links) {
        this.node = node;
        this.transport = transport;
        this.snapshots = snapshots;
        this.transfers = transfers;
        this.compaction = compaction;
        this.wanted = wanted;
        this.links = links;
    }

    /**
     * On the raft stage: begins; the rest happens on the transport's threads.
     *
     * @param configurationIndex of the entry that made the configuration what it is
     */
    public void send(Message message, long configurationIndex) {
        var metadata = message.getSnapshot().getMetadata();
        long index = metadata.getIndex();
        if (!ConfChanges.members(metadata.getConfState()).contains(message.getTo())) {
            // The receiver would refuse it, now and each time: it is in no configuration that it knows.
            log(message.getTo())
                    .info(
                            "node {} became a member after the snapshot at index {}: it gets a newer one",
                            message.getTo(),
                            index);
            wanted.snapshotWanted(Math.max(configurationIndex, index + 1));
            node.reportSnapshot(message.getTo(), SnapshotStatus.FAILURE);
            return;
        }
        SnapshotTransfers.Transfer transfer;
        SnapshotSource source;
        try {
            transfer = transfers.begin(message.getTo(), message.getSnapshot());
            source = source(message, transfer);
        } catch (IOException e) {
            notReadable(message, index, e);
            return;
        }
        links.events()
                .info(
                        log(message.getTo()),
                        EventType.SNAPSHOT,
                        message.getTo(),
                        "sending the snapshot at index {} ({} bytes) to node {}",
                        index,
                        source.length(),
                        message.getTo());
        compaction.transferBegan(message.getTo(), message.getSnapshot());
        var sent = transport.sendSnapshot(message, source);
        var unused = sent.whenComplete(
                (nothing, failure) -> links.tasks().execute(() -> ended(message.getTo(), index, transfer, failure)));
    }

    private void notReadable(Message message, long index, IOException cause) {
        links.events()
                .warn(
                        log(message.getTo()),
                        EventType.SNAPSHOT,
                        message.getTo(),
                        "the snapshot at index {} can't be sent to node {}",
                        index,
                        message.getTo(),
                        cause);
        wanted.snapshotWanted(index + 1);
        node.reportSnapshot(message.getTo(), SnapshotStatus.FAILURE);
    }

    private void ended(long to, long index, SnapshotTransfers.Transfer transfer, @Nullable Throwable failure) {
        if (failure == null) {
            links.events().info(log(to), EventType.SNAPSHOT, to, "node {} has the snapshot at index {}", to, index);
            transfers.arrived(to, transfer);
        } else {
            links.events()
                    .warn(
                            log(to),
                            EventType.SNAPSHOT,
                            to,
                            "the snapshot at index {} did not reach node {}",
                            index,
                            to,
                            failure);
            transfers.brokeOff(to, transfer);
            if (transfer.isUnreadable()) {
                wanted.snapshotWanted(index + 1);
            }
        }
        compaction.transferEnded();
        node.reportSnapshot(to, failure == null ? SnapshotStatus.FINISH : SnapshotStatus.FAILURE);
    }

    private Logger log(long receiver) {
        return ofReceiver.computeIfAbsent(receiver, id -> QuietLogger.of(OutgoingSnapshot.class));
    }

    /** A snapshot of this member is durable, and the log names it. */
    public void taken(Snapshot snapshot) {
        compaction.taken(snapshot);
    }

    /** The core has none to send to a follower that needs one. */
    public void wantedByCore(long index) {
        compaction.snapshotWanted();
        wanted.snapshotWanted(index);
    }

    @Override
    public void tick(long nowNanos) {
        compaction.tick();
    }

    @Override
    public void end(String why) {
        transfers.end();
    }

    private SnapshotSource source(Message message, SnapshotTransfers.Transfer transfer) throws IOException {
        var pin = snapshots.pin(message.getSnapshot());
        return new SnapshotSource() {
            @Override
            public long length() {
                return pin.length();
            }

            @Override
            public int read(long offset, ByteBuffer target) throws IOException {
                try {
                    int count = pin.read(offset, target);
                    if (count <= 0) {
                        transfer.unreadable();
                    }
                    transfer.read(offset + count);
                    return count;
                } catch (IOException e) {
                    transfer.unreadable();
                    throw e;
                }
            }

            @Override
            public void close() {
                try {
                    pin.close();
                } catch (IOException e) {
                    log.warn("the file of a sent snapshot could not be closed", e);
                }
            }
        };
    }
}
