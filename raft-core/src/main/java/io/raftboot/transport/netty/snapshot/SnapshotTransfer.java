package io.raftboot.transport.netty.snapshot;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.raftboot.raft.proto.Message;
import io.raftboot.transport.PeerAddress;
import io.raftboot.transport.SnapshotSource;
import io.raftboot.transport.TransportException;
import io.raftboot.transport.netty.TransportOptions;
import io.raftboot.transport.netty.handshake.DialFailure;
import io.raftboot.transport.netty.handshake.DialOutcome;
import io.raftboot.transport.netty.handshake.Dialler;
import io.raftboot.transport.netty.handshake.Meeting;
import io.raftboot.transport.netty.handshake.OpenGroup;
import io.raftboot.transport.proto.Frame;
import io.raftboot.transport.proto.SnapshotEnd;
import io.raftboot.transport.proto.SnapshotFailure;
import io.raftboot.transport.proto.SnapshotOffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Sends one snapshot's file on a thread of its own; connects anew and resumes while that gets it further. */
public final class SnapshotTransfer implements Runnable {
    private static final Duration RETRY_DELAY = Duration.ofMillis(200);

    /** The receiver forces the file before it answers; that it is alive at all is seen by the connection's pings. */
    private static final Duration ANSWER_TIMEOUT = Duration.ofMinutes(10);

    /** A slow transfer sends smaller chunks rather than pause for long between them. */
    private static final int MIN_CHUNK_BYTES = 1024;

    private final TransferHost host;
    private final Snapshots snapshots;
    private final TransportOptions options;
    private final OpenGroup group;
    private final Message message;
    private final @Nullable PeerAddress address;
    private final SnapshotSource source;
    private final CompletableFuture<Void> done;
    private long furthestOffset = -1;
    private int attemptsWithoutProgress;

    /** @param address where to dial the member; null if that is not known */
    public SnapshotTransfer(
            TransferHost host, Snapshots snapshots, OpenGroup group, @Nullable PeerAddress address, OutgoingFile file) {
        this.host = host;
        this.snapshots = snapshots;
        this.options = host.options();
        this.group = group;
        this.message = file.message();
        this.address = address;
        this.source = file.source();
        this.done = file.done();
    }

    @Override
    public void run() {
        Throwable failure = null;
        try (source) {
            transfer();
        } catch (InterruptedException e) {
            failure = TransportException.maybeSent("the transport was closed");
        } catch (IOException | RuntimeException e) {
            failure = e;
        } catch (Error e) {
            failure = TransportException.maybeSent("sending the snapshot failed: " + e, e);
            host.guard().caught(e);
        }
        // After the source was closed: whoever waits may delete the file.
        if (failure == null) {
            done.complete(null);
        } else {
            done.completeExceptionally(failure);
        }
    }

    private void transfer() throws IOException, InterruptedException {
        while (true) {
            try {
                attempt();
                return;
            } catch (TransferBroken e) {
                attemptsWithoutProgress++;
                host.notices()
                        .infoOnce("sending a snapshot to member " + message.getTo(), String.valueOf(e.getMessage()));
                if (host.closed() || done.isDone() || attemptsWithoutProgress >= options.snapshotAttempts()) {
                    throw TransportException.maybeSent(
                            "the snapshot for member " + message.getTo() + " could not be sent: " + e.getMessage(), e);
                }
                host.pause(RETRY_DELAY.toNanos() * attemptsWithoutProgress);
            }
        }
    }

    private void attempt() throws IOException, InterruptedException {
        FrameInbox connection = connect();
        CompletableFuture<?> unused = done.whenComplete((nothing, failure) -> connection.close()); // cancelled
        try {
            long offset = offer(connection);
            if (offset > furthestOffset) {
                furthestOffset = offset;
                attemptsWithoutProgress = 0;
            }
            sendChunks(connection, offset);
            Frame end = Frame.newBuilder()
                    .setSnapshotEnd(SnapshotEnd.getDefaultInstance())
                    .build();
            connection.send(end, options.snapshotStallTimeout());
            if (!answer(connection).hasSnapshotDone()) {
                throw new TransferBroken("got an answer that makes no sense");
            }
        } finally {
            connection.close();
        }
    }

