package io.raftboot.transport.netty.wire;

import io.raftboot.transport.TransportLoad;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what is sent to and got from one member, a frame at a time and without allocating anything. Written on the event loop, but for
 * what is dropped; read by any thread.
 */
public final class PeerTraffic {
    private final LongAdder sentMessages = new LongAdder();
    private final LongAdder sentBytes = new LongAdder();
    private final LongAdder receivedMessages = new LongAdder();
    private final LongAdder receivedBytes = new LongAdder();
    private final LongAdder droppedMessages = new LongAdder();
    private final LongAdder waitingMessages = new LongAdder();
    private final LongAdder waitingBytes = new LongAdder();

    /** A frame was written. */
    public void sent(int messages, long bytes) {
        sentMessages.add(messages);
        sentBytes.add(bytes);
    }

    /** A frame has come. */
    public void received(int messages, long bytes) {
        receivedMessages.add(messages);
        receivedBytes.add(bytes);
    }

    /** Any thread: a message is not sent. */
    public void dropped() {
        droppedMessages.increment();
    }

    /** So much more waits to be written, or less if negative. */
    public void waiting(int messages, long bytes) {
        waitingMessages.add(messages);
        waitingBytes.add(bytes);
    }

    TransportLoad.Peer load() {
        return new TransportLoad.Peer(
                sentMessages.sum(),
                sentBytes.sum(),
                receivedMessages.sum(),
                receivedBytes.sum(),
                droppedMessages.sum(),
                waitingMessages.sum(),
                waitingBytes.sum());
    }
}
