package io.raftboot.simulation.network;

import com.google.protobuf.ByteString;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One end of a connection, as the kernel of its machine has it: it takes what comes though its process stands still, and as much of
 * what is written as the other side has room for. Bytes keep their order, and nothing else of how they were written.
 */
final class Socket {
    private final SimulatedNetwork network;
    private final Machine machine;
    private final InetSocketAddress local;
    private final InetSocketAddress remote;
    private final Direction out;
    private final int capacity;
    private final Deque<ByteString> received = new ArrayDeque<>();
    private @Nullable Socket peer;
    private Runnable watcher = () -> {};

    /** Where whoever listens finds it, until it is open. */
    private @Nullable Listener listener;

    /** Bytes that were sent, and are not known to have been read. */
    private int unread;

    /** Bytes that were read, of which the other side was not told. */
    private int untold;

    private boolean ended;
    private boolean reset;
    private boolean closed;
    private boolean gone;
    private boolean silent;

    /** What waits for its direction to be free again, and when the newest of the rest arrives. */
    final Deque<Piece> heldUp = new ArrayDeque<>();

    long lastArrivalNanos;

    Socket(SimulatedNetwork network, Machine machine, InetSocketAddress local, InetSocketAddress remote) {
        this.network = network;
        this.machine = machine;
        this.local = local;
        this.remote = remote;
        this.out = network.direction(local.getAddress(), remote.getAddress());
        this.capacity = network.drawCapacity();
        machine.add(this);
    }

    InetSocketAddress local() {
        return local;
    }

    InetSocketAddress remote() {
        return remote;
    }

    void join(Socket other) {
        peer = other;
        other.peer = this;
    }

    void wait(Listener newListener) {
        listener = newListener;
    }

    /** @param newWatcher called when there is something to be read, room to write, or the end */
    void watch(Runnable newWatcher) {
        watcher = newWatcher;
    }

    private Socket peer() {
        return Objects.requireNonNull(peer);
    }

    void send(Piece.Kind kind) {
        out.send(peer(), Piece.of(this, kind));
    }

    /**
     * Takes of the bytes what there is room for.
     *
     * @return how many; 0 if there is no room now
     */
    int write(ByteBuf bytes) throws IOException {
        if (reset) {
            throw new IOException("Connection reset by peer");
        }
        int taken = Math.min(bytes.readableBytes(), capacity - unread);
        int from = bytes.readerIndex();
        for (int left = taken; left > 0; ) {
            int length = Math.min(left, network.drawPieceBytes());
            out.send(peer(), Piece.data(this, ByteString.copyFrom(bytes.nioBuffer(from, length))));
            from += length;
            left -= length;
        }
        unread += taken;
        return taken;
    }

    /** What came next; null if there is nothing. */
    @Nullable
    ByteString read() {
        var bytes = received.poll();
        if (bytes != null) {
            untold += bytes.size();
            // As a window that is opened again: not for each byte.
            if (untold >= peer().capacity / 2) {
                out.send(peer(), Piece.read(this, untold));
                untold = 0;
            }
        }
        return bytes;
    }

    boolean hasInput() {
        return !received.isEmpty() || ended || reset;
    }

    boolean canWrite() {
        return reset || unread < capacity;
    }

    /** Whether all was read, and nothing more comes. */
    boolean isAtEnd() {
        return received.isEmpty() && ended;
    }

    boolean isReset() {
        return received.isEmpty() && reset;
    }

    boolean isGone() {
        return gone;
    }

    /** Ends the connection: with what is on its way, or without it where something came that was never read. */
    void close() {
        if (!closed) {
            closed = true;
            if (!reset && peer != null) {
                send(received.isEmpty() ? Piece.Kind.END : Piece.Kind.RESET);
            }
            forget();
        }
    }

    /** Its machine has lost its power, and remembers nothing. */
    void vanish() {
        gone = true;
        forget();
    }

    /** Somebody on the way ends it in the name of the other side. */
    void tearDown() {
        if (!closed && !gone) {
            take(Piece.of(this, Piece.Kind.RESET));
        }
    }

    /** From now on nothing that is sent to it arrives, and nobody is told. */
    void goSilent() {
        silent = true;
    }

    /** Nobody is there any more who had asked for it. */
    void abandon() {
        forget();
    }

    private void forget() {
        closed = true;
        watcher = () -> {};
        received.clear();
        machine.remove(this);
    }

    /** The kernel: something has arrived. */
    void take(Piece piece) {
        if (silent || (gone && !machine.isOn())) {
            return;
        }
        network.note(text(piece));
        if (closed) {
            if (piece.kind() != Piece.Kind.RESET && piece.kind() != Piece.Kind.READ && piece.kind() != Piece.Kind.END) {
                send(Piece.Kind.RESET);
            }
            return;
        }
        switch (piece.kind()) {
            case OPENED -> opened();
            case DATA -> received.add(piece.bytes());
            case READ -> unread -= piece.count();
            case END -> ended = true;
            case RESET -> {
                reset = true;
                if (network.losesUnreadAtReset()) {
                    received.clear();
                }
            }
        }
        watcher.run();
    }

    private void opened() {
        var waitingAt = listener;
        listener = null;
        if (waitingAt != null && !waitingAt.add(this)) {
            send(Piece.Kind.RESET);
            forget();
        }
    }

    private String text(Piece piece) {
        var text = new StringBuilder().append(this).append(" gets ").append(piece.kind());
        if (!piece.bytes().isEmpty()) {
            var checksum = new CRC32C();
            checksum.update(piece.bytes().asReadOnlyByteBuffer());
            text.append(' ').append(piece.bytes().size()).append(' ').append(checksum.getValue());
        }
        return text.toString();
    }

    @Override
    public String toString() {
        return SimulatedNetwork.text(local) + "-" + SimulatedNetwork.text(remote);
    }
}