    /** Where the receiver wants to go on. */
    private long offer(FrameInbox connection) throws IOException, InterruptedException {
        SnapshotOffer offer = SnapshotOffer.newBuilder()
                .setMessage(message)
                .setLength(source.length())
                .build();
        connection.send(Frame.newBuilder().setSnapshotOffer(offer).build(), options.snapshotStallTimeout());
        Frame answer = answer(connection);
        long offset = answer.getSnapshotResume().getOffset();
        if (!answer.hasSnapshotResume() || offset < 0 || offset > source.length()) {
            throw TransportException.maybeSent("member " + message.getTo() + " can't go on at " + offset
                    + ": the file has " + source.length() + " bytes");
        }
        return offset;
    }

    private Frame answer(FrameInbox connection) throws IOException, InterruptedException {
        Frame answer = connection.take(ANSWER_TIMEOUT);
        checkFailure(answer);
        return answer;
    }

    private void sendChunks(FrameInbox connection, long from) throws IOException, InterruptedException {
        long rate = options.snapshotBytesPerSecond();
        int chunkBytes = options.snapshotChunkBytes();
        if (rate > 0) {
            chunkBytes = (int) Math.max(Math.min(chunkBytes, rate), MIN_CHUNK_BYTES);
        }
        ByteBuffer chunk = ByteBuffer.allocate(chunkBytes);
        var clock = host.process().clock();
        long startedNanos = clock.nanoTime();
        for (long offset = from; offset < source.length(); ) {
            int length = source.read(offset, chunk.clear());
            if (length <= 0) {
                throw new IOException("the snapshot's file ends at " + offset + " of " + source.length() + " bytes");
            }
            connection.send(SnapshotChunks.frame(offset, chunk.flip()), options.snapshotStallTimeout());
            offset += length;
            if (rate > 0) {
                double dueSeconds = (double) (offset - from) / rate;
                host.pause((long) (dueSeconds * TimeUnit.SECONDS.toNanos(1)) - (clock.nanoTime() - startedNanos));
            }
            if (!connection.isEmpty()) {
                checkFailure(connection.take(Duration.ZERO)); // the receiver speaks up before the end only to fail
            }
        }
    }

    private FrameInbox connect() throws IOException, InterruptedException {
        CompletableFuture<FrameInbox> connected = new CompletableFuture<>();
        host.onEventLoop(() -> connect(connected));
        try {
            return snapshots.untilClosed().await(connected, options.snapshotStallTimeout());
        } catch (ExecutionException e) {
            closeIfItComes(connected);
            throw e.getCause() instanceof IOException known ? known : new TransferBroken(e.toString());
        } catch (TimeoutException e) {
            closeIfItComes(connected);
            throw new TransferBroken("connecting took longer than " + options.snapshotStallTimeout());
        } finally {
            host.onEventLoop(() -> snapshots.invitations().withdraw(transferring(), connected));
        }
    }

    /** Nobody would use the connection any more. */
    private static void closeIfItComes(CompletableFuture<FrameInbox> connected) {
        var unused = connected.thenAccept(FrameInbox::close);
    }

    /** Event loop. Who can't be dialled, and has dialled this member, is invited to do so once more. */
    private void connect(CompletableFuture<FrameInbox> connected) {
        if (host.closed()) {
            connected.completeExceptionally(TransportException.maybeSent("the transport was closed"));
            return;
        }
        OpenedStream opened = host.openedByUnreachable(group, message.getTo());
        if (opened != null) {
            snapshots.invitations().invite(opened, connected);
        } else if (address != null) {
            dial(address, connected);
        } else {
            connected.completeExceptionally(
                    TransportException.notSent("there is no connection to member " + message.getTo()));
        }
    }

    private void dial(PeerAddress to, CompletableFuture<FrameInbox> connected) {
        var visit = Dialler.Visit.ofSnapshot(group);
        var target = new Dialler.Target(message.getTo(), to, visit, attemptsWithoutProgress, null);
        var unused = host.dialler().dial(target, new DialOutcome() {
            @Override
            public ChannelHandler established(Channel channel, Meeting meeting) {
                FrameInbox inbox = new FrameInbox(channel, host.process());
                connected.complete(inbox);
                return inbox;
            }

            @Override
            public void failed(DialFailure failure) {
                connected.completeExceptionally(new TransferBroken("connecting " + failure.message()));
            }
        });
    }

    private Transferring transferring() {
        return new Transferring(message.getTo(), group.name());
    }

    private void checkFailure(Frame answer) throws IOException {
        if (answer.hasSnapshotFailure()) {
            SnapshotFailure failure = answer.getSnapshotFailure();
            String text = "member " + message.getTo() + " says: " + failure.getMessage();
            throw failure.getRetry() ? new TransferBroken(text) : TransportException.maybeSent(text);
        }
    }
}
