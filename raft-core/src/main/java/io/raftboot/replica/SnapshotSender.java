package io.raftboot.replica;

import io.raftboot.raft.Node;
import io.raftboot.raft.SnapshotStatus;
import io.raftboot.raft.proto.Message;
import io.raftboot.storage.SnapshotStore;
import io.raftboot.transport.SnapshotSource;
import io.raftboot.transport.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the file of a snapshot to a member that is too far behind for entries, and always reports to the core how that
 * ended, without which the core would never send that member anything again.
 */
final class SnapshotSender {
    private static final Logger log = LoggerFactory.getLogger(SnapshotSender.class);

    private final Node node;
    private final Transport transport;
    private final SnapshotStore snapshots;

    SnapshotSender(Node node, Transport transport, SnapshotStore snapshots) {
        this.node = node;
        this.transport = transport;
        this.snapshots = snapshots;
    }

    /** On the raft stage: begins; the rest happens on the transport's threads. */
    void send(Message message) {
        long index = message.getSnapshot().getMetadata().getIndex();
        SnapshotSource source;
        try {
            source = source(message);
        } catch (IOException e) {
            log.warn("the snapshot at index {} can't be sent to node {}", index, message.getTo(), e);
            node.reportSnapshot(message.getTo(), SnapshotStatus.FAILURE);
            return;
        }
        log.info("sending the snapshot at index {} ({} bytes) to node {}", index, source.length(), message.getTo());
        var sent = transport.sendSnapshot(message, source);
        var unused = sent.whenComplete((nothing, failure) -> {
            if (failure == null) {
                log.info("node {} has the snapshot at index {}", message.getTo(), index);
            } else {
                log.warn("the snapshot at index {} did not reach node {}", index, message.getTo(), failure);
            }
            node.reportSnapshot(message.getTo(), failure == null ? SnapshotStatus.FINISH : SnapshotStatus.FAILURE);
        });
    }

    private static long length(SnapshotStore.Pin pin) throws IOException {
        try {
            return pin.length();
        } catch (IOException e) {
            pin.close();
            throw e;
        }
    }

    private SnapshotSource source(Message message) throws IOException {
        var pin = snapshots.pin(message.getSnapshot());
        long length = length(pin);
        return new SnapshotSource() {
            @Override
            public long length() {
                return length;
            }

            @Override
            public int read(long offset, ByteBuffer target) throws IOException {
                return pin.read(offset, target);
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
