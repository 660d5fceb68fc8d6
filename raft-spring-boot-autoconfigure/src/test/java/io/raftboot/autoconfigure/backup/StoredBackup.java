package io.raftboot.autoconfigure.backup;

import io.raftboot.api.Backup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;

/** A backup of bytes that follow from their places, which can be told to fail. */
public final class StoredBackup implements Backup {
    private final long length;
    private final long failsAt;
    private long position;

    /** How often it was closed. */
    public volatile int closed;

    /** Threads that read it. */
    public volatile String readers = "";

    /** Bytes read so far. */
    public volatile long read;

    public StoredBackup(long length, long failsAt) {
        this.length = length;
        this.failsAt = failsAt;
    }

    public static byte at(long position) {
        return (byte) ((position * 31) >>> 3);
    }

    @Override
    public String clusterName() {
        return "orders";
    }

    @Override
    public long clusterId() {
        return 77;
    }

    @Override
    public long nodeId() {
        return 2;
    }

    @Override
    public long index() {
        return 4711;
    }

    @Override
    public long term() {
        return 3;
    }

    @Override
    public Instant takenAt() {
        return Instant.EPOCH;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public String checksum() {
        return "0a1b2c3d";
    }

    @Override
    public String fileName() {
        return "orders-4711-19700101T000000Z.raftbackup";
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        readers = readers.concat(Thread.currentThread().getName() + " ");
        if (closed > 0) {
            throw new IOException("closed");
        }
        if (position >= failsAt) {
            throw new IOException("the disk is gone");
        }
        if (position == length) {
            return -1;
        }
        int count = (int) Math.min(Math.min(target.remaining(), 10_000), Math.min(length, failsAt) - position);
        for (int i = 0; i < count; i++) {
            target.put(at(position++));
        }
        read = position;
        return count;
    }

    @Override
    public synchronized void close() {
        closed = closed + 1;
    }
}
