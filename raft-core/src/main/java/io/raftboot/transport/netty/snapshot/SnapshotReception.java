package io.raftboot.transport.netty.snapshot;

import io.raftboot.raft.proto.Message;
import io.raftboot.transport.PeerMessages;
import io.raftboot.transport.SnapshotSink;
import io.raftboot.transport.netty.handshake.ServedGroup;
import io.raftboot.transport.netty.wire.ProtocolViolation;
import io.raftboot.transport.proto.Frame;
import io.raftboot.transport.proto.SnapshotChunk;
import io.raftboot.transport.proto.SnapshotDone;
import io.raftboot.transport.proto.SnapshotFailure;
import io.raftboot.transport.proto.SnapshotOffer;
import io.raftboot.transport.proto.SnapshotResume;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Receives one snapshot's file on a thread of its own: offer, offset, chunks, end, done. */
final class SnapshotReception implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(SnapshotReception.class);

    /** How long the sender has to read the last answer and close; closing first could take the answer from it. */
    private static final Duration LINGER = Duration.ofSeconds(2);

    private final SnapshotReceptions receptions;
    private final TransferHost host;
    private final ServedGroup served;
    private final long senderId;
    private final FrameInbox inbox;
    private final Duration timeout;
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private @Nullable SnapshotReception former;

    SnapshotReception(
            SnapshotReceptions receptions,
            TransferHost host,
            ServedGroup served,
            FrameInbox inbox,
            @Nullable SnapshotReception former) {
        this.receptions = receptions;
        this.host = host;
        this.served = served;
        this.senderId = served.remote().nodeId();
        this.inbox = inbox;
        this.timeout = host.options().snapshotStallTimeout();
        this.former = former;
    }

    void cancel() {
        inbox.close();
    }

    /** Will not be run. */
    void dropped() {
        inbox.close();
        over.complete(null);
    }

    @Override
    public void run() {
        try {
            awaitFormer();
            SnapshotOffer offer = inbox.take(timeout).getSnapshotOffer();
            Message message = checked(offer);
            receive(offer, message);
            served.group().listener().snapshotReceived(senderId, message);
            inbox.send(
                    Frame.newBuilder()
                            .setSnapshotDone(SnapshotDone.getDefaultInstance())
                            .build(),
                    timeout);
            inbox.awaitEnd(LINGER);
        } catch (InterruptedException e) {
            log.debug("reception of a snapshot ends with the transport");
        } catch (TransferBroken e) {
            fail(String.valueOf(e.getMessage()), true);
        } catch (IOException | RuntimeException e) {
            log.debug("could not receive a snapshot from member {}", senderId, e);
            host.notices().warnOnce("snapshot from member " + senderId, "could not be received: " + e.getMessage());
            fail(String.valueOf(e.getMessage()), false);
        } finally {
            inbox.close();
            over.complete(null);
            receptions.over(Transferring.of(served), this);
        }
    }

    /** Two transfers must not write to one file: the one before has lost its connection, but may be in the middle of a write. */
    private void awaitFormer() throws TransferBroken, InterruptedException {
        SnapshotReception before = former;
        if (before == null) {
            return;
        }
        before.cancel();
        if (!host.process().awaitDone(before.over, timeout)) {
            throw new TransferBroken("an earlier transfer still occupies the receiver");
        }
        former = null; // or each would hold on to all before it
    }

    private Message checked(SnapshotOffer offer) throws IOException {
        Message message = offer.getMessage();
        boolean addressed = PeerMessages.mayOffer(message, senderId, host.selfId());
        if (!addressed) {
            served.group().listener().improper(senderId, message);
        }
        if (!addressed || offer.getLength() < 0) {
            throw new ProtocolViolation(
                    "what member " + senderId + " offered is no snapshot of its own for this member");
        }
        return message;
    }

    private void receive(SnapshotOffer offer, Message message) throws IOException, InterruptedException {
        try (SnapshotSink sink = served.group().listener().snapshot(senderId, message, offer.getLength())) {
            long offset = sink.offset();
            Frame resume = Frame.newBuilder()
                    .setSnapshotResume(SnapshotResume.newBuilder().setOffset(offset))
                    .build();
            inbox.send(resume, timeout);
            Frame frame = inbox.take(timeout);
            while (frame.hasSnapshotChunk()) {
                SnapshotChunk chunk = frame.getSnapshotChunk();
                if (chunk.getOffset() != offset || !SnapshotChunks.isIntact(chunk)) {
                    throw new TransferBroken("a chunk at " + chunk.getOffset() + " was damaged on its way");
                }
                sink.write(chunk.getData().asReadOnlyByteBuffer());
                offset += chunk.getData().size();
                frame = inbox.take(timeout);
            }
            if (!frame.hasSnapshotEnd() || offset != offer.getLength()) {
                throw new TransferBroken("the transfer ended at " + offset + " of " + offer.getLength() + " bytes");
            }
            sink.finish();
        }
    }

    /** Tells the sender, if it is still there. */
    private void fail(String message, boolean retry) {
        log.debug("the transfer of a snapshot from member {} failed: {}", senderId, message);
        try {
            Frame failure = Frame.newBuilder()
                    .setSnapshotFailure(
                            SnapshotFailure.newBuilder().setMessage(message).setRetry(retry))
                    .build();
            inbox.send(failure, timeout);
            inbox.awaitEnd(LINGER);
        } catch (TransferBroken e) {
            log.debug("and member {} can't be told: {}", senderId, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
