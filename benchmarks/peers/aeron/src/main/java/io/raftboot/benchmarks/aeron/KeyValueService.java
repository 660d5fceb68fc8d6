package io.raftboot.benchmarks.aeron;

import io.aeron.ExclusivePublication;
import io.aeron.Image;
import io.aeron.cluster.codecs.CloseReason;
import io.aeron.cluster.service.ClientSession;
import io.aeron.cluster.service.Cluster;
import io.aeron.cluster.service.ClusteredService;
import io.aeron.logbuffer.Header;
import io.raftboot.benchmarks.load.KeyValues;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The map of all benchmarks. A message is a number of the client's, which goes back when the rest of the message, a command,
 * is applied. On the thread of the service.
 */
final class KeyValueService implements ClusteredService {
    private static final int FRAGMENTS = 16;

    private final KeyValues values = new KeyValues();
    private final UnsafeBuffer answer = new UnsafeBuffer(new byte[Long.BYTES]);
    private @Nullable IdleStrategy idle;
    private volatile boolean leads;

    /** Whether this member leads. Any thread. */
    boolean leads() {
        return leads;
    }

    @Override
    public void onStart(Cluster cluster, @Nullable Image snapshot) {
        idle = cluster.idleStrategy();
        leads = cluster.role() == Cluster.Role.LEADER;
        if (snapshot != null) {
            load(snapshot);
        }
    }

    @Override
    public void onSessionMessage(
            ClientSession session, long timestamp, DirectBuffer buffer, int offset, int length, Header header) {
        byte[] command = new byte[length - Long.BYTES];
        buffer.getBytes(offset + Long.BYTES, command);
        values.apply(command, 0, command.length);
        answer.putLong(0, buffer.getLong(offset));
        idle().reset();
        // Followers offer into the void, which takes everything; a client that has gone takes nothing ever.
        while (session.offer(answer, 0, Long.BYTES) < 0 && !session.isClosing()) {
            idle().idle();
        }
    }

    @Override
    public void onTakeSnapshot(ExclusivePublication snapshot) {
        var bytes = new ByteArrayOutputStream();
        try {
            values.writeTo(new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var buffer = new UnsafeBuffer(bytes.toByteArray());
        int step = snapshot.maxPayloadLength();
        for (int at = 0; at < buffer.capacity(); at += step) {
            idle().reset();
            while (snapshot.offer(buffer, at, Math.min(step, buffer.capacity() - at)) < 0) {
                idle().idle();
            }
        }
    }

    private void load(Image snapshot) {
        var bytes = new ByteArrayOutputStream();
        while (!snapshot.isEndOfStream()) {
            int fragments = snapshot.poll(
                    (buffer, offset, length, header) -> {
                        byte[] part = new byte[length];
                        buffer.getBytes(offset, part);
                        bytes.writeBytes(part);
                    },
                    FRAGMENTS);
            idle().idle(fragments);
        }
        try {
            values.readFrom(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private IdleStrategy idle() {
        if (idle == null) {
            throw new IllegalStateException("the service has not started");
        }
        return idle;
    }

    @Override
    public void onRoleChange(Cluster.Role role) {
        leads = role == Cluster.Role.LEADER;
    }

    @Override
    public void onSessionOpen(ClientSession session, long timestamp) {
        // Sessions have no state of their own here.
    }

    @Override
    public void onSessionClose(ClientSession session, long timestamp, CloseReason reason) {
        // Sessions have no state of their own here.
    }

    @Override
    public void onTimerEvent(long correlationId, long timestamp) {
        // None is ever set.
    }

    @Override
    public void onTerminate(Cluster cluster) {
        leads = false;
    }
}
